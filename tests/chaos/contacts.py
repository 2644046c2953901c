"""Contacts who write, resend until they are heard, and read along; operators who answer."""

import json
import random
import threading
import time
from typing import Any

import httpx2

from tests import plain_http
from tests.chaos.journal import Journal, Sent, Streamed
from tests.chaos.world import World

KNOWN = "What is the warranty of the Aurora desk lamp?"
ANSWERED = "3 years"
ASKS_A_PERSON = 0.4  # share of the messages that nobody but an operator can answer
UNKNOWN = (  # what is learnt speaks of something else, so nobody ever knows
    "Do you repair chandeliers made of glass?",
    "Can my dog come along into the workshop?",
    "Who painted the mural beside your entrance?",
    "Is there a choir rehearsal on Thursday evenings?",
    "May I rent your roof for a wedding?",
    "Do you buy old grand pianos?",
)
MESSAGES = len(UNKNOWN)  # of a contact in one conversation
END_SECONDS = 60.0  # by then a turn has its end, of a time in which there was a database
PATIENCE_SECONDS = 3 * END_SECONDS
_OVER = ("completed", "waiting_for_operator", "failed")


class Contact(threading.Thread):
    """One contact after the other, until told to stop; each has a reader on another server."""

    def __init__(self, world: World, journal: Journal, n: int, seed: int) -> None:
        super().__init__(name=f"contact-{n}", daemon=True)
        self._world = world
        self._journal = journal
        self._n = n
        self._draw = random.Random(f"{seed}-{n}")
        self.stopping = threading.Event()

    def run(self) -> None:
        count = 0
        try:
            while not self.stopping.is_set():
                self._conversation(f"c{self._n}-{count}")
                count += 1
        except AssertionError as error:
            self._journal.unexpected.append(str(error))

    def _conversation(self, name: str) -> None:
        body = {
            "assistant_id": self._world.assistant_id,
            "contact": {"name": name, "identities": [{"channel": "api", "address": name}]},
        }
        made = self._world.insist(
            self._n, "POST", "/v1/conversations", json=body, headers={"Idempotency-Key": name}
        )
        # 409: done by a server that died before its answer was kept; what it made is told
        assert made.status_code in (200, 201, 409), made.text
        assert "conversation_id" in made.json(), made.text
        conversation_id = made.json()["conversation_id"]
        reader = Reader(self._world, self._journal, conversation_id, self._n + 1)
        reader.start()
        for n in range(MESSAGES):
            if self.stopping.is_set():
                break
            person = self._draw.random() < ASKS_A_PERSON
            self._message(conversation_id, f"{name}-{n}", UNKNOWN[n] if person else KNOWN)
        reader.stopping.set()

    def _message(self, conversation_id: str, client_message_id: str, text: str) -> None:
        sent = Sent(conversation_id, client_message_id, text)
        self._journal.sent.append(sent)
        self._send(sent)
        turn = self._ended(sent)
        if turn is not None and turn.get("handoff"):
            self._answer(sent, turn["handoff"]["handoff_id"])

    def _send(self, sent: Sent) -> None:
        """Send until a server says that it has it, as a careful client does."""
        path = f"/v1/conversations/{sent.conversation_id}/messages?wait=false"
        body = {"text": sent.text, "client_message_id": sent.client_message_id}
        while True:
            sent.sendings += 1
            self._journal.note("sending", sent)
            try:
                answer = self._world.call(self._draw.randrange(9), "POST", path, json=body)
            except (httpx2.HTTPError, OSError):
                time.sleep(0.1)
                continue
            if answer.status_code in (200, 202):
                sent.turn_id, sent.accepted_at = answer.json()["turn_id"], time.time()
                self._journal.note("accepted", sent)
                return
            assert answer.status_code >= 500, answer.text
            time.sleep(0.2)

    def _ended(self, sent: Sent) -> dict[str, Any] | None:
        """The ended turn; None where it has no end when the time is over."""
        while time.time() - sent.accepted_at < PATIENCE_SECONDS:
            turn = self._world.insist(self._draw.randrange(9), "GET", f"/v1/turns/{sent.turn_id}")
            told = turn.json()
            if told["status"] in _OVER:
                sent.status, sent.ended_at = told["status"], time.time()
                self._journal.note("ended", sent)
                return told
            time.sleep(0.1)
        self._journal.note("no end", sent)
        return None

    def _answer(self, sent: Sent, handoff_id: str) -> None:
        """An operator answers and lets it be learnt; said again until somebody has heard it."""
        known = sent.text == KNOWN  # handed over because its time was over
        name = "".join(chr(ord("a") + int(digit, 16)) for digit in handoff_id[-12:])
        body = {
            "reply": f"It is {ANSWERED}." if known else "Yes, for 40 EUR.",
            "add_to_knowledge": {
                "question": f"Which drawer holds the file {name}?",
                "answer": f"The file {name} lies in the drawer beside the door.",
            },
        }
        self._journal.resolved[handoff_id] = sent.conversation_id
        answer = self._world.insist(
            self._draw.randrange(9), "POST", f"/v1/handoffs/{handoff_id}/resolve", json=body
        )
        assert answer.status_code in (200, 409), answer.text  # 409: it was heard the first time
        self._journal.note("resolved", {"handoff_id": handoff_id})


class Reader(threading.Thread):
    """Reads a conversation's log over SSE, comes back after every cut with its last number."""

    def __init__(self, world: World, journal: Journal, conversation_id: str, n: int) -> None:
        super().__init__(name=f"reader-{n}", daemon=True)
        self._world = world
        self._n = n
        self.seen = Streamed(conversation_id)
        journal.streamed.append(self.seen)
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                self._read()
            except (httpx2.HTTPError, OSError):
                time.sleep(0.1)
            self._n += 1

    def _read(self) -> None:
        last = self.seen.numbered[-1][0] if self.seen.numbered else 0
        self.seen.connections += 1
        headers = {"Authorization": f"Bearer {self._world.key}", "Last-Event-ID": str(last)}
        path = f"/v1/conversations/{self.seen.conversation_id}/events"
        url = self._world.url(self._n) + path
        with plain_http.stream("GET", url, headers=headers, timeout=20) as answer:
            number, kind, data = 0, "", ""
            for line in answer.iter_lines():
                name, _, value = line.partition(": ")
                if name == "id":
                    number = int(value)
                elif name == "event":
                    kind = value
                elif name == "data":
                    data = value
                elif not line and kind:
                    if number:
                        self.seen.numbered.append((number, _told(kind, data)))
                    number, kind, data = 0, "", ""
                if self.stopping.is_set():
                    return


def _told(kind: str, data: str) -> str:
    """An event as it is compared with the log: its type and whose it is."""
    told = json.loads(data)
    return f"{kind} {told.get('message_id') or told.get('turn_id') or ''}"
