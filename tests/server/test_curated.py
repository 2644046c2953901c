"""A question that a published pair asks too gets that pair's answer, word for word."""

from typing import Any

import pytest

from tests.server.conftest import Desk, Program

QUESTION = "How many days do I have to return shoes?"
ANSWER = (
    "Thirty days. Keep the box, please! Worn shoes are looked at first; we call you about them."
)
LONG = " ".join(
    f"Step {n} of the care is to brush the leather softly and to wait." for n in range(20)
)


@pytest.fixture
def shop(desk: Desk) -> Program:
    made = desk.tenant("Curated")
    made.teach(QUESTION, ANSWER)
    made.teach("How do I care for leather?", LONG)
    return made


def asked(program: Program, text: str) -> dict[str, Any]:
    return program.say(program.conversation(), text).json()


def test_a_question_asked_again_in_other_words_gets_the_whole_answer(shop: Program) -> None:
    turn = asked(shop, "How many days do I have to send shoes back?")
    assert turn["message"]["text"] == ANSWER
    [intent], [citation] = turn["intents"], turn["citations"]
    assert (intent["curated"], intent["status"]) == (True, "answered")
    assert 0.84 <= intent["confidence"] <= 1
    assert citation["quote"] == ANSWER


def test_a_long_answer_comes_from_all_its_passages_in_order(shop: Program) -> None:
    turn = asked(shop, "How do I care for leather?")
    assert " ".join(turn["message"]["text"].split()) == LONG
    assert len(turn["citations"]) > 1


def test_near_misses_and_assistants_that_want_none_go_the_usual_way(shop: Program) -> None:
    for text in ("How many days do I have to return 2 shoes?", "Do you have shoes?"):
        assert "curated" not in asked(shop, text)["intents"][0]
    wants_none = {"name": "Plain", "curated": {"enabled": False}}
    bases = {"knowledge_base_ids": [shop.knowledge_base_id]}
    made = shop.call("POST", "/v1/assistants", json=wants_none | bases)
    assert made.status_code == 201, made.text
    path = f"/v1/assistants/{made.json()['assistant_id']}/answer"
    answer = shop.call("POST", path, json={"text": QUESTION})
    assert answer.status_code == 200, answer.text
    assert ANSWER in answer.json()["text"]
    assert all("curated" not in one for one in answer.json()["intents"])


def test_another_tenants_pairs_answer_nothing(shop: Program, desk: Desk) -> None:
    turn = asked(desk.tenant("Neighbour"), QUESTION)
    assert turn["citations"] == [] and "curated" not in turn["intents"][0]


def test_an_older_versions_pair_is_gone_with_it(shop: Program) -> None:
    base = f"/v1/knowledge-bases/{shop.knowledge_base_id}"
    [entry] = [
        one
        for one in shop.call("GET", f"{base}/documents").json()["data"]
        if one["title"] == QUESTION
    ]
    changed = shop.call(
        "PUT",
        f"{base}/documents/{entry['document_id']}",
        json={"question": QUESTION, "answer": "Sixty days."},
    )
    assert changed.status_code == 200, changed.text
    assert asked(shop, QUESTION)["message"]["text"] == "Sixty days."
