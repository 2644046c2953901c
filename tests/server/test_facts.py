"""What a contact told, over HTTP: seen with its turn, used, shown to the operator, forgotten."""

import time

from tests.server.conftest import Desk, problem


def test_a_fact_is_used_in_the_next_conversation_and_forgotten_alone(desk: Desk) -> None:
    shop = desk.tenant("Facts")
    shop.teach("Which boots come in size 42?", "The Fell boots come in size 42.")
    first = shop.conversation()
    contact_id = shop.call("GET", f"/v1/conversations/{first}").json()["contact_id"]
    turn = shop.say(first, "My size is 42 and my order number is 4711-B.").json()
    path = f"/v1/contacts/{contact_id}/facts"
    told = shop.call("GET", path).json()["data"]
    assert {(one["kind"], one["value"]) for one in told} == {
        ("size", "42"),
        ("order number", "4711-B"),
    }
    assert {one["turn_id"] for one in told} == {turn["turn_id"]}
    body = {"assistant_id": shop.assistant_id, "contact": {"contact_id": contact_id}}
    second = shop.call("POST", "/v1/conversations", json=body).json()["conversation_id"]
    assert "4711-B" in shop.say(second, "What was my order number again?").json()["message"]["text"]
    assert "Fell" in shop.say(second, "Which boots come in my size?").json()["message"]["text"]
    order = next(one for one in told if one["kind"] == "order number")
    assert shop.call("DELETE", f"{path}/{order['fact_id']}").status_code == 204
    problem(shop.call("DELETE", f"{path}/{order['fact_id']}"), 404, "not_found")
    asked = shop.say(second, "What was my order number again?").json()
    assert asked["message"] is None or "4711" not in asked["message"]["text"]
    if asked["status"] != "waiting_for_operator":
        asked = shop.say(second, "I want to talk to a person").json()
    handoff = shop.call("GET", f"/v1/handoffs/{asked['handoff']['handoff_id']}").json()
    assert [(one["kind"], one["value"]) for one in handoff["facts"]] == [("size", "42")]


def test_facts_are_the_tenants_own(desk: Desk) -> None:
    shop, other = desk.tenant("Own"), desk.tenant("Other")
    talk = shop.conversation()
    contact_id = shop.call("GET", f"/v1/conversations/{talk}").json()["contact_id"]
    shop.say(talk, "My size is 42.")
    problem(other.call("GET", f"/v1/contacts/{contact_id}/facts"), 404, "not_found")
    off = {"memory": {"keeps_facts": False}}
    assert shop.call("PATCH", f"/v1/assistants/{shop.assistant_id}", json=off).status_code == 200
    time.sleep(1.1)  # the longest that another revision stays unseen
    shop.say(talk, "My name is Ada.")
    kinds = [
        one["kind"] for one in shop.call("GET", f"/v1/contacts/{contact_id}/facts").json()["data"]
    ]
    assert kinds == ["size"]
    wrong = {"memory": {"budget_tokens": 3}}
    problem(shop.call("PATCH", f"/v1/assistants/{shop.assistant_id}", json=wrong), 422, "invalid")
