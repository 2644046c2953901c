"""Erase a conversation or a contact: every row that bears its id, and the files brought into it.

What was paid for stays in the usage ledger, which holds no words; what operators wrote for the
knowledge stays theirs, without saying from where.
"""

from uuid import UUID

from psycopg import sql

from tenants import conversation_files, conversations, forks, idempotency, unanswered_erasing
from tenants.connection import TenantConnection

_KEPT = ("knowledge_suggestions", "usage_ledger")
_OF_THREADS = ("checkpoint_writes", "checkpoint_blobs", "checkpoints")


async def erase_conversation(conn: TenantConnection, conversation_id: UUID) -> None:
    """Take a conversation and its forks out of everything. Raises: NotFound."""
    await conversations.lock(conn, conversation_id)
    for fork_id in await forks.forks_of(conn, conversation_id):
        await erase_conversation(conn, fork_id)
    base = await conversation_files.base_of(conn, conversation_id)
    if base is not None:
        await _erase_knowledge(conn, base.knowledge_base_id)
    await unanswered_erasing.forget_words(conn, conversation_id)
    await conn.execute(
        """
        update knowledge_suggestions
           set conversation_id = null,
               handoff_id = null
         where tenant_id = %(tenant_id)s
           and conversation_id = %(conversation_id)s
        """,
        {"conversation_id": conversation_id},
    )
    await _erase_action_threads(conn, conversation_id)
    for table in await _tables(conn, "turn_id", without="conversation_id"):
        await conn.raw.execute(
            sql.SQL(
                """
                delete from {}
                 where tenant_id = %(tenant_id)s
                   and turn_id in (select turn_id
                                     from turns
                                    where tenant_id = %(tenant_id)s
                                      and conversation_id = %(conversation_id)s)
                """
            ).format(sql.Identifier(table)),
            {"tenant_id": conn.tenant_id, "conversation_id": conversation_id},
        )
    for table in await _tables(conn, "conversation_id"):
        await _delete(conn, table, "conversation_id", conversation_id)
    for table in _OF_THREADS:
        await _delete(conn, table, "thread_id", str(conversation_id))
    await idempotency.forget_mentions(conn, conversation_id)


async def erase_contact(conn: TenantConnection, contact_id: UUID) -> None:
    """Take a contact with all conversations out of everything, and who was merged into it."""
    cursor = await conn.execute(
        """
        select contact_id
          from contacts
         where tenant_id = %(tenant_id)s
           and (contact_id = %(contact_id)s or merged_into = %(contact_id)s)
        """,
        {"contact_id": contact_id},
    )
    for (one,) in await cursor.fetchall():
        while found := await conversations.list_page(conn, limit=100, contact_id=one):
            for conversation in found:
                await erase_conversation(conn, conversation.conversation_id)
        for table in await _tables(conn, "contact_id"):
            await _delete(conn, table, "contact_id", one)


async def _erase_action_threads(conn: TenantConnection, conversation_id: UUID) -> None:
    """The checkpoints of the conversation's actions, whose threads bear the actions' ids."""
    for table in _OF_THREADS:
        await conn.raw.execute(
            sql.SQL(
                """
                delete from {}
                 where tenant_id = %(tenant_id)s
                   and thread_id in (select action_id::text
                                       from actions
                                      where tenant_id = %(tenant_id)s
                                        and conversation_id = %(conversation_id)s)
                """
            ).format(sql.Identifier(table)),
            {"tenant_id": conn.tenant_id, "conversation_id": conversation_id},
        )


async def _erase_knowledge(conn: TenantConnection, knowledge_base_id: UUID) -> None:
    """A knowledge base with everything in it, on its way into it, and said of it."""
    for table in ("uploads", "embedded_texts"):
        await conn.raw.execute(
            sql.SQL(
                """
                delete from {}
                 where tenant_id = %(tenant_id)s
                   and job_id in (select job_id
                                    from jobs
                                   where tenant_id = %(tenant_id)s
                                     and knowledge_base_id = %(knowledge_base_id)s)
                """
            ).format(sql.Identifier(table)),
            {"tenant_id": conn.tenant_id, "knowledge_base_id": knowledge_base_id},
        )
    for table in await _tables(conn, "knowledge_base_id"):
        await _delete(conn, table, "knowledge_base_id", knowledge_base_id)


async def _delete(conn: TenantConnection, table: str, column: str, value: UUID | str) -> None:
    await conn.raw.execute(
        sql.SQL("delete from {} where tenant_id = %(tenant_id)s and {} = %(value)s").format(
            sql.Identifier(table), sql.Identifier(column)
        ),
        {"tenant_id": conn.tenant_id, "value": value},
    )


async def _tables(conn: TenantConnection, column: str, *, without: str = "") -> list[str]:
    """Every table of ours with a column, the one that is named after it last."""
    cursor = await conn.execute(
        """
        select c.relname
          from pg_class c
          join pg_attribute t on t.attrelid = c.oid and t.attname = 'tenant_id'
                             and not t.attisdropped
          join pg_attribute a on a.attrelid = c.oid and a.attname = %(column)s
                             and not a.attisdropped
         where c.relkind in ('r', 'p')
           and c.relnamespace = 'public'::regnamespace
           and not exists (select 1
                             from pg_attribute w
                            where w.attrelid = c.oid
                              and w.attname = %(without)s
                              and not w.attisdropped)
         order by c.relname
        """,
        {"column": column, "without": without},
    )
    own = {"conversation_id": "conversations", "contact_id": "contacts", "turn_id": "turns"}
    names = [str(row[0]) for row in await cursor.fetchall() if row[0] not in _KEPT]
    return sorted(names, key=lambda name: name == own.get(column))
