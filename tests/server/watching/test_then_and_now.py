"""An explanation of a turn: what it read and why it ended so, and what today's knowledge would say."""

from typing import Any

import pytest

from tests.server.conftest import Desk, Program

NORWAY = "Do you ship to Norway?"
FIVE_DAYS = "Yes, parcels to Norway take five working days."
TWO_DAYS = "Yes, parcels to Norway take two working days by air."


@pytest.fixture
def shop(desk: Desk) -> Program:
    made = desk.tenant("Then")
    made.teach(NORWAY, FIVE_DAYS)
    by_hand = {"publishing": "manual"}  # else changes within two seconds share a version
    assert made.call("PATCH", _base(made), json=by_hand).status_code == 200
    return made


def _base(shop: Program) -> str:
    return f"/v1/knowledge-bases/{shop.knowledge_base_id}"


def _publish(shop: Program) -> None:
    published = shop.call("POST", f"{_base(shop)}/versions", json={})
    assert published.status_code == 201, published.text


def _documents(shop: Program) -> str:
    return f"{_base(shop)}/documents"


def _document(shop: Program) -> str:
    [found] = shop.call("GET", _documents(shop)).json()["data"]
    return f"{_documents(shop)}/{found['document_id']}"


def _asked(shop: Program, text: str = NORWAY) -> str:
    return shop.say(shop.conversation(), text).json()["turn_id"]


def _explained(shop: Program, turn_id: str) -> dict[str, Any]:
    answer = shop.call("GET", f"/v1/turns/{turn_id}/explanation")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_explanation_holds_what_the_turn_was_given_and_made_of_it(shop: Program) -> None:
    found = _explained(shop, _asked(shop))
    assert [one["text"] for one in found["input"]] == [NORWAY]
    assert found["answer"] == FIVE_DAYS
    [question] = found["questions"]
    assert (question["query"], question["status"]) == (NORWAY, "answered")
    assert question["confidence"] == found["confidence"] and question["confidence_parts"]
    [passage] = question["passages"]
    assert passage["cited"] and passage["score"] > 0 and 0 < passage["cosine"] <= 1
    assert (found["decision"], found["prompt_version"] is not None) == ("deliver", True)
    assert (found["cost_usd"], found["tool_calls"]) == ("0.000000", [])
    assert found["knowledge_versions"][shop.knowledge_base_id] == 1


def test_knowledge_that_stayed_would_answer_the_same(shop: Program) -> None:
    turn_id = _asked(shop)
    shop.teach("Do you repair lamps?", "Yes, in our workshop.")
    _publish(shop)
    compared = _explained(shop, turn_id)["then_and_now"]
    assert compared["would_answer_the_same"] is True and compared["left_out"] is None
    assert [one["fate"] for one in compared["passages"]] == ["unchanged"]
    base = shop.knowledge_base_id
    before, after = compared["knowledge_versions_then"], compared["knowledge_versions_now"]
    assert before[base] < after[base]


def test_an_edited_entry_shows_both_its_words_and_another_answer(shop: Program) -> None:
    turn_id = _asked(shop)
    edited = {"question": NORWAY, "answer": TWO_DAYS}
    assert shop.call("PUT", _document(shop), json=edited).status_code == 200
    _publish(shop)
    compared = _explained(shop, turn_id)["then_and_now"]
    assert compared["would_answer_the_same"] is False
    [question] = compared["questions"]
    assert question["verdict"] == "changed"
    assert (question["then"]["answer"], question["today"]["answer"]) != (None, None)
    assert "five" in question["then"]["answer"] and "two" in question["today"]["answer"]
    assert [one["text"] for one in question["new_passages"]] == [TWO_DAYS]
    [passage] = compared["passages"]
    assert passage["fate"] == "edited"
    assert (passage["then"]["text"], passage["now"]["text"]) == (FIVE_DAYS, TWO_DAYS)


def test_what_was_deleted_is_gone_and_no_longer_answered(shop: Program) -> None:
    turn_id = _asked(shop)
    assert shop.call("DELETE", _document(shop)).status_code == 204
    compared = _explained(shop, turn_id)["then_and_now"]
    assert [one["fate"] for one in compared["passages"]] == ["gone"]
    assert compared["passages"][0]["now"] is None
    assert compared["questions"][0]["today"]["status"] == "unanswered"


def test_what_was_taught_since_is_newly_answered(shop: Program) -> None:
    turn_id = _asked(shop, "Do you repair antique chandeliers?")
    shop.teach("Do you repair antique chandeliers?", "Yes, in our workshop in Bergen.")
    _publish(shop)
    compared = _explained(shop, turn_id)["then_and_now"]
    [question] = compared["questions"]
    assert question["verdict"] == "newly_answered"
    assert [one["text"] for one in question["new_passages"]] == ["Yes, in our workshop in Bergen."]


def test_a_turn_that_asked_nothing_says_so(shop: Program) -> None:
    compared = _explained(shop, _asked(shop, "I want to talk to a human, please."))["then_and_now"]
    assert compared["would_answer_the_same"] is None and compared["left_out"]


def test_closed_knowledge_answers_nobody_else_today(shop: Program) -> None:
    """What only verified contacts may read stays closed to the one who asked."""
    turn_id = _asked(shop)
    assert shop.call("PATCH", _base(shop), json={"verified_only": True}).status_code == 200
    compared = _explained(shop, turn_id)["then_and_now"]
    assert compared["knowledge_versions_now"] == {}
    assert compared["questions"][0]["verdict"] == "no_longer_answered"
