"""Nobody there: an honest promise, an address asked for, taken, kept and confirmed. Rules and folders."""

from typing import Any

import pytest

from tests.server.conftest import Desk, Program, problem

UNKNOWN = "Can you repair my grandfather's violin?"
CLOSED: dict[str, Any] = {"handoff": {"hours": {"weekly": []}}}


@pytest.fixture
def shop(desk: Desk) -> Program:
    shop = desk.tenant("Nobody")
    shop.teach("Do you ship to Norway?", "Yes, parcels to Norway take five working days.")
    return shop


def settings(shop: Program, change: dict[str, Any]) -> Any:
    return shop.call("PATCH", f"/v1/assistants/{shop.assistant_id}", json=change)


def contact_of(shop: Program, conversation_id: str) -> dict[str, Any]:
    shown = shop.call("GET", f"/v1/conversations/{conversation_id}").json()
    return shop.call("GET", f"/v1/contacts/{shown['contact_id']}").json()


def handoff(shop: Program, answered: dict[str, Any]) -> dict[str, Any]:
    return shop.call("GET", f"/v1/handoffs/{answered['handoff']['handoff_id']}").json()


def test_an_address_that_is_written_while_waiting_is_kept_and_confirmed_once(
    shop: Program, desk: Desk
) -> None:
    assert settings(shop, CLOSED).status_code == 200
    conversation_id = shop.conversation()
    asked = shop.say(conversation_id, UNKNOWN).json()
    assert "I can't say when" in asked["message"]["text"]
    assert "How can they reach you" in asked["message"]["text"]
    silent = shop.say(conversation_id, "Oh, what a pity.").json()
    assert silent["message"] is None
    said = shop.say(conversation_id, "ada@example.com", client_message_id="a").json()
    assert said["status"] == "waiting_for_operator"
    assert said["message"]["text"] == "Thank you, I have noted ada@example.com for my colleague."
    again = shop.say(conversation_id, "ada@example.com", client_message_id="a").json()
    assert again["message"] is None
    other = shop.say(conversation_id, "or eve@example.com").json()
    assert other["message"] is None  # it was asked for once
    contact = contact_of(shop, conversation_id)
    assert (contact["email"], contact["details_given_by"]) == ("ada@example.com", "contact")
    assert contact["identities"] == []
    folder = handoff(shop, asked)
    assert folder["contact_details"] == {"email": "ada@example.com"}
    assert folder["contact"]["email"] == "ada@example.com"
    transcript = shop.call("GET", f"/v1/conversations/{conversation_id}/messages").json()["data"]
    authors = [message["author"] for message in transcript]
    assert authors == ["contact", "assistant", "contact", "contact", "assistant", "contact"]
    problem(
        desk.tenant("Other").call("GET", f"/v1/handoffs/{folder['handoff_id']}"), 404, "not_found"
    )


def test_who_is_known_is_not_asked(shop: Program) -> None:
    settings(shop, CLOSED)
    body = {
        "assistant_id": shop.assistant_id,
        "contact": {"name": "Ada", "phone": "+44 20 7946 0958"},
    }
    conversation_id = shop.call("POST", "/v1/conversations", json=body).json()["conversation_id"]
    asked = shop.say(conversation_id, UNKNOWN).json()
    assert "How can they reach you" not in asked["message"]["text"]
    silent = shop.say(conversation_id, "eve@example.com").json()
    assert silent["message"] is None


def test_operators_who_are_away_are_not_promised_for_now(shop: Program) -> None:
    made = shop.call("POST", "/v1/operators", json={"email": "ola@example.com", "name": "Ola"})
    path = f"/v1/operators/{made.json()['operator_id']}/presence"
    before = shop.say(shop.conversation(), UNKNOWN).json()
    assert "Nobody" not in before["message"]["text"]  # nobody ever said whether they are there
    assert shop.call("PUT", path, json={"available": False}).status_code == 200
    away = shop.say(shop.conversation(), UNKNOWN).json()
    assert "Nobody is free at the moment" in away["message"]["text"]
    there = shop.call("PUT", path, json={"available": True, "minutes": 30})
    assert there.json()["available_until"] is not None
    back = shop.say(shop.conversation(), UNKNOWN).json()
    assert "Nobody" not in back["message"]["text"]


def test_the_operator_finds_everything_in_the_handoff(shop: Program) -> None:
    conversation_id = shop.conversation()
    first = shop.say(conversation_id, "Do you ship to Norway?").json()
    text = "This is terrible!!! Can you repair my violin? And do you ship to Norway?"
    asked = shop.say(conversation_id, text).json()
    folder = handoff(shop, asked)
    assert [one["text"] for one in folder["open_intents"]] == ["Can you repair my violin?"]
    assert folder["summary_lines"][0] == {
        "turn_id": first["turn_id"],
        "author": "contact",
        "text": "Do you ship to Norway?",
    }
    assert {line["turn_id"] for line in folder["summary_lines"]} == {
        first["turn_id"],
        asked["turn_id"],
    }
    assert folder["tried"][0]["query"] == "Can you repair my violin?"
    assert len(set(folder["drafts"])) == 2
    assert (folder["sentiment"], folder["language"]) == ("negative", "en")
    for passage in folder["passages"]:
        assert "Norway" in passage["text"]
    explained = shop.call("GET", f"/v1/turns/{asked['turn_id']}/explanation").json()
    assert (explained["decision"], explained["sentiment"]) == ("hand_off", "negative")


def test_a_rule_is_saved_checked_and_explained(shop: Program) -> None:
    rule = {"name": "legal", "when": {"words": ["lawyer*"]}, "action": "hand_off"}
    empty = settings(shop, {"handoff": {"rules": [rule | {"when": {}}]}})
    refused = problem(empty, 422, "invalid")
    assert "at least one condition" in str(refused["errors"])
    hours = {"weekly": [{"days": ["mon"], "opens": "22:00", "closes": "06:00"}]}
    problem(settings(shop, {"handoff": {"hours": hours}}), 422, "invalid")
    saved = settings(shop, {"handoff": {"rules": [rule | {"reason": "sensitive_topic"}]}})
    assert saved.status_code == 200, saved.text
    asked = shop.say(shop.conversation(), "My lawyer asks: do you ship to Norway?").json()
    assert asked["handoff"]["reason"] == "sensitive_topic"
    explained = shop.call("GET", f"/v1/turns/{asked['turn_id']}/explanation").json()
    assert explained["rule"] == "legal"
    assert handoff(shop, asked)["rule"] == "legal"
    figures = shop.call("GET", "/v1/usage/decisions").json()
    assert {"decision": "hand_off", "reason": "sensitive_topic", "rule": "legal", "turns": 1} in (
        figures["decisions"]
    )
