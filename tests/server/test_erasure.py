"""Deleted means gone: afterwards no row of any table holds the document's words."""

import psycopg
import pytest
from psycopg import sql

from tests.databases import Database
from tests.server.conftest import Desk, Program
from tests.server.imported import finished, imported
from tests.server.test_documents import add, find, get

CANARY = "quokkabird"


@pytest.fixture
def shop(desk: Desk) -> Program:
    return desk.tenant("Erasure")


def _path(shop: Program, *more: str) -> str:
    return "/".join(("/v1/knowledge-bases", shop.knowledge_base_id, *more))


def _tables_with(database: Database, word: str) -> dict[str, int]:
    """How many rows of each table hold a word, as text or within bytes; nobody's policy applies."""
    found: dict[str, int] = {}
    with psycopg.connect(database.superuser, autocommit=True) as conn:
        tables = conn.execute(
            "select table_schema, table_name from information_schema.tables"
            " where table_type = 'BASE TABLE'"
            " and table_schema not in ('pg_catalog', 'information_schema')"
        ).fetchall()
        for schema, table in tables:
            row = conn.execute(
                sql.SQL(
                    "select count(*) from {} t"
                    " where t::text ilike %(word)s or t::text like %(bytes)s"
                ).format(sql.Identifier(schema, table)),
                {"word": f"%{word}%", "bytes": f"%{word.encode().hex()}%"},
            ).fetchone()
            if row and row[0]:
                found[table] = row[0]
    return found


def test_a_deleted_document_is_nowhere(shop: Program, desk_database: Database) -> None:
    body = {"title": f"The {CANARY}", "text": f"A {CANARY} sleeps at noon.", "external_id": "c"}
    kept = shop.call(
        "POST", _path(shop, "documents"), json=body, headers={"Idempotency-Key": CANARY[:5]}
    )
    assert kept.status_code == 201, kept.text
    document_id = kept.json()["document_id"]
    add(shop, title=f"The {CANARY}", text=f"The {CANARY} wakes at nine.", external_id="c",
        keywords=[CANARY], stage=True)  # fmt: skip
    shop.call("POST", _path(shop, "versions"))
    add(shop, title=f"{CANARY}", text=f"The {CANARY} eats.", external_id="c", stage=True)
    file = {"file": ("again.txt", f"The {CANARY} wakes at nine.".encode(), "text/plain")}
    twin = shop.call("POST", _path(shop, "documents"), files=file)
    assert twin.status_code == 201, twin.text
    rows = [{"question": f"When does the {CANARY} wake?", "answer": "At nine."}] * 2
    job = imported(shop, json={"documents": rows})
    assert job["status"] == "succeeded" and job["result"]["duplicates"], job
    assert find(shop, CANARY)
    held = _tables_with(desk_database, CANARY)
    assert {"documents", "chunk_texts", "postings"} <= set(held)
    assert "idempotency_keys" not in held, "kept answers are sealed"
    for one in get(shop, "documents")["data"]:
        gone = shop.call("DELETE", _path(shop, "documents", one["document_id"]))
        assert gone.status_code == 204, gone.text
    assert _tables_with(desk_database, CANARY) == {}
    assert shop.call("GET", _path(shop, "documents", document_id)).status_code == 404
    assert get(shop)["passages"] == 0


def test_a_failed_import_leaves_nothing_of_its_input(
    shop: Program, desk_database: Database
) -> None:
    word = "wombatfish"
    accepted = shop.call(
        "POST",
        _path(shop, "imports"),
        json={"documents": [{"question": f"Where is the {word}?"}]},
    )
    job = finished(shop, accepted.json()["job_id"])
    assert job["status"] == "failed"
    assert _tables_with(desk_database, word) == {}


def test_what_stays_is_found_as_before(shop: Program) -> None:
    gone = add(shop, question="Do you ship parcels to Norway?", answer="Yes, to Norway.")
    add(shop, question="Do you ship parcels to Spain?", answer="Yes, to Spain.")
    before = find(shop, "parcels Spain")
    shop.call("DELETE", _path(shop, "documents", gone["document_id"]))
    assert find(shop, "parcels Spain") == ["Yes, to Spain."]
    assert before[0] == "Yes, to Spain."
