"""Handoff, human, back to the assistant, reopened, handed off again: every state, every event.

The table says, for a conversation in each state, what each event comes to: the answer's code, the
conversation's status afterwards, who speaks next to the contact's question, and the events that it
writes. What speaks is tried with a question of which the assistant knows the answer.
"""

from dataclasses import dataclass
from typing import Any

import pytest

from tests import plain_http
from tests.server.conftest import Desk, Program

KNOWN = "Do you ship to Norway?"
UNKNOWN = "Can you repair my grandfather's violin?"
UNKNOWN_TOO = "Which insurance covers flooded cellars?"  # the first is known once a colleague spoke
WAITS, OPEN, RESOLVED = "waiting_for_operator", "open", "resolved"
STARTED = ["contact_message", "turn_started"]
SAID = [*STARTED, "message", "turn_ended"]
HANDED = [*STARTED, "message", "handoff_requested", "turn_ended"]
ENDED = ["handoff_resolved", "turn_started", "turn_ended"]
BACK = ["handoff_resolved", "turn_started", "message", "turn_ended"]
_EVENTS = (
    "message", "unknown", "claim", "claim_by_other", "operator_says", "other_says",
    "resolve", "resolve_silently", "close",
)  # fmt: skip


@dataclass
class Case:
    """One conversation on its way, with two operators."""

    shop: Program
    conversation_id: str
    ann: str
    ben: str
    handoff_id: str = ""
    seen: int = 0

    def happens(self, event: str) -> int:
        """The code that the event is answered with."""
        known = {
            "message": lambda: self.shop.say(self.conversation_id, KNOWN),
            "unknown": lambda: self._unknown(),
            "claim": lambda: self._desk("claim", self.ann),
            "claim_by_other": lambda: self._desk("claim", self.ben),
            "operator_says": lambda: self._desk("messages", self.ann, text="I am looking into it."),
            "other_says": lambda: self._desk("messages", self.ben, text="Me too."),
            "resolve": lambda: self._desk("resolve", self.ann, reply="It is done for 40 euros."),
            "resolve_silently": lambda: self._desk("resolve", self.ann),
            "close": lambda: self._desk(
                "resolve", self.ann, reply="It is closed.", return_to_assistant=False
            ),
        }
        return known[event]().status_code

    @property
    def status(self) -> str:
        return self.shop.call("GET", f"/v1/conversations/{self.conversation_id}").json()["status"]

    def news(self) -> list[str]:
        """The types of the events since the last look."""
        page = self.shop.call("GET", f"/v1/conversations/{self.conversation_id}").json()
        with_all = _events(self.shop, self.conversation_id, page["last_event_id"])
        fresh, self.seen = with_all[self.seen :], len(with_all)
        return fresh

    def speaker(self) -> str:
        """Who has the word: the assistant answers a known question, or an operator is waited for."""
        answered = self.shop.say(self.conversation_id, KNOWN).json()
        if answered["status"] == WAITS:
            assert answered["message"] is None
            return "operator"
        assert "five working days" in answered["message"]["text"]
        return "assistant"

    def _unknown(self) -> Any:
        asked = self.shop.say(self.conversation_id, UNKNOWN_TOO if self.handoff_id else UNKNOWN)
        if asked.json()["handoff"]:
            self.handoff_id = asked.json()["handoff"]["handoff_id"]
        return asked

    def _desk(self, verb: str, operator_id: str, **body: Any) -> Any:
        path = f"/v1/handoffs/{self.handoff_id or '0192f0c1-2d3e-7a4b-8c5d-6e7f8a9b0c1d'}/{verb}"
        return self.shop.call("POST", path, json={"operator_id": operator_id} | body)


TO = {  # how a conversation gets into each state
    "new": [],
    "answered": ["message"],
    "waiting": ["unknown"],
    "active": ["unknown", "claim"],
    "back": ["unknown", "claim", "operator_says", "resolve"],
    "closed": ["unknown", "close"],
    "reopened": ["unknown", "close", "message"],
    "again": ["unknown", "resolve", "unknown"],
}
# state, event → code, status, who speaks to what is asked next, events
MATRIX: list[tuple[str, str, int, str, str, list[str]]] = [
    ("new", "message", 200, OPEN, "assistant", SAID),
    ("new", "unknown", 200, WAITS, "operator", HANDED),
    ("answered", "message", 200, OPEN, "assistant", SAID),
    ("answered", "unknown", 200, WAITS, "operator", HANDED),
    ("waiting", "message", 200, WAITS, "operator", ["contact_message"]),
    ("waiting", "claim", 200, WAITS, "operator", ["operator_joined"]),
    ("waiting", "operator_says", 201, WAITS, "operator", ["operator_joined", "operator_message"]),
    ("waiting", "resolve", 200, OPEN, "assistant", ["operator_joined", "operator_message", *ENDED]),
    ("waiting", "resolve_silently", 200, OPEN, "assistant", ["operator_joined", *BACK]),
    (
        "waiting",
        "close",
        200,
        RESOLVED,
        "assistant",
        ["operator_joined", "operator_message", *ENDED],
    ),
    ("active", "message", 200, WAITS, "operator", ["contact_message"]),
    ("active", "claim", 200, WAITS, "operator", []),
    ("active", "claim_by_other", 409, WAITS, "operator", []),
    ("active", "operator_says", 201, WAITS, "operator", ["operator_message"]),
    ("active", "other_says", 409, WAITS, "operator", []),
    ("active", "resolve", 200, OPEN, "assistant", ["operator_message", *ENDED]),
    ("active", "resolve_silently", 200, OPEN, "assistant", BACK),
    ("active", "close", 200, RESOLVED, "assistant", ["operator_message", *ENDED]),
    ("back", "message", 200, OPEN, "assistant", SAID),
    ("back", "unknown", 200, WAITS, "operator", HANDED),
    ("back", "claim", 409, OPEN, "assistant", []),
    ("back", "operator_says", 409, OPEN, "assistant", []),
    ("back", "resolve", 409, OPEN, "assistant", []),
    ("closed", "message", 200, OPEN, "assistant", SAID),
    ("closed", "unknown", 200, WAITS, "operator", HANDED),
    ("closed", "claim", 409, RESOLVED, "assistant", []),
    ("closed", "resolve", 409, RESOLVED, "assistant", []),
    ("reopened", "message", 200, OPEN, "assistant", SAID),
    ("reopened", "unknown", 200, WAITS, "operator", HANDED),
    ("reopened", "resolve", 409, OPEN, "assistant", []),
    ("again", "message", 200, WAITS, "operator", ["contact_message"]),
    ("again", "claim_by_other", 200, WAITS, "operator", ["operator_joined"]),
    ("again", "resolve", 200, OPEN, "assistant", ["operator_joined", "operator_message", *ENDED]),
    ("again", "close", 200, RESOLVED, "assistant", ["operator_joined", "operator_message", *ENDED]),
]


@pytest.fixture(scope="module")
def shop(desk: Desk) -> Program:
    shop = desk.tenant("Transitions")
    shop.teach(KNOWN, "Yes, parcels to Norway take five working days.")
    return shop


@pytest.fixture(scope="module")
def people(shop: Program) -> tuple[str, str]:
    ann, ben = (
        shop.call(
            "POST", "/v1/operators", json={"email": f"{name}@example.com", "name": name}
        ).json()["operator_id"]
        for name in ("ann", "ben")
    )
    return ann, ben


def test_every_event_is_tried_in_every_state_it_can_meet() -> None:
    states = {state for state, *_ in MATRIX}
    assert states == set(TO)
    assert {event for _, event, *_ in MATRIX} == set(_EVENTS)


@pytest.mark.parametrize(("state", "event", "code", "status", "speaker", "news"), MATRIX)
def test_the_matrix(
    shop: Program,
    people: tuple[str, str],
    state: str,
    event: str,
    code: int,
    status: str,
    speaker: str,
    news: list[str],
) -> None:
    case = Case(shop, shop.conversation(), *people)
    for before in TO[state]:
        assert case.happens(before) in (200, 201)
    case.news()
    assert case.happens(event) == code
    assert case.status == status
    assert case.news() == news
    assert case.speaker() == speaker


def test_the_assistant_speaks_again_with_what_the_colleague_said(
    shop: Program, people: tuple[str, str]
) -> None:
    case = Case(shop, shop.conversation(), *people)
    case.happens("unknown")
    case.happens("resolve")
    asked = shop.say(case.conversation_id, "How much is repairing the violin?").json()
    assert asked["status"] == "completed"
    assert "My colleague told you: It is done for 40 euros." in asked["message"]["text"]
    assert asked["citations"][0]["title"] == "Said by a colleague in this conversation"
    other = Case(shop, shop.conversation(), *people)
    assert other.happens("unknown") == 200
    assert other.status == WAITS  # said to one contact, known to nobody else


def test_the_history_of_outcomes_tells_the_way(shop: Program, people: tuple[str, str]) -> None:
    case = Case(shop, shop.conversation(), *people)
    for event in ("unknown", "close", "message", "unknown", "resolve"):
        assert case.happens(event) == 200
    path = f"/v1/conversations/{case.conversation_id}/outcomes"
    found = [one["outcome"] for one in shop.call("GET", path).json()["data"]]
    assert found == ["resolved_by_operator", "reopened", "resolved_by_operator"]


def _events(shop: Program, conversation_id: str, last: int) -> list[str]:
    """The types of all durable events up to a number."""
    kinds: list[str] = []
    path = f"{shop.url}/v1/conversations/{conversation_id}/events"
    headers = {"Authorization": f"Bearer {shop.api_key}", "Last-Event-ID": "0"}
    if not last:
        return kinds
    with plain_http.stream("GET", path, headers=headers, timeout=30) as response:
        kind = ""
        for line in response.iter_lines():
            if line.startswith("event: "):
                kind = line[7:]
            if line.startswith("id: "):
                kinds.append(kind)
            if len(kinds) == last and not line:
                break
    return kinds
