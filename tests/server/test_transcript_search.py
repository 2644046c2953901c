"""Searching what was said: found by words, by whoever may read it, and by nobody in the database."""

import asyncio
from typing import Any
from uuid import UUID

import psycopg
import pytest

from server.working.wording import catch_up_tenant
from tenants.database.connection import make_pool
from tests.databases import Database, keyring_of_tests
from tests.server.conftest import Desk, Program, call
from tests.server.test_access import session

PATH = "/v1/conversations"


@pytest.fixture(scope="module")
def shop(desk: Desk) -> Program:
    return desk.tenant("Searched")


def _said(shop: Program, *texts: str) -> str:
    conversation = shop.conversation()
    for text in texts:
        assert shop.say(conversation, text).status_code == 200
    return conversation


def _found(shop: Program, q: str, **more: Any) -> list[str]:
    answer = shop.call("GET", PATH, params={"q": q} | more)
    assert answer.status_code == 200, answer.text
    return [one["conversation_id"] for one in answer.json()["data"]]


def test_a_conversation_is_found_by_its_words_in_any_form(desk: Desk, shop: Program) -> None:
    lamp = _said(shop, "My walnut lamp flickers", "The order is A-10293, café Zürich")
    other = _said(shop, "Meine Bestellungen fehlen noch, wo sind sie?")
    assert _found(shop, "walnut") == [lamp]
    assert _found(shop, "FLICKERING lamps") == [lamp]  # by their stems
    assert _found(shop, "walnut order") == [lamp]  # in two messages
    assert _found(shop, "a-10293") == [lamp] and _found(shop, "a10293") == [lamp]
    assert _found(shop, "cafe zurich") == [lamp]
    assert _found(shop, "Bestellung") == [other]
    for nothing in ("walnut bestellung", "waln", "!?", "nobody ever said so"):
        assert _found(shop, nothing) == [], nothing
    assert set(_found(shop, "  ")) >= {lamp, other}  # no words: all of them
    assert _found(desk.tenant("Elsewhere"), "walnut") == []
    assert _found(shop, "walnut", status="resolved") == []


def test_pages_go_on_and_what_the_assistant_said_is_found_too(shop: Program) -> None:
    shop.teach("Do you repair umbrellas?", "Umbrellas are repaired by Mistress Quickly.")
    asked = [_said(shop, "Do you repair umbrellas?") for _ in range(3)]
    first = shop.call("GET", PATH, params={"q": "quickly", "limit": 2}).json()
    more = {"q": "quickly", "limit": 2, "cursor": first["next_cursor"]}
    second = shop.call("GET", PATH, params=more).json()
    found = [one["conversation_id"] for page in (first, second) for one in page["data"]]
    assert found == asked[::-1] and second["next_cursor"] is None


def test_a_contact_finds_their_own_alone(shop: Program) -> None:
    theirs = _said(shop, "I like chanterelles")
    contact = session(shop)
    body = {"assistant_id": shop.assistant_id, "channel": "widget"}
    made = call(shop.url, contact["token"], "POST", PATH, json=body).json()["conversation_id"]
    said = {"text": "Chanterelles for me, too"}
    call(shop.url, contact["token"], "POST", f"{PATH}/{made}/messages", json=said)
    mine = call(shop.url, contact["token"], "GET", PATH, params={"q": "chanterelle"}).json()
    assert [one["conversation_id"] for one in mine["data"]] == [made]
    assert set(_found(shop, "chanterelle")) == {made, theirs}


def test_words_go_with_the_conversation(shop: Program, desk_database: Database) -> None:
    gone = _said(shop, "Erase this xylophone")
    assert _found(shop, "xylophone") == [gone]
    assert shop.call("DELETE", f"{PATH}/{gone}").status_code == 204
    assert _found(shop, "xylophone") == []
    assert _rows(desk_database, gone) == 0


def test_what_is_missing_is_made_up_for_and_a_new_key_changes_nothing(
    shop: Program, desk_database: Database
) -> None:
    old = _said(shop, "An old message about marzipan", "and about nougat")
    with psycopg.connect(desk_database.superuser, autocommit=True) as conn:
        conn.execute("delete from transcript_words where conversation_id = %s", (old,))
        conn.execute("update conversations set words_seq = 0 where conversation_id = %s", (old,))
    assert _found(shop, "marzipan") == []
    assert shop.say(old, "and more nougat").status_code == 200
    assert _found(shop, "marzipan") == [] and _found(shop, "nougat") == [old]
    asyncio.run(_caught_up(desk_database, UUID(shop.tenant_id)))
    assert _found(shop, "marzipan nougat") == [old]
    turn = shop.call("GET", f"{PATH}/{old}/messages").json()["data"][0]["turn_id"]
    forked = shop.call("POST", f"{PATH}/{old}/fork", json={"turn_id": turn})
    assert forked.status_code == 201, forked.text
    asyncio.run(_caught_up(desk_database, UUID(shop.tenant_id)))
    assert set(_found(shop, "marzipan")) == {old, forked.json()["conversation_id"]}


async def _caught_up(database: Database, tenant_id: UUID) -> None:
    async with make_pool(
        database.app, min_size=1, max_size=1, timeout_seconds=60, keys=keyring_of_tests()
    ) as pool:
        assert await catch_up_tenant(pool, tenant_id) > 0
        assert await catch_up_tenant(pool, tenant_id) == 0


def _rows(database: Database, conversation_id: str) -> int:
    with psycopg.connect(database.superuser) as conn:
        row = conn.execute(
            "select count(*) from transcript_words where conversation_id = %s", (conversation_id,)
        ).fetchone()
    assert row is not None
    return row[0]


def test_a_list_tells_conversations_apart_by_their_first_words(desk: Desk, shop: Program) -> None:
    body = {"assistant_id": shop.assistant_id, "contact": {"name": "Mina Ørsted"}}
    named = shop.call("POST", PATH, json=body).json()["conversation_id"]
    assert _shown(shop, named) == ("", "Mina Ørsted")
    shop.say(named, "  Where is\n my lantern?  ")
    shop.say(named, "Are you there?")
    assert _shown(shop, named) == ("Where is my lantern?", "Mina Ørsted")
    long = _said(shop, "lantern " * 200)
    title, name = _shown(shop, long)
    assert len(title) <= 120 and title.startswith("lantern lantern") and title.endswith("…")
    assert name == ""
    assert shop.call("GET", f"{PATH}/{named}").json()["title"] == "Where is my lantern?"
    elsewhere = desk.tenant("Openings")
    theirs = _said(elsewhere, "Something else")
    assert _shown(elsewhere, theirs) == ("Something else", "")


def _shown(shop: Program, conversation_id: str) -> tuple[str, str]:
    listed = shop.call("GET", PATH, params={"limit": 100}).json()["data"]
    [one] = [c for c in listed if c["conversation_id"] == conversation_id]
    return one["title"], one["contact_name"]
