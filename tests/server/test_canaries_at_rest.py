"""A contact who uses everything: in the database's bytes nothing of theirs can be read."""

import base64
import json
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from tenants.database.postgres import EmbeddedPostgres
from tenants.keys.codec import ROW_BYTES
from tenants.keys.keyring import SEALED, SEALED_BEFORE
from tests.at_rest import dumped, found_in
from tests.databases import Database, fresh_database
from tests.server.conftest import Program, problem
from tests.server.effects import Effects, channel, effects, endpoint, inbound

CANARIES = {
    "name": "Wrenfield Okonjo",
    "email": "okonjo@canary.example",
    "address": "canary-address-771",
    "asked": "zebrafinch",
    "order": "QX-90417-Z",
    "operator": "marzipanflute",
    "opinion": "lukewarmgravy",
    "repeated": "turquoiseladder",
    "inbound": "velvetcompass",
}
SHIPS, LOST = "Do you ship to Switzerland?", "Can you engrave a zebrafinch for me?"


@pytest.fixture(scope="module")
def own_database(
    postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    name = f"canaries_{tmp_path_factory.getbasetemp().name}".replace("-", "_")
    with fresh_database(postgres, name) as made:
        yield made


@pytest.fixture(scope="module")
def world(own_database: Database) -> Iterator[Effects]:
    with effects(own_database) as made:
        yield made


def use_everything(world: Effects, shop: Program) -> tuple[str, str]:
    """One contact's conversation through every feature that keeps words; contact and conversation."""
    endpoint(shop, world.receiver.url + world.path())
    contact = shop.call(
        "POST",
        "/v1/contacts",
        json={
            "name": CANARIES["name"],
            "email": CANARIES["email"],
            "external_id": CANARIES["address"],
        },
        headers={"idempotency-key": "c-1"},
    ).json()["contact_id"]
    body = {"assistant_id": shop.assistant_id, "contact": {"contact_id": contact}}
    talk = shop.call("POST", "/v1/conversations", json=body).json()["conversation_id"]
    repeated = shop.call(
        "POST",
        f"/v1/conversations/{talk}/messages",
        json={"text": f"{SHIPS} {CANARIES['repeated']}"},
        headers={"idempotency-key": "k-1"},
    )
    assert repeated.status_code == 200, repeated.text
    first = shop.say(talk, f"{SHIPS} My order number is {CANARIES['order']}.").json()
    fork = shop.call(
        "POST", f"/v1/conversations/{talk}/fork", json={"turn_id": first["turn_id"]}
    ).json()["conversation_id"]
    shop.say(fork, f"{SHIPS} {CANARIES['asked']}")
    said = first["message"]["message_id"]
    opinion = {"helpful": False, "reason": CANARIES["opinion"]}
    shop.call("POST", f"/v1/conversations/{talk}/messages/{said}/feedback", json=opinion)
    waiting = shop.say(talk, LOST).json()
    handoff = waiting["handoff"]["handoff_id"]
    answer = {"reply": f"Yes, ask for {CANARIES['operator']}.", "add_to_knowledge": False}
    resolved = shop.call("POST", f"/v1/handoffs/{handoff}/resolve", json=answer)
    assert resolved.status_code == 200, resolved.text
    kiosk = channel(shop, world.receiver.url + world.path())
    data = {
        "external_message_id": "m1",
        "address": f"{CANARIES['address']}-kiosk",
        "text": f"{SHIPS} {CANARIES['inbound']}",
    }
    text = json.dumps({"type": "message", "data": data})
    assert inbound(shop, kiosk, text.encode()).status_code in (200, 202)
    return contact, talk


def test_nothing_that_a_contact_says_or_is_can_be_read_from_the_files(
    world: Effects, own_database: Database
) -> None:
    shop = world.desk.tenant("Canary")
    shop.teach(SHIPS, "Yes, we ship to Switzerland.")
    _, talk = use_everything(world, shop)
    read = shop.call("GET", f"/v1/conversations/{talk}/messages").text
    for word in ("asked", "operator", "repeated", "order"):
        assert CANARIES[word] in read, "it is there to be read, by who may"
    hits = {
        table: found
        for table, data in dumped(own_database.superuser).items()
        if (found := found_in(data, CANARIES.values()))
    }
    assert hits == {}


def test_everything_sealed_is_sealed_for_its_own_row(
    world: Effects, own_database: Database
) -> None:
    shop = world.desk.tenant("Rows")
    shop.teach(SHIPS, "Yes, we ship to Switzerland.")
    use_everything(world, shop)
    shop.say(shop.conversation(), SHIPS)  # a second conversation beside it
    rows: dict[str, list[bytes]] = {}
    for of, head in _sealed_heads(own_database, shop.tenant_id):
        rows.setdefault(of, []).append(head)
    assert len(rows) >= 16, "places in which something is sealed"
    assert rows.keys() >= {"messages.content", "checkpoints", "events.data", "turn_steps.content"}
    for of, bound in rows.items():
        assert all(bound), f"{of} is sealed for no row"
        if of == "events.data":  # numbered by the database: bound to their turn and type
            assert len(set(bound)) > len(bound) / 2
        elif of != "contact_identities.address":  # of an identity, and of its conversations
            assert len(set(bound)) == len(bound), f"two rows of {of} could change places"


def _sealed_heads(database: Database, tenant_id: str) -> Iterator[tuple[str, bytes]]:
    """What each sealed value of a tenant is, and the row that it is sealed for (none: empty)."""
    with psycopg.connect(database.superuser) as conn:
        places = conn.execute(
            """
            select c.relname, a.attname
              from pg_class c
              join pg_attribute t on t.attrelid = c.oid and t.attname = 'tenant_id'
              join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
                                 and a.atttypid = 'bytea'::regtype
             where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
            """
        ).fetchall()
        values = [
            bytes(row[0])
            for table, column in places
            for row in conn.execute(
                sql.SQL("select {1} from {0} where tenant_id = %s and {1} is not null").format(
                    sql.Identifier(table), sql.Identifier(column)
                ),
                [tenant_id],
            ).fetchall()
        ]
        for words, about in conn.execute(
            "select checkpoint -> 'channel_values' ->> '_sealed', metadata ->> '_sealed'"
            "  from checkpoints where tenant_id = %s",
            [tenant_id],
        ).fetchall():
            values += [base64.b64decode(one) for one in (words, about) if one]
    for value in values:
        if value.startswith((SEALED, SEALED_BEFORE)):
            place = len(SEALED) + 1 + value[len(SEALED)]
            row = value[place + 16 :][:ROW_BYTES] if value.startswith(SEALED) else b""
            yield value[len(SEALED) + 1 : place].decode(), row


def test_an_erased_contact_is_nowhere_and_a_receipt_says_so(
    world: Effects, own_database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    shop = world.desk.tenant("Erasing")
    shop.teach(SHIPS, "Yes, we ship to Switzerland.")
    spared = shop.conversation()
    turn = shop.say(spared, SHIPS).json()
    contact, talk = use_everything(world, shop)
    merged = shop.call("POST", "/v1/contacts", json={"name": CANARIES["name"]}).json()
    other = shop.call("POST", "/v1/contacts", json={"name": "x"}).json()["contact_id"]
    for kept, part in ((other, merged["contact_id"]), (contact, other)):
        body = {"other_contact_id": part}
        assert shop.call("POST", f"/v1/contacts/{kept}/merge", json=body).status_code == 200
    before = _ids(own_database, shop)
    gone = shop.call("DELETE", f"/v1/contacts/{contact}")
    assert gone.status_code == 204
    receipt = shop.call("GET", gone.headers["location"]).json()
    assert receipt["finished_at"] and receipt["subject"] == "contact"
    assert receipt["actor"]["kind"] == "api_key" and receipt["subject_id"] == contact
    for table in ("messages", "events", "turns", "checkpoints", "handoffs", "facts", "feedback",
                  "contacts", "contact_identities", "data_keys", "idempotency_keys", "outbox",
                  "turn_recordings", "turn_steps", "recorded_questions"):  # fmt: skip
        assert receipt["rows"][table] > 0, table
    assert receipt["rows"]["contacts"] == 3 and receipt["total"] == sum(receipt["rows"].values())
    assert shop.call("GET", "/v1/erasures").json()["data"][0] == receipt
    left = _ids(own_database, shop)
    named = {talk, contact, merged["contact_id"], other}
    assert {table for table, data in before.items() if found_in(data, named)} >= {"messages"}
    # by the id, never a word: the receipt, and who had it erased
    assert {t for t, data in left.items() if found_in(data, named)} <= {"erasures", "audit_log"}
    assert found_in(b"".join(left.values()), CANARIES.values()) == set()
    assert not found_in(caplog.text.encode(), CANARIES.values())
    replayed = shop.call(
        "POST", f"/v1/conversations/{spared}/replay", json={"turn_id": turn["turn_id"]}
    )
    assert replayed.status_code == 200 and replayed.json()["same"] is True
    problem(shop.call("DELETE", f"/v1/contacts/{contact}"), 404, "not_found")
    elsewhere = world.desk.tenant("Elsewhere")
    problem(elsewhere.call("GET", gone.headers["location"]), 404, "not_found")


def _ids(database: Database, shop: Program) -> dict[str, bytes]:
    return dumped(database.superuser, shop.tenant_id)


def test_the_scan_finds_what_is_there_in_every_form() -> None:
    word = CANARIES["asked"]
    coded = base64.b64encode(f"xx{word}".encode())
    shapes = (
        word.encode(),
        word.upper().encode(),
        word.encode().hex().encode(),
        coded,
        b"\\\\x" + coded.hex().encode(),
        "".join(f"\\u{ord(c):04x}" for c in word).encode(),
    )
    for shape in shapes:
        assert found_in(b"1\t" + shape + b"\t2", [word]) == {word}, shape
