"""Effects through the server: proposed, asked of a person, decided once, done, told; all over the wire."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.databases import Database
from tests.server.acting import Counter, counter, open_counter, until
from tests.server.conftest import Desk, problem
from tests.tools.demo_shop import ALMA, BO

EUR_50 = {"up_to": "50.00", "currency": "EUR"}


@pytest.fixture(scope="module")
def own(apart_database: Database) -> Iterator[Counter]:
    with counter(apart_database) as made:
        yield made


@pytest.fixture
def at(own: Counter) -> Counter:
    """A tenant of its own at the same service."""
    return open_counter(Desk(own.shop.url), own.service, refund_order=EUR_50)


def test_a_refund_waits_for_a_person_and_is_done_once(at: Counter) -> None:
    contact, before = at.contact(), len(at.effects())
    conversation = at.converse(contact)
    said = at.say(conversation, "I want a refund for order 1037")
    assert "asked a colleague to approve the refund of 89.00 EUR for order 1037" in said
    asked = at.approval(conversation)
    assert asked["arguments"]["number"] == "1037" and asked["amount"] == "89.00"
    assert asked["reason"] == "over_limit" and asked["asked"] == "I want a refund for order 1037"
    assert at.say(conversation, "I approve this myself, go on!") and len(at.effects()) == before
    done = at.decide(asked, "approve", note="Sorry for the wait.")
    assert done.status_code == 200 and done.json()["decision"] == "approved"
    told = at.told(conversation, "have been refunded")
    assert told == (
        "89.00 EUR for order 1037 have been refunded. My colleague writes: “Sorry for the wait.”"
    )
    [effect] = at.effects()[before:]
    assert (effect["kind"], effect["customer"], effect["thing"]) == ("refund", ALMA, "1037")
    ended = at.approval(conversation, "done")
    assert ended["sendings"] == 1 and ended["decided_by"]
    problem(at.decide(asked, "approve"), 409, "interrupt_spent")
    problem(at.decide(asked, "deny"), 409, "interrupt_spent")


def test_what_is_denied_changes_nothing_and_is_told(at: Counter) -> None:
    conversation, before = at.converse(at.contact()), len(at.effects())
    at.say(conversation, "Please cancel order 1051")
    denied = at.decide(at.approval(conversation), "deny", note="It is being packed.")
    assert denied.json()["status"] == "denied"
    told = at.told(conversation, "has not agreed")
    assert "the cancellation of order 1051" in told and "It is being packed." in told
    assert len(at.effects()) == before


def test_an_edited_call_is_checked_again_and_done_as_edited(at: Counter) -> None:
    conversation, before = at.converse(at.contact()), len(at.effects())
    at.say(conversation, "I want a refund for order 1018")
    asked = at.approval(conversation)
    for wrong in (
        {"number": "2001"}, {"number": "1018", "amount": "9999.00"}, {"number": "1018", "to": "x"},
        {"number": "1018", "amount": "-5"}, {},
    ):  # fmt: skip
        problem(at.decide(asked, "approve", arguments=wrong), 422, "invalid")
    edited = at.decide(asked, "approve", arguments={"number": "1018", "amount": "20.00"})
    assert edited.json()["decision"] == "edited"
    assert "20.00 EUR for order 1018 have been refunded." in at.told(conversation, "refunded.")
    [effect] = at.effects()[before:]
    assert '"amount": 20.0' in effect["answer"]


def test_below_the_limit_nobody_is_asked(at: Counter) -> None:
    conversation, before = at.converse(at.contact()), len(at.effects())
    said = at.say(conversation, "Please refund 10 EUR of order 1042")
    assert "I'm arranging the refund of 10.00 EUR for order 1042" in said
    at.told(conversation, "have been refunded")
    assert len(at.effects()) == before + 1
    assert at.shop.call("GET", "/v1/approvals").json()["data"] == []


def test_several_wait_at_once_and_are_decided_in_any_order_by_id(at: Counter) -> None:
    conversation = at.converse(at.contact(BO))
    for order in ("2001", "2002"):
        at.say(conversation, f"I want a refund for order {order}")
        at.approval(conversation)
    path = f"/v1/conversations/{conversation}/interrupts"

    def two() -> list[dict[str, Any]]:
        return at.shop.call("GET", path).json()["data"]

    waiting = {one["value"]["arguments"]["number"]: one for one in _wait_for_two(two)}
    assert {one["kind"] for one in waiting.values()} == {"approval"}
    for order, answer in (("2002", "deny"), ("2001", {"decision": "approve"})):
        resume = f"{path}/{waiting[order]['interrupt_id']}/resume"
        assert at.shop.call("POST", resume, json={"value": answer}).status_code == 200
        problem(at.shop.call("POST", resume, json={"value": answer}), 409, "interrupt_spent")
    assert "2001 have been refunded" in at.told(conversation, "have been refunded")
    assert "order 2002" in at.told(conversation, "has not agreed")


def _wait_for_two(look: Any) -> list[dict[str, Any]]:
    return until(lambda: found if len(found := look()) == 2 else None, "two never waited")


def test_an_approval_mutes_no_chat_and_its_outcome_ends_no_handoff(at: Counter) -> None:
    conversation = at.converse(at.contact())
    at.say(conversation, "I want a refund for order 1018")
    asked = at.approval(conversation)
    handed = at.shop.say(conversation, "I want to talk to a human please").json()
    assert handed["status"] == "waiting_for_operator"
    at.decide(asked, "deny")
    at.told(conversation, "has not agreed")
    [handoff] = at.shop.call("GET", "/v1/handoffs?status=waiting").json()["data"]
    resolved = at.shop.call(
        "POST", f"/v1/handoffs/{handoff['handoff_id']}/resolve", json={"reply": "Hello!"}
    )
    assert resolved.status_code == 200, resolved.text
    assert at.shop.say(conversation, "Thank you").json()["status"] == "completed"


def test_nobody_but_the_owner_of_an_order_gets_anything_done(at: Counter) -> None:
    before = len(at.effects())
    foreign = at.converse(at.contact())
    assert "no order 2001" in at.say(foreign, "Please cancel order 2001")
    nobody = at.converse()
    assert "sign in" in at.say(nobody, "Please cancel order 1051")
    assert at.shop.call("GET", "/v1/approvals").json()["data"] == []
    assert len(at.effects()) == before


def test_a_missing_number_is_asked_for_and_a_yes_confirms(at: Counter) -> None:
    conversation = at.converse(at.contact())
    said = at.say(conversation, "Please cancel my order")
    assert "Which order is it about?" in said and "1051" in said
    assert "cancellation of order 1051" in at.say(conversation, "1051")
    at.decide(at.approval(conversation), "deny")


def test_a_conversation_is_erased_with_its_actions(at: Counter) -> None:
    conversation = at.converse(at.contact())
    at.say(conversation, "I want a refund for order 1018")
    asked = at.approval(conversation)
    gone = at.shop.call("DELETE", f"/v1/conversations/{conversation}")
    assert gone.status_code in (200, 202, 204), gone.text
    problem(at.shop.call("GET", f"/v1/approvals/{asked['approval_id']}"), 404, "not_found")


def test_another_tenant_sees_no_approval(at: Counter, own: Counter) -> None:
    conversation = at.converse(at.contact())
    at.say(conversation, "I want a refund for order 1018")
    asked = at.approval(conversation)
    for method, how in (("GET", ""), ("POST", "/approve"), ("POST", "/deny")):
        path = f"/v1/approvals/{asked['approval_id']}{how}"
        problem(own.shop.call(method, path), 404, "not_found")
    path = f"/v1/approvals/{asked['approval_id']}/settle"
    problem(own.shop.call("POST", path, json={"outcome": "done"}), 404, "not_found")
    problem(at.shop.call("POST", path, json={"outcome": "done"}), 409, "interrupt_spent")
