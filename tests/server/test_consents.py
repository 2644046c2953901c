"""Disclosure and consent over HTTP: said once, recorded decision by decision, and they count."""

import io
import json
import time
import zipfile
from typing import Any

import psycopg
import pytest

from tests.databases import Database
from tests.server.conftest import Desk, Program, call, problem

LINE = "An AI answers here."
TOLD = "My size is 42."
UNKNOWN = "Can you engrave the name of my violin into it?"


@pytest.fixture
def shop(desk: Desk) -> Program:
    return desk.tenant("Asked")


def configured(shop: Program, **settings: Any) -> None:
    changed = shop.call("PATCH", f"/v1/assistants/{shop.assistant_id}", json=settings)
    assert changed.status_code == 200, changed.text
    time.sleep(1.1)  # the longest that another revision stays unseen


def contact_of(shop: Program, conversation_id: str) -> str:
    return shop.call("GET", f"/v1/conversations/{conversation_id}").json()["contact_id"]


def another(shop: Program, contact_id: str) -> str:
    """One more conversation of the contact's: the one before may wait for an operator."""
    body = {"assistant_id": shop.assistant_id, "contact": {"contact_id": contact_id}}
    return shop.call("POST", "/v1/conversations", json=body).json()["conversation_id"]


def decide(shop: Program, contact_id: str, purpose: str, granted: bool) -> dict[str, Any]:
    body = {"purpose": purpose, "granted": granted, "channel": "whatsapp"}
    made = shop.call("POST", f"/v1/contacts/{contact_id}/consents", json=body)
    assert made.status_code == 201, made.text
    return made.json()


def kinds(shop: Program, contact_id: str) -> list[str]:
    found = shop.call("GET", f"/v1/contacts/{contact_id}/facts").json()["data"]
    return [one["kind"] for one in found]


def recorded(database: Database, contact_id: str) -> int:
    with psycopg.connect(database.superuser) as conn:
        row = conn.execute(
            "select count(*) from recorded_questions where contact_id = %s", [contact_id]
        ).fetchone()
    assert row is not None
    return int(row[0])


def visitor(shop: Program) -> tuple[str, str]:
    """A contact's token, and a conversation of theirs in the widget."""
    body = {"assistant_id": shop.assistant_id}
    origin = {"Origin": shop.url}
    made = call(shop.url, None, "POST", "/v1/widget/sessions", json=body, headers=origin)
    token = made.json()["token"]
    talk = call(shop.url, token, "POST", "/v1/conversations", json=body).json()
    return token, talk["conversation_id"]


def test_the_line_is_said_once_and_stands_in_the_transcript(shop: Program) -> None:
    shop.teach("When are you open?", "We are open from nine to five.")
    configured(shop, disclosure={"en": LINE})
    talk = shop.conversation()
    first = shop.say(talk, "When are you open?").json()["message"]
    assert first["text"].startswith(f"{LINE}\n\nWe are open")
    assert LINE not in shop.say(talk, "When are you open?").json()["message"]["text"]
    kept = shop.call("GET", f"/v1/conversations/{talk}/messages").json()["data"]
    assert [LINE in one["text"] for one in kept if one["author"] == "assistant"] == [True, False]
    token, own = visitor(shop)
    path = f"/v1/conversations/{own}/messages"
    said = call(shop.url, token, "POST", path, json={"text": "When are you open?"}).json()
    assert LINE not in said["message"]["text"], "the widget shows it above"
    frame = shop.call("GET", f"/widget/{shop.assistant_id}").text
    assert LINE in frame
    configured(shop, disclosure={"de": "Hier antwortet eine KI."})
    lines = shop.call("GET", f"/v1/assistants/{shop.assistant_id}").json()["disclosure"]
    assert lines == {"de": "Hier antwortet eine KI."}, "a language that is left out is gone"
    wrong: list[dict[str, str]] = [{"english": LINE}, {"en": ""}, {"en": "x" * 301}]
    for one in wrong:
        changed = shop.call(
            "PATCH", f"/v1/assistants/{shop.assistant_id}", json={"disclosure": one}
        )
        problem(changed, 422, "invalid")


def test_nothing_is_remembered_before_it_was_agreed_to_where_it_is_asked(shop: Program) -> None:
    configured(shop, consent={"remember": "asked"})
    talk = shop.conversation()
    contact_id = contact_of(shop, talk)
    shop.say(talk, TOLD)
    assert kinds(shop, contact_id) == []
    decide(shop, contact_id, "remember", True)
    shop.say(another(shop, contact_id), TOLD)
    assert kinds(shop, contact_id) == ["size"]
    decide(shop, contact_id, "remember", False)
    assert kinds(shop, contact_id) == [], "what was kept goes with the consent"
    shop.say(another(shop, contact_id), TOLD)
    assert kinds(shop, contact_id) == []


def test_a_withdrawal_counts_where_consent_is_assumed_and_touches_nobody_else(
    shop: Program, desk_database: Database
) -> None:
    talk, other = shop.conversation(), shop.conversation()
    contact_id, other_id = contact_of(shop, talk), contact_of(shop, other)
    for one in (talk, other):
        shop.say(one, TOLD)
        shop.say(one, UNKNOWN)
    assert kinds(shop, contact_id) == kinds(shop, other_id) == ["size"]
    assert recorded(desk_database, contact_id) > 0 < recorded(desk_database, other_id)
    decide(shop, contact_id, "learn", False)
    assert recorded(desk_database, contact_id) == 0 < recorded(desk_database, other_id)
    assert kinds(shop, contact_id) == ["size"], "each purpose is decided for itself"
    shop.say(another(shop, contact_id), UNKNOWN)
    assert recorded(desk_database, contact_id) == 0
    decide(shop, contact_id, "learn", True)
    shop.say(another(shop, contact_id), UNKNOWN)
    assert recorded(desk_database, contact_id) > 0


def test_a_contact_decides_in_their_own_conversation_alone(desk: Desk, shop: Program) -> None:
    token, talk = visitor(shop)
    _, strangers = visitor(shop)
    body = {"purpose": "learn", "granted": False}
    path = "/v1/conversations/{}/consents"
    made = call(shop.url, token, "POST", path.format(talk), json=body)
    assert made.status_code == 201
    assert made.json()["channel"] == "widget" and made.json()["actor"]["kind"] == "contact"
    [logged] = shop.call("GET", "/v1/audit", params={"action": "decide_consent"}).json()["data"]
    assert logged["subject"] == f"consent:{made.json()['consent_id']}"
    assert logged["actor"] == made.json()["actor"]
    assert logged["details"]["after"]["granted"] is False
    refused = call(shop.url, token, "POST", path.format(strangers), json=body)
    problem(refused, 404, "not_found")
    contact_id = contact_of(shop, talk)
    of_contact = f"/v1/contacts/{contact_id}/consents"
    problem(call(shop.url, token, "GET", of_contact), 403, "denied")
    problem(call(shop.url, token, "POST", of_contact, json=body), 403, "denied")
    other = desk.tenant("Other")
    for method, place, given in (
        ("GET", of_contact, None),
        ("POST", of_contact, body),
        ("POST", path.format(talk), body),
    ):
        problem(other.call(method, place, json=given), 404, "not_found")
    wrong = [body | {"purpose": "sell"}, body | {"channel": "x" * 41}, {"purpose": "learn"}]
    for one in wrong:
        problem(shop.call("POST", of_contact, json=one), 422, "invalid")
    assert len(shop.call("GET", of_contact).json()["data"]) == 1


def test_decisions_are_exported_logged_moved_and_erased(
    shop: Program, desk_database: Database
) -> None:
    first, second = (contact_of(shop, shop.conversation()) for _ in range(2))
    made = decide(shop, first, "remember", True)
    decide(shop, second, "remember", False)
    logged = shop.call("GET", "/v1/audit", params={"action": "record_consent"}).json()["data"]
    assert logged[1]["subject"] == f"consent:{made['consent_id']}"
    assert logged[1]["details"]["after"]["granted"] is True
    merged = shop.call("POST", f"/v1/contacts/{first}/merge", json={"other_contact_id": second})
    assert merged.status_code == 200
    found = shop.call("GET", f"/v1/contacts/{first}/consents").json()["data"]
    assert [one["granted"] for one in found] == [False, True], "the newest first"
    assert {one["channel"] for one in found} == {"whatsapp"}
    given = shop.call("POST", f"/v1/contacts/{first}/export")
    archive = zipfile.ZipFile(io.BytesIO(given.content))
    kept = json.loads(archive.read("contact.json"))["consents"]
    assert {one["consent_id"] for one in kept} == {one["consent_id"] for one in found}
    assert shop.call("DELETE", f"/v1/contacts/{first}").status_code == 204
    with psycopg.connect(desk_database.superuser) as conn:
        left = conn.execute("select count(*) from consents where contact_id = %s", [first])
        assert left.fetchone() == (0,)
