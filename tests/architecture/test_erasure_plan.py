"""Every table that may hold something of a contact is gone through when the contact is erased."""

import psycopg

from graphs.keeping.checkpoint_schema import CHECKPOINT_TABLES
from tenants.keeping.erasure_plan import KEPT, OF_THREADS, OWN_WAY
from tests.databases import Database

_BY_COLUMN = {"contact_id", "conversation_id", "turn_id"}
_NAMING = {
    "message_id", "handoff_id", "outbox_id", "question_id", "suggestion_id", "thread_id",
    "action_id", "session_id", "external_id", "client_message_id", "address",
}  # fmt: skip
# They name none of a contact's things, whatever their columns are called.
_NOT_OF_CONTACTS = {
    "document_texts": "an entry's id in the tenant's own system",
    "documents": "an entry's id in the tenant's own system",
    "operator_sessions": "an operator's browser",
    "source_pages": "a page's id on the tenant's own site",
}


def _columns(conn: psycopg.Connection) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for table, column in conn.execute(
        """
        select c.table_name, c.column_name
          from information_schema.columns c
          join information_schema.tables t using (table_schema, table_name)
         where c.table_schema = 'public' and t.table_type = 'BASE TABLE'
        """
    ).fetchall():
        found.setdefault(str(table), set()).add(str(column))
    return {table: columns for table, columns in found.items() if "tenant_id" in columns}


def _references(conn: psycopg.Connection) -> set[tuple[str, str]]:
    return {
        (str(row[0]), str(row[1]))
        for row in conn.execute(
            """
            select conrelid::regclass::text, confrelid::regclass::text
              from pg_constraint
             where contype = 'f' and connamespace = 'public'::regnamespace
            """
        ).fetchall()
    }


def test_whatever_names_a_contacts_things_is_erased_or_listed_with_its_reason(
    database: Database,
) -> None:
    with psycopg.connect(database.superuser) as conn:
        columns, references = _columns(conn), _references(conn)
    erased = {table for table, has in columns.items() if has & _BY_COLUMN and table not in KEPT}
    reached = {table for table, has in columns.items() if has & _NAMING}
    grown = True
    while grown:
        more = {a for a, b in references if b in erased | reached} - erased - reached
        grown = bool(more)
        reached |= more
    unknown = reached - erased - KEPT.keys() - OWN_WAY.keys() - _NOT_OF_CONTACTS.keys()
    assert unknown == set(), (
        "say in tenants/keeping/erasure_plan.py how they are erased, or why not"
    )
    assert set(OF_THREADS) == set(CHECKPOINT_TABLES)
    assert (KEPT.keys() | OWN_WAY.keys()) <= columns.keys(), "a listed table is gone"
    assert _NOT_OF_CONTACTS.keys() <= columns.keys() | {"document_texts"}


def test_what_is_gone_through_may_be_deleted_from(database: Database) -> None:
    with psycopg.connect(database.superuser) as conn:
        columns = _columns(conn)
        closed = {
            table
            for table, has in columns.items()
            if has & _BY_COLUMN and not _may_delete(conn, table)
        }
    assert closed - KEPT.keys() == set(), "the app may not delete from them: give the reason"


def _may_delete(conn: psycopg.Connection, table: str) -> bool:
    row = conn.execute(
        "select has_table_privilege('frontdesk_app', %s::regclass, 'delete')", [table]
    ).fetchone()
    return bool(row and row[0])
