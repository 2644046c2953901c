"""Data keys: random, a line of versions for each tenant and each contact, wrapped by a master key.

A contact's keys go with the contact (a foreign key sees to it), and with them everything that was
ever written under them, in backups as well. These functions work on the bare connection: they are
what opens the rows of every other module.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row

CONTENT, INDEX = "content", "index"
ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)
Connection = AsyncConnection[Any]


@dataclass(frozen=True, slots=True)
class WrappedKey:
    key_id: UUID
    contact_id: UUID | None  # None: the tenant's own
    version: int
    master_id: str
    wrapped: bytes
    binds_from: datetime = ALWAYS  # since when what is sealed under it is sealed for its row


async def load(conn: Connection, tenant_id: UUID, key_ids: Collection[UUID]) -> list[WrappedKey]:
    """These keys, without those that are gone."""
    async with conn.cursor(row_factory=class_row(WrappedKey)) as cursor:
        await cursor.execute(
            """
            select key_id, contact_id, version, master_id, wrapped, binds_from
              from data_keys
             where tenant_id = %(tenant_id)s
               and key_id = any(%(key_ids)s)
            """,
            {"tenant_id": tenant_id, "key_ids": list(key_ids)},
        )
        return await cursor.fetchall()


async def newest(
    conn: Connection, tenant_id: UUID, contact_id: UUID | None, purpose: str = CONTENT
) -> WrappedKey | None:
    """The key that is written under now."""
    async with conn.cursor(row_factory=class_row(WrappedKey)) as cursor:
        await cursor.execute(
            """
            select key_id, contact_id, version, master_id, wrapped, binds_from
              from data_keys
             where tenant_id = %(tenant_id)s
               and contact_id is not distinct from %(contact_id)s
               and purpose = %(purpose)s
             order by version desc
             limit 1
            """,
            {"tenant_id": tenant_id, "contact_id": contact_id, "purpose": purpose},
        )
        return await cursor.fetchone()


async def add(
    conn: Connection, tenant_id: UUID, key: WrappedKey, purpose: str = CONTENT
) -> WrappedKey:
    """Keep a key; of two that make the same version at once, the first one's counts for both."""
    await conn.execute(
        """
        insert into data_keys (tenant_id, key_id, contact_id, purpose, version, master_id, wrapped)
        values (%(tenant_id)s, %(key_id)s, %(contact_id)s, %(purpose)s, %(version)s, %(master_id)s,
                %(wrapped)s)
        on conflict (tenant_id, purpose, contact_id, version) do nothing
        """,
        {
            "tenant_id": tenant_id,
            "key_id": key.key_id,
            "contact_id": key.contact_id,
            "purpose": purpose,
            "version": key.version,
            "master_id": key.master_id,
            "wrapped": key.wrapped,
        },
    )
    kept = await newest(conn, tenant_id, key.contact_id, purpose)
    assert kept is not None
    return kept


async def contact_of_conversation(
    conn: Connection, tenant_id: UUID, conversation_id: UUID
) -> UUID | None:
    """Whose conversation it is; None where there is no such conversation."""
    cursor = await conn.execute(
        """
        select contact_id
          from conversations
         where tenant_id = %(tenant_id)s
           and conversation_id = %(conversation_id)s
        """,
        {"tenant_id": tenant_id, "conversation_id": conversation_id},
    )
    row = await cursor.fetchone()
    return row[0] if row else None


async def contact_of_turn(conn: Connection, tenant_id: UUID, turn_id: UUID) -> UUID | None:
    """Whose turn it is; None where there is no such turn."""
    cursor = await conn.execute(
        """
        select c.contact_id
          from turns t
          join conversations c
            on c.tenant_id = %(tenant_id)s
           and c.conversation_id = t.conversation_id
         where t.tenant_id = %(tenant_id)s
           and t.turn_id = %(turn_id)s
        """,
        {"tenant_id": tenant_id, "turn_id": turn_id},
    )
    row = await cursor.fetchone()
    return row[0] if row else None


async def contact_of_action(conn: Connection, tenant_id: UUID, action_id: UUID) -> UUID | None:
    """Whose action it is; None where there is no such action."""
    cursor = await conn.execute(
        """
        select contact_id
          from actions
         where tenant_id = %(tenant_id)s
           and action_id = %(action_id)s
        """,
        {"tenant_id": tenant_id, "action_id": action_id},
    )
    row = await cursor.fetchone()
    return row[0] if row else None
