"""Requests are told apart by a tenant's own labels, and each label decides what is done."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
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


def labelled(program: Program) -> str:
    return f"/v1/assistants/{program.assistant_id}/labelled-examples"


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
    # Turns go on with the labels of before while these are learnt; who asks for a label waits.
    assert label_of(bank, HOURS[0]) == "hours"


def in_force(bank: Program, text: str) -> dict[str, Any]:
    """The turn of a message once the labels count: a process reads settings once a second."""
    for _ in range(20):
        turn = bank.say(bank.conversation(), text).json()
        if turn["intents"][0]["label"] is not None:
            return turn
        time.sleep(0.5)
    raise AssertionError("no label was ever given")


def test_a_request_gets_the_label_whose_examples_are_like_it(bank: Program) -> None:
    assert label_of(bank, "somebody stole my card") is None  # nothing is defined
    teach(bank)
    assert label_of(bank, "somebody stole my card") == "lost_card"
    assert label_of(bank, "what rate do you give for yen?") == "exchange_rate"
    assert label_of(bank, "sing me a song about whales") is None


def test_a_label_hands_over_replies_or_lets_the_knowledge_answer(bank: Program) -> None:
    bank.teach("When are you open?", "We are open from nine to five.")
    teach(bank)
    lost = in_force(bank, "My card was stolen yesterday!")
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


def test_requests_like_what_has_no_label_get_none(bank: Program) -> None:
    teach(bank)
    asked = "who won the exchange of blows in the boxing match?"
    add(bank, "other", ["who won the boxing match?", asked], action={"type": "none"})
    assert label_of(bank, asked) is None
    assert label_of(bank, "what is the exchange rate") == "exchange_rate"


@pytest.mark.parametrize("kind", ["application/json", "text/csv", "application/x-ndjson"])
def test_many_examples_come_at_once(bank: Program, kind: str) -> None:
    add(bank, "hours", HOURS[:1])
    rows = [("hours", text) for text in HOURS] + [("rate, exchange", text) for text in RATE]
    bodies = {
        "application/json": json.dumps({"examples": [{"label": n, "text": t} for n, t in rows]}),
        "text/csv": "label,text\n" + "\n".join(f'"{n}","{t}"' for n, t in rows),
        "application/x-ndjson": "\n".join(json.dumps({"label": n, "text": t}) for n, t in rows),
    }
    added = bank.call("POST", labelled(bank), content=bodies[kind], headers={"content-type": kind})
    assert added.status_code == 201, added.text
    assert added.json() == {"labels_added": 1, "examples_added": 7}
    hours, rate = bank.call("GET", path(bank)).json()["data"]
    assert (hours["examples"], rate["name"], rate["examples"]) == (4, "rate, exchange", 4)
    first = bank.call("GET", path(bank, hours["intent_label_id"], "examples"), params={"limit": 3})
    rest = bank.call(
        "GET",
        path(bank, hours["intent_label_id"], "examples"),
        params={"cursor": first.json()["next_cursor"]},
    )
    assert [one["text"] for page in (first, rest) for one in page.json()["data"]] == HOURS


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("text/csv", "label,text\nhours,", 422),
        ("text/csv", "name,words\nhours,when", 422),
        ("application/x-ndjson", '{"label": "hours"', 400),
        ("application/json", '{"examples": []}', 422),
        ("application/x-ndjson", '{"label": "hours", "text": "a\\u0000b"}', 400),
        ("application/x-ndjson", '{"label": "hours", "text": "a\\ud800b"}', 400),
        ("application/x-ndjson", "[" * 20_000, 400),
        ("application/x-ndjson", '["hours", "when"]', 422),
        ("text/csv", "label,text\nhours,wh\0en", 400),
        ("text/plain", '{"examples": [{"label": "hours", "text": "when"}]}', 415),
        ("text/csv", "label,text\n" + "hours,when\n" * 400_000, 413),
    ],
)
def test_examples_that_cannot_be_read_are_refused(
    bank: Program, kind: str, body: str, status: int
) -> None:
    refused = bank.call("POST", labelled(bank), content=body, headers={"content-type": kind})
    assert refused.status_code == status, refused.text[:500]
    assert bank.call("GET", path(bank)).json()["data"] == []


def test_a_text_of_two_labels_teaches_both(bank: Program) -> None:
    teach(bank)
    both = [f"{card}, and {rate}" for card, rate in zip(CARD, RATE, strict=True)]
    for name in ("lost_card", "exchange_rate"):
        rows = [{"label": name, "text": text} for text in both]
        bank.call("POST", labelled(bank), json={"examples": rows})
    found = bank.call("POST", classify(bank), json={"text": both[0]}).json()
    assert {found["name"], *found["also"]} == {"lost_card", "exchange_rate"}
    turn = bank.say(bank.conversation(), both[1]).json()
    assert turn["handoff"]["reason"] == "sensitive_topic"  # one that wants a person is heard


def test_what_is_unlike_every_label_is_doubted_where_the_tenant_says_so(bank: Program) -> None:
    bank.teach("What do whales sing about?", "Whales sing about krill.")
    teach(bank)
    asked = "What do whales sing about?"
    assert (
        bank.say(bank.conversation(), asked).json()["message"]["text"] == "Whales sing about krill."
    )
    told = bank.call("PATCH", f"/v1/assistants/{bank.assistant_id}",
                     json={"labels": {"doubt_unlabelled": True},
                           "curated": {"enabled": False}})  # fmt: skip
    assert told.status_code == 200, told.text
    time.sleep(1.1)  # replicas look once a second
    turn = bank.say(bank.conversation(), asked).json()
    assert turn["handoff"]["reason"] == "not_in_knowledge"
    assert "label" not in turn["intents"][0]


def test_examples_given_at_the_same_time_are_all_kept(bank: Program) -> None:
    def give(part: int) -> int:
        rows = [{"label": "hours", "text": f"open on day {part * 20 + n}?"} for n in range(20)]
        return bank.call("POST", labelled(bank), json={"examples": rows}).status_code

    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(give, range(6))) == [201] * 6
    [hours] = bank.call("GET", path(bank)).json()["data"]
    assert hours["examples"] == 120


def test_an_assistant_has_room_for_so_many_examples_whoever_gives_them_twice(bank: Program) -> None:
    rows = [{"label": "hours", "text": f"day {n}"} for n in range(20_000)]
    for part in (rows, rows[:50]):
        given = bank.call("POST", labelled(bank), json={"examples": part})
        assert given.status_code == 201, given.text
    more = bank.call("POST", labelled(bank), json={"examples": [rows[0] | {"text": "night"}]})
    assert "20000" in problem(more, 422, "invalid")["detail"]
    [hours] = bank.call("GET", path(bank)).json()["data"]
    assert hours["examples"] == 20_000
