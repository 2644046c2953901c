"""Requests are told apart by a tenant's own labels, and each label decides what is done."""

import time
from typing import Any

import pytest

from tests.server.conftest import Desk, Program, problem

CARD = [
    "I lost my card",
    "my card was stolen",
    "my card is gone, block it",
    "I cannot find my card",
]
RATE = ["what is the exchange rate", "how do you convert euros to pounds", "which rate do I get",
        "tell me today's rate for dollars"]  # fmt: skip
HOURS = ["when are you open", "what are your opening hours", "are you open on Sunday",
         "how late can I come by"]  # fmt: skip


@pytest.fixture
def bank(desk: Desk) -> Program:
    return desk.tenant("Bank")


def path(program: Program, *more: str) -> str:
    return "/".join(["/v1/assistants", program.assistant_id, "intent-labels", *more])


def classify(program: Program) -> str:
    return f"/v1/assistants/{program.assistant_id}/classify"


def add(program: Program, name: str, examples: list[str], **more: Any) -> dict[str, Any]:
    body = {"name": name, "examples": examples} | more
    made = program.call("POST", path(program), json=body)
    assert made.status_code == 201, made.text
    return made.json()


def label_of(program: Program, text: str) -> str | None:
    found = program.call("POST", classify(program), json={"text": text})
    assert found.status_code == 200, found.text
    return found.json()["name"]


def teach(bank: Program) -> None:
    add(bank, "lost_card", CARD, action={"type": "hand_off", "reason": "sensitive_topic"})
    add(bank, "exchange_rate", RATE, action={"type": "reply", "text": "It is on our first page."})
    add(bank, "hours", HOURS)


def test_a_request_gets_the_label_whose_examples_are_like_it(bank: Program) -> None:
    assert label_of(bank, "somebody stole my card") is None  # nothing is defined
    teach(bank)
    assert label_of(bank, "somebody stole my card") == "lost_card"
    assert label_of(bank, "what rate do you give for yen?") == "exchange_rate"
    assert label_of(bank, "sing me a song about whales") is None


def test_a_label_hands_over_replies_or_lets_the_knowledge_answer(bank: Program) -> None:
    bank.teach("When are you open?", "We are open from nine to five.")
    teach(bank)
    lost = bank.say(bank.conversation(), "My card was stolen yesterday!").json()
    assert lost["handoff"]["reason"] == "sensitive_topic"
    assert lost["intents"][0]["label"] == "lost_card"
    rate = bank.say(bank.conversation(), "What is the exchange rate today?").json()
    assert rate["message"]["text"] == "It is on our first page."
    assert (rate["intents"][0]["label"], rate["citations"]) == ("exchange_rate", [])
    hours = bank.say(bank.conversation(), "When are you open?").json()
    assert hours["message"]["text"] == "We are open from nine to five."
    assert hours["intents"][0]["label"] == "hours"


def test_a_change_is_seen_by_turns(bank: Program) -> None:
    teach(bank)
    said = bank.say(bank.conversation(), "Which exchange rate do I get?").json()
    assert said["message"]["text"] == "It is on our first page."
    [rate] = [
        one for one in bank.call("GET", path(bank)).json()["data"] if one["name"] == "exchange_rate"
    ]
    changed = bank.call(
        "PATCH",
        path(bank, rate["intent_label_id"]),
        json={"action": {"type": "reply", "text": "Ask at the counter."}, "examples": RATE[1:]},
    )
    assert (changed.status_code, changed.json()["examples"]) == (200, 3)
    time.sleep(1.1)  # replicas look once a second
    said = bank.say(bank.conversation(), "Which exchange rate do I get?").json()
    assert said["message"]["text"] == "Ask at the counter."
    assert bank.call("DELETE", path(bank, rate["intent_label_id"])).status_code == 204
    assert label_of(bank, "Which exchange rate do I get?") != "exchange_rate"


def test_labels_are_the_tenants_own(bank: Program, desk: Desk) -> None:
    label = add(bank, "lost_card", CARD)
    other = desk.tenant("Neighbour")
    foreign = path(bank, label["intent_label_id"])
    for method, more in (("GET", {}), ("PATCH", {"json": {}}), ("DELETE", {})):
        problem(other.call(method, foreign, **more), 404, "not_found")
    problem(other.call("POST", classify(bank), json={"text": "hi"}), 404, "not_found")
    problem(other.call("GET", path(bank)), 404, "not_found")
    own = path(other, label["intent_label_id"])
    problem(other.call("GET", own), 404, "not_found")


@pytest.mark.parametrize(
    "body",
    [
        {"name": "", "examples": ["a"]},
        {"name": "x", "examples": ["?!"]},
        {"name": "x", "examples": ["a" * 501]},
        {"name": "x", "examples": ["a"], "action": {"type": "reply"}},
        {"name": "x", "examples": ["a"], "action": {"type": "knowledge", "text": "b"}},
        {
            "name": "x",
            "examples": ["a"],
            "action": {"type": "reply", "text": "b", "reason": "policy"},
        },
        {"name": "x", "examples": ["a"], "action": {"type": "dance"}},
    ],
)
def test_what_makes_no_sense_is_refused(bank: Program, body: dict[str, Any]) -> None:
    problem(bank.call("POST", path(bank), json=body), 422, "invalid")
    assert bank.call("GET", path(bank)).json()["data"] == []


def test_a_name_is_taken_once(bank: Program) -> None:
    add(bank, "lost_card", CARD)
    again = bank.call("POST", path(bank), json={"name": "lost_card", "examples": CARD})
    assert "lost_card" in problem(again, 422, "invalid")["detail"]
