"""Files in a conversation: found by its turns, and by nobody else's."""

from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.databases import Database
from tests.server.conftest import Desk, Program, call, problem

NOTE = b"# Warranty of order 4711\n\nThe warranty code of the tent is MAPLE-9, valid until May.\n"
QUESTION = "What is the warranty code of the tent?"


def token(shop: Program, contact_id: str) -> str:
    origin = "https://shop.example"
    path = f"/v1/assistants/{shop.assistant_id}"
    assert shop.call("PATCH", path, json={"allowed_origins": [origin]}).status_code == 200
    made = call(
        shop.url,
        None,
        "POST",
        "/v1/widget/sessions",
        json={"assistant_id": shop.assistant_id},
        headers={"origin": origin},
    )
    assert made.status_code == 201, made.text
    return made.json()["token"]


def bring(shop: Program, conversation_id: str, content: bytes = NOTE, name: str = "note.md") -> Any:
    path = f"/v1/conversations/{conversation_id}/files"
    return shop.call("POST", path, files={"file": (name, content, "text/markdown")})


def files(shop: Program, conversation_id: str) -> list[dict[str, Any]]:
    return shop.call("GET", f"/v1/conversations/{conversation_id}/files").json()["data"]


def conversation_of(shop: Program, contact_id: str) -> str:
    made = shop.call(
        "POST",
        "/v1/conversations",
        json={"assistant_id": shop.assistant_id, "contact": {"contact_id": contact_id}},
    )
    return made.json()["conversation_id"]


def test_a_file_answers_in_its_conversation_and_is_cited(desk: Desk) -> None:
    shop = desk.tenant()
    shop.teach("Do you ship to Norway?", "Yes, in five days.")
    conversation = shop.conversation()
    brought = bring(shop, conversation)
    assert brought.status_code == 201, brought.text
    assert brought.json()["status"] == "ready" and brought.json()["name"] == "note.md"
    turn = shop.say(conversation, QUESTION).json()
    assert "MAPLE-9" in turn["message"]["text"], turn
    assert turn["citations"][0]["document_id"] == brought.json()["file_id"]
    assert [one["name"] for one in files(shop, conversation)] == ["note.md"]


def test_no_other_conversation_finds_it(desk: Desk) -> None:
    shop = desk.tenant()
    shop.teach("Do you ship to Norway?", "Yes, in five days.")
    contact = shop.call("POST", "/v1/contacts", json={"name": "Ada"}).json()["contact_id"]
    first, second = conversation_of(shop, contact), conversation_of(shop, contact)
    stranger = shop.conversation()
    assert bring(shop, first).status_code == 201
    for other in (second, stranger):
        turn = shop.say(other, QUESTION).json()
        assert "MAPLE-9" not in str(turn), turn
        assert files(shop, other) == []
    answer = shop.call(
        "POST", f"/v1/assistants/{shop.assistant_id}/answer", json={"text": QUESTION}
    )
    assert "MAPLE-9" not in answer.text


def test_its_knowledge_base_is_hidden_and_no_assistant_may_read_it(desk: Desk) -> None:
    shop = desk.tenant()
    conversation = shop.conversation()
    assert bring(shop, conversation).status_code == 201
    listed = shop.call("GET", "/v1/knowledge-bases").json()["data"]
    assert [one["knowledge_base_id"] for one in listed] == [shop.knowledge_base_id]
    turn = shop.say(conversation, QUESTION).json()
    hidden = turn["citations"][0]["passage_id"].split(":")[0]
    assert hidden != shop.knowledge_base_id
    search = shop.call("POST", f"/v1/knowledge-bases/{hidden}/search", json={"query": QUESTION})
    problem(search, 404, "not_found")
    change = {"knowledge_base_ids": [shop.knowledge_base_id, hidden]}
    refused = shop.call("PATCH", f"/v1/assistants/{shop.assistant_id}", json=change)
    problem(refused, 404, "not_found")


def test_a_contact_brings_files_to_their_own_conversation_only(desk: Desk) -> None:
    shop = desk.tenant()
    stranger = shop.conversation()
    mine = token(shop, "")
    made = call(
        shop.url, mine, "POST", "/v1/conversations", json={"assistant_id": shop.assistant_id}
    )
    own = made.json()["conversation_id"]
    sent = {"file": ("note.md", NOTE, "text/markdown")}
    path = "/v1/conversations/{}/files"
    brought = call(shop.url, mine, "POST", path.format(own), files=sent)
    assert brought.status_code == 201, brought.text
    problem(call(shop.url, mine, "POST", path.format(stranger), files=sent), 404, "not_found")
    problem(call(shop.url, mine, "GET", path.format(stranger)), 404, "not_found")
    other = desk.tenant("Other")
    problem(other.call("GET", path.format(own)), 404, "not_found")
    shop.call("PATCH", f"/v1/assistants/{shop.assistant_id}", json={"widget": {"files": False}})
    refused = call(shop.url, mine, "POST", path.format(own), files=sent)
    problem(refused, 403, "denied")
    assert bring(shop, stranger, NOTE, "note.md").status_code == 201  # a program still may


def test_a_file_that_cannot_be_read_says_why_and_takes_no_place(desk: Desk) -> None:
    shop = desk.tenant()
    conversation = shop.conversation()
    refused = bring(shop, conversation, b"%PDF-1.7 but not really", "bill.pdf")
    problem(refused, 422, "unreadable_file")
    assert files(shop, conversation) == []


@pytest.mark.slow
def test_twenty_files_and_no_more(desk: Desk) -> None:
    shop = desk.tenant()
    conversation = shop.conversation()
    for n in range(20):
        content = f"Note {n}: the parcel number is {n * 7919}.".encode()
        assert bring(shop, conversation, content, f"{n}.txt").status_code in (201, 202)
    refused = bring(shop, conversation, b"One more.", "more.txt")
    assert "20 files" in problem(refused, 413, "too_large")["detail"]
    assert len(files(shop, conversation)) == 20


def test_a_file_that_is_deleted_is_found_no_more(desk: Desk) -> None:
    shop = desk.tenant()
    shop.teach("Do you ship to Norway?", "Yes, in five days.")
    conversation = shop.conversation()
    file_id = bring(shop, conversation).json()["file_id"]
    path = f"/v1/conversations/{conversation}/files/{file_id}"
    assert shop.call("DELETE", path).status_code == 204
    assert files(shop, conversation) == []
    assert "MAPLE-9" not in str(shop.say(conversation, QUESTION).json())
    problem(shop.call("DELETE", path), 404, "not_found")


def test_what_was_brought_is_erased_with_its_conversation(
    desk: Desk, desk_database: Database
) -> None:
    shop = desk.tenant()
    shop.teach("Do you ship to Norway?", "Yes, in five days.")
    made = shop.call("POST", "/v1/contacts", json={"name": "Ada"}).json()["contact_id"]
    first, second = conversation_of(shop, made), conversation_of(shop, made)
    secret = b"# Letter\n\nThe word is xylocanary77, and nobody else knows it.\n"
    for conversation in (first, second):
        assert bring(shop, conversation, secret).status_code == 201
        asked = f"/v1/conversations/{conversation}/messages"
        told = shop.call(
            "POST",
            asked,
            json={"text": "What is the word in the letter?"},
            headers={"idempotency-key": f"k-{conversation}"},
        )
        assert "xylocanary77" in told.json()["message"]["text"], told.text
    assert holding(desk_database, "xylocanary77")
    assert shop.call("DELETE", f"/v1/conversations/{first}").status_code == 204
    problem(shop.call("GET", f"/v1/conversations/{first}"), 404, "not_found")
    assert [one["name"] for one in files(shop, second)] == ["note.md"]
    other = desk.tenant("Other")
    problem(other.call("DELETE", f"/v1/contacts/{made}"), 404, "not_found")
    assert shop.call("DELETE", f"/v1/contacts/{made}").status_code == 204
    problem(shop.call("GET", f"/v1/contacts/{made}"), 404, "not_found")
    problem(shop.call("GET", f"/v1/conversations/{second}/files"), 404, "not_found")
    assert holding(desk_database, "xylocanary77") == []
    assert shop.call("GET", "/v1/knowledge-bases").json()["data"]


def holding(database: Database, word: str) -> list[str]:
    """The tables in which any column of any row holds a word."""
    found: list[str] = []
    with psycopg.connect(database.superuser) as conn:
        columns = conn.execute(
            """
            select c.relname, a.attname, a.atttypid::regtype::text
              from pg_class c
              join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
             where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
            """
        ).fetchall()
        for table, column, kind in columns:
            told = sql.SQL("encode({}, 'escape')" if kind == "bytea" else "{}::text").format(
                sql.Identifier(column)
            )
            query = sql.SQL("select 1 from {} where position({} in {}) > 0 limit 1").format(
                sql.Identifier(table), sql.Literal(word), told
            )
            if conn.execute(query).fetchone():
                found.append(f"{table}.{column}")
    return found
