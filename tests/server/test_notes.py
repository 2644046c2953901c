"""Notes, canned answers and who looks at a handoff: for the tenant's people, never for a contact."""

from typing import Any

import pytest

from tests.server.browser import signed_in
from tests.server.conftest import Desk, Program, call, problem

SECRET = "Zebra: they paid with a stolen card"


@pytest.fixture
def shop(desk: Desk) -> Program:
    return desk.tenant("Notes")


def _visitor(desk: Desk, shop: Program) -> str:
    session = call(
        desk.url,
        None,
        "POST",
        "/v1/widget/sessions",
        json={"assistant_id": shop.assistant_id},
        headers={"Origin": desk.url},
    )
    assert session.status_code == 201, session.text
    return session.json()["token"]


def _note(shop: Program, conversation_id: str, text: str = SECRET) -> dict[str, Any]:
    path = f"/v1/conversations/{conversation_id}/notes"
    made = shop.call("POST", path, json={"text": text})
    assert made.status_code == 201, made.text
    return made.json()


def test_a_contact_is_shown_no_note_in_any_answer(desk: Desk, shop: Program) -> None:
    token = _visitor(desk, shop)
    body = {"assistant_id": shop.assistant_id}
    talk = call(desk.url, token, "POST", "/v1/conversations", json=body).json()["conversation_id"]
    path = f"/v1/conversations/{talk}"
    call(desk.url, token, "POST", f"{path}/messages", json={"text": "I want a person"})
    _note(shop, talk)
    call(desk.url, token, "POST", f"{path}/messages", json={"text": "Are you there?"})
    for where in (path, f"{path}/messages", "/v1/conversations"):
        answer = call(desk.url, token, "GET", where)
        assert answer.status_code == 200 and "Zebra" not in answer.text
    for method in ("GET", "POST"):
        problem(call(desk.url, token, method, f"{path}/notes", json={"text": "x"}), 403, "denied")
    assert "Zebra" not in shop.call("GET", f"{path}/messages").text  # nor a program that copies


def test_notes_are_in_order_and_name_who_wrote_them(shop: Program) -> None:
    talk = shop.conversation()
    path = f"/v1/conversations/{talk}/notes"
    _note(shop, talk, "first")
    robin = signed_in(shop, "operator", name="Robin")
    assert robin.call("POST", path, json={"text": "second"}).status_code == 201
    found = shop.call("GET", path).json()["data"]
    assert [one["text"] for one in found] == ["first", "second"]
    assert [one["author"]["name"] for one in found] == ["Operator", "Robin"]
    assert (
        signed_in(shop, "viewer", name="Vi").call("POST", path, json={"text": "x"}).status_code
        == 403
    )
    problem(shop.call("POST", path, json={"text": "  "}), 422, "invalid")


def test_notes_go_with_their_conversation_and_are_the_tenants_own(
    desk: Desk, shop: Program
) -> None:
    other = desk.tenant("Other")
    talk = shop.conversation()
    _note(shop, talk)
    problem(other.call("GET", f"/v1/conversations/{talk}/notes"), 404, "not_found")
    problem(
        other.call("POST", f"/v1/conversations/{talk}/notes", json={"text": "x"}), 404, "not_found"
    )
    contact = shop.call("GET", f"/v1/conversations/{talk}").json()["contact_id"]
    assert shop.call("DELETE", f"/v1/contacts/{contact}").status_code < 300
    problem(shop.call("GET", f"/v1/conversations/{talk}/notes"), 404, "not_found")


def test_canned_answers_are_found_changed_and_each_shortcut_is_there_once(
    desk: Desk, shop: Program
) -> None:
    path = "/v1/canned-answers"
    made = shop.call("POST", path, json={"shortcut": "Returns", "text": "Within 30 days."})
    assert made.status_code == 201
    one = f"{path}/{made.json()['canned_answer_id']}"
    problem(shop.call("POST", path, json={"shortcut": "returns", "text": "x"}), 409, "conflict")
    shop.call("POST", path, json={"shortcut": "hours", "text": "Nine to five."})
    assert (
        shop.call("PATCH", one, json={"text": "Within 60 days."}).json()["text"]
        == "Within 60 days."
    )
    found = shop.call("GET", path, params={"q": "60 DAYS"}).json()["data"]
    assert [canned["shortcut"] for canned in found] == ["Returns"]
    problem(shop.call("PATCH", one, json={"shortcut": "HOURS"}), 409, "conflict")
    problem(desk.tenant("Elsewhere").call("DELETE", one), 404, "not_found")
    assert shop.call("DELETE", one).status_code == 204
    assert [c["shortcut"] for c in shop.call("GET", path).json()["data"]] == ["hours"]


def test_who_looks_at_a_handoff_hears_who_else_does_and_writes(shop: Program) -> None:
    talk = shop.conversation()
    asked = shop.say(talk, "I want to talk to a person").json()
    path = f"/v1/handoffs/{asked['handoff']['handoff_id']}/watching"
    kim, robin = (signed_in(shop, "operator", name=name) for name in ("Kim", "Robin"))
    assert kim.call("PUT", path, json={}).json()["data"] == []
    [seen] = robin.call("PUT", path, json={"is_typing": True}).json()["data"]
    assert (seen["name"], seen["is_typing"]) == ("Kim", False)
    [seen] = kim.call("PUT", path, json={}).json()["data"]
    assert (seen["name"], seen["is_typing"]) == ("Robin", True)
    assert shop.call("PUT", path, json={}).json()["data"] == []  # a program looks at nothing
