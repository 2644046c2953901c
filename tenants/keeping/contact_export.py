"""Everything that is kept of one contact, table by table, as the database's own catalogue names it.

A table with a column `contact_id`, `conversation_id` or `turn_id` is read without being listed.
Vectors, hashes and wrapped keys are left out: nobody can read them. The graph's checkpoints are left
out too: they hold what the transcript holds.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg import sql
from psycopg.rows import dict_row

from tenants.database.connection import TenantConnection
from tenants.keeping.erasure_plan import columns_of
from tenants.keys import codec
from tenants.people import addresses, contacts

_LEFT_OUT = {
    "data_keys",
    "turn_queue",
    "outbox_queue",
    "contact_identities",
    "transcript_words",
}
_HIDDEN = {"tenant_id"}


@dataclass(frozen=True, slots=True)
class Part:
    """One conversation, or what is kept of the contact beside them (`conversation_id` is None)."""

    conversation_id: UUID | None
    tables: dict[str, list[dict[str, Any]]]


async def parts(conn: TenantConnection, contact_id: UUID) -> AsyncGenerator[Part]:
    """What is kept of a contact and of everyone merged into them, then each conversation, the
    oldest first. Raises: NotFound.
    """
    await contacts.get(conn, contact_id)
    persons = await contacts.persons(conn, contact_id)
    columns = await columns_of(conn)
    own: dict[str, list[dict[str, Any]]] = {}
    identities = [one for person in persons for one in await contacts.identities(conn, person)]
    own["identities"] = [{"channel": one.channel, "address": one.address} for one in identities]
    for table, names in columns.items():
        if "contact_id" in names and not names & {"conversation_id"} and table not in _LEFT_OUT:
            own[table] = await _rows(conn, table, "contact_id", persons)
    conversations = await _rows(conn, "conversations", "contact_id", persons)
    own.pop("conversations", None)
    yield Part(None, {table: rows for table, rows in own.items() if rows})
    for one in sorted(conversations, key=lambda row: str(row["created_at"])):
        conversation_id = UUID(str(one["conversation_id"]))
        yield Part(conversation_id, await _conversation(conn, columns, conversation_id))


async def _conversation(
    conn: TenantConnection, columns: dict[str, set[str]], conversation_id: UUID
) -> dict[str, list[dict[str, Any]]]:
    tables: dict[str, list[dict[str, Any]]] = {}
    for table, names in columns.items():
        if table not in _LEFT_OUT and "conversation_id" in names:
            tables[table] = await _rows(conn, table, "conversation_id", [conversation_id])
    turns = [UUID(str(one["turn_id"])) for one in tables.get("turns", [])]
    for table, names in columns.items():
        if table not in _LEFT_OUT and "turn_id" in names and "conversation_id" not in names:
            tables[table] = await _rows(conn, table, "turn_id", turns)
    bases = [UUID(str(one["knowledge_base_id"])) for one in tables.get("knowledge_bases", [])]
    tables["documents"] = await _rows(conn, "documents", "knowledge_base_id", bases)
    return {table: rows for table, rows in tables.items() if rows}


async def _rows(
    conn: TenantConnection, table: str, column: str, values: list[UUID]
) -> list[dict[str, Any]]:
    """Rows as plain data, sealed columns opened."""
    if not values:
        return []
    query = sql.SQL(
        "select * from {} where tenant_id = %(tenant_id)s and {} = any(%(values)s)"
    ).format(sql.Identifier(table), sql.Identifier(column))
    async with conn.raw.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query, {"tenant_id": conn.tenant_id, "values": values})
        found = await cursor.fetchall()
    return [_plain(row) for row in found]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, value in row.items():
        if name in _HIDDEN or value is None:
            continue
        if name == "address" and "address_sealed" in row:
            shown[name] = addresses.read(value, row["address_sealed"])
        elif isinstance(value, bytes):
            if name != "address_sealed" and value[:1] == b"\x01":
                shown[name] = codec.decode(value)
        elif (kept := _value(value)) is not None:
            shown[name] = kept
    return shown


def _value(value: Any) -> Any:
    if isinstance(value, str | int | float | bool | dict):
        return value
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, list):
        return [_value(one) for one in value]
    return None  # a vector
