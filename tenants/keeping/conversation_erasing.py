"""Erase a conversation or a contact: every row that bears its id, and the files brought into it.

What was paid for stays in the usage ledger, which holds no words; what operators wrote for the
knowledge stays theirs, without saying from where. A turn that runs meanwhile has lost its right to
write: its place in the queue goes first.
"""

from collections import Counter
from uuid import UUID

from psycopg import sql

from tenants.actors import Actor
from tenants.database.connection import TenantConnection
from tenants.ids import new_id
from tenants.keeping import erasures
from tenants.keeping.erasure_plan import OF_THREADS, tables_with
from tenants.keeping.erasures import Subject
from tenants.keeping.kept_texts import forget_texts
from tenants.lessons import unanswered_erasing
from tenants.people import contacts
from tenants.transcripts import conversation_files, conversations, forks
from tenants.working import idempotency


async def erase(
    conn: TenantConnection, subject: Subject, subject_id: UUID, *, actor: Actor
) -> UUID:
    """Erase a conversation or a contact; the receipt's id. Raises: NotFound."""
    erasure_id = new_id()
    await erasures.begin(conn, erasure_id, subject, subject_id, actor)
    if subject == "contact":
        gone = await erase_contact(conn, subject_id)
    else:
        gone = await erase_conversation(conn, subject_id)
    await erasures.add(conn, erasure_id, gone, is_last=True)
    forget_texts()
    return erasure_id


async def erase_conversation(conn: TenantConnection, conversation_id: UUID) -> Counter[str]:
    """Take a conversation and its forks out of everything; rows by table. Raises: NotFound."""
    gone: Counter[str] = Counter()
    await conversations.lock(conn, conversation_id)
    for fork_id in await forks.forks_of(conn, conversation_id):
        gone += await erase_conversation(conn, fork_id)
    gone += await erase_files(conn, conversation_id)
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
    # an action's graph keeps its state under the lease of its delivery: that goes first
    gone["outbox_queue"] += await _delete(conn, "outbox_queue", "conversation_id", conversation_id)
    gone += await _erase_action_threads(conn, conversation_id)
    for table in await tables_with(conn, "turn_id", without="conversation_id"):
        deleted = await conn.raw.execute(
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
        gone[table] += deleted.rowcount
    for table in await tables_with(conn, "conversation_id"):
        gone[table] += await _delete(conn, table, "conversation_id", conversation_id)
    for table in OF_THREADS:
        gone[table] += await _delete(conn, table, "thread_id", str(conversation_id))
    gone["idempotency_keys"] += await idempotency.forget_mentions(conn, conversation_id)
    return gone


async def erase_files(conn: TenantConnection, conversation_id: UUID) -> Counter[str]:
    """Take the files of a conversation out of everything; rows by table."""
    base = await conversation_files.base_of(conn, conversation_id)
    if base is None:
        return Counter()
    # who writes a file's passages holds this row until they are there to be erased
    await conn.execute(
        """
        select 1
          from knowledge_bases
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           for update
        """,
        {"knowledge_base_id": base.knowledge_base_id},
    )
    return await _erase_knowledge(conn, base.knowledge_base_id)


async def erase_contact(conn: TenantConnection, contact_id: UUID) -> Counter[str]:
    """Take a contact with all conversations out of everything, and who was merged into it.

    Their keys go as well, so that backups of what they said cannot be read any more.
    """
    gone: Counter[str] = Counter()
    for one in await contacts.persons(conn, contact_id):
        gone += await _erase_conversations(conn, one)
        await contacts.lock(conn, one)  # behind the conversations, as a turn's end does
        gone += await _erase_conversations(conn, one)  # what was opened until then
        gone["idempotency_keys"] += await idempotency.forget_mentions(conn, one)
        for table in await tables_with(conn, "contact_id"):
            gone[table] += await _delete(conn, table, "contact_id", one)
    return gone


async def _erase_conversations(conn: TenantConnection, contact_id: UUID) -> Counter[str]:
    gone: Counter[str] = Counter()
    while found := await conversations.list_page(conn, limit=100, contact_id=contact_id):
        for conversation in found:
            gone += await erase_conversation(conn, conversation.conversation_id)
    return gone


async def _erase_action_threads(conn: TenantConnection, conversation_id: UUID) -> Counter[str]:
    """The checkpoints of the conversation's actions, whose threads bear the actions' ids."""
    gone: Counter[str] = Counter()
    for table in OF_THREADS:
        deleted = await conn.raw.execute(
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
        gone[table] += deleted.rowcount
    return gone


async def _erase_knowledge(conn: TenantConnection, knowledge_base_id: UUID) -> Counter[str]:
    """A knowledge base with everything in it, on its way into it, and said of it."""
    gone: Counter[str] = Counter()
    # who keeps a vector for a job holds its row until the vector is there to be erased
    await conn.execute(
        """
        select 1
          from jobs
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           for update
        """,
        {"knowledge_base_id": knowledge_base_id},
    )
    for table in ("uploads", "embedded_texts"):
        deleted = await conn.raw.execute(
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
        gone[table] += deleted.rowcount
    for table in await tables_with(conn, "knowledge_base_id"):
        gone[table] += await _delete(conn, table, "knowledge_base_id", knowledge_base_id)
    return gone


async def _delete(conn: TenantConnection, table: str, column: str, value: UUID | str) -> int:
    deleted = await conn.raw.execute(
        sql.SQL("delete from {} where tenant_id = %(tenant_id)s and {} = %(value)s").format(
            sql.Identifier(table), sql.Identifier(column)
        ),
        {"tenant_id": conn.tenant_id, "value": value},
    )
    return deleted.rowcount
