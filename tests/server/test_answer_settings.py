"""An assistant's answers under its settings, over HTTP: topics, disclaimers, revisions, streaming."""

import time
from typing import Any

import pytest

from tests.server.conftest import Desk, Program, problem
from tests.server.test_talking import stream

ADVICE = "This is no legal advice."


@pytest.fixture(scope="module")
def shop(desk: Desk) -> Program:
    shop = desk.tenant("Answers")
    shop.teach("Do you ship to Norway?", "Yes, parcels to Norway take five working days.")
    shop.teach("How long is the warranty?", "The warranty is two years from the day of purchase.")
    return shop


def path(shop: Program, *more: str) -> str:
    return "/".join(["/v1/assistants", shop.assistant_id, *more])


def settle(shop: Program, **answering: object) -> int:
    changed = shop.call("PATCH", path(shop), json={"answering": answering})
    assert changed.status_code == 200, changed.text
    time.sleep(1.1)  # every replica sees a revision within a second
    return changed.json()["revision"]


def ask(shop: Program, text: str) -> dict[str, Any]:
    answered = shop.call("POST", path(shop, "answer"), json={"text": text})
    assert answered.status_code == 200, answered.text
    return answered.json()


def test_topics_and_disclaimers_hold_with_a_conversation_and_without(shop: Program) -> None:
    settle(
        shop,
        forbidden_topics=[{"name": "norway", "when": "the customer asks about shipping to Norway"}],
        disclaimers=[{"name": "legal", "when": {"words": ["warranty"]}, "text": {"en": ADVICE}}],
    )
    refused = shop.say(shop.conversation(), "Do you ship to Norway?").json()
    assert refused["message"]["text"] == "I'm sorry, I don't give information about that here."
    assert (refused["status"], refused["citations"]) == ("completed", [])
    explained = shop.call("GET", f"/v1/turns/{refused['turn_id']}/explanation").json()
    assert (explained["reason"], explained["withheld_sentences"]) == ("policy", 0)
    assert explained["prompt_version"]
    text = ask(shop, "How long is the warranty?")["message"]["text"]
    assert text.startswith("The warranty is two years") and text.endswith(ADVICE)
    assert (
        ADVICE
        in shop.say(shop.conversation(), "How long is the warranty?").json()["message"]["text"]
    )
    settle(shop, forbidden_topics=[], disclaimers=[])
    assert "five working days" in str(ask(shop, "Do you ship to Norway?")["text"])


def test_an_answer_without_a_conversation_has_the_shape_of_a_turn(shop: Program) -> None:
    settle(shop)
    found = ask(shop, "How long is the warranty?")
    assert found["status"] == "completed" and found["handoff"] is None
    assert found["message"] == {
        "author": "assistant",
        "text": found["text"],
        "content": found["content"],
    }
    assert found["intents"] == [
        {
            "text": "How long is the warranty?",
            "status": "answered",
            "confidence": found["confidence"],
            "curated": True,
        }
    ]
    assert set(found["citations"][0]) == {"passage_id", "document_id", "title", "quote"}
    assert set(found["usage"]) == {"input_tokens", "output_tokens", "cost_usd"}
    unknown = ask(shop, "Can you engrave my violin in Klingon?")
    assert unknown["status"] == "waiting_for_operator"
    assert unknown["handoff"] == {"reason": "not_in_knowledge"}
    handoffs = shop.call("GET", "/v1/handoffs").json()["data"]
    assert not any("Klingon" in str(one) for one in handoffs)


@pytest.mark.parametrize("mode", ["tokens", "sentences", "whole"])
def test_the_deltas_are_the_message_however_it_streams(shop: Program, mode: str) -> None:
    settle(shop, streaming=mode)
    seen = stream(shop, shop.conversation(), "Do you ship to Norway? How long is the warranty?")
    said = "".join(f["data"]["text"] for f in seen if f["event"] == "message_delta")
    [message] = [f["data"] for f in seen if f["event"] == "message"]
    assert said == message["text"]


def test_revisions_are_listed_compared_and_brought_back(desk: Desk, shop: Program) -> None:
    first = shop.call("GET", path(shop)).json()["revision"]
    shop.call("PATCH", path(shop), json={"persona": {"tone": "curt", "traits": ["patient"]}})
    changed = shop.call("PATCH", path(shop), json={"name": "Mia"}).json()
    diff = shop.call("GET", path(shop, "revisions", str(first), "diff", str(first + 2))).json()
    assert {c["path"]: c["after"] for c in diff["changes"]} == {
        "name": "Mia",
        "persona.tone": "curt",
        "persona.traits": ["patient"],
    }
    back = shop.call("POST", path(shop, "revisions", str(first), "restore")).json()
    assert (back["name"], back["revision"]) != (changed["name"], changed["revision"])
    listed = shop.call("GET", path(shop, "revisions") + "?limit=2").json()
    assert [(r["revision"], r["restored_from"]) for r in listed["data"]] == [
        (first + 3, first),
        (first + 2, None),
    ]
    more = shop.call("GET", path(shop, "revisions") + f"?limit=2&cursor={listed['next_cursor']}")
    assert [r["revision"] for r in more.json()["data"]] == [first + 1, first]
    old = shop.call("GET", path(shop, "revisions", str(first + 1))).json()
    assert old["persona"]["tone"] == "curt"
    stranger = desk.tenant("Stranger")
    for call, more_path in (("GET", ["revisions"]), ("POST", ["revisions", "1", "restore"])):
        problem(stranger.call(call, path(shop, *more_path)), 404, "not_found")
    problem(shop.call("GET", path(shop, "revisions", "999999")), 404, "not_found")


def test_nonsense_is_refused_by_its_place(shop: Program) -> None:
    answering = {"forbidden_topics": [{"name": "politics", "when": {}}]}
    found = problem(shop.call("PATCH", path(shop), json={"answering": answering}), 422, "invalid")
    assert "forbidden_topics" in str(found)
