"""Which tables an erasure goes through, read from the database's own catalogue.

A table that names a contact, a conversation, a turn or a thread in a column of that name is gone
through without being listed anywhere. What names somebody in another way, or is kept, is listed
here with its reason; `tests/architecture/test_erasure_plan.py` fails for a table that is neither.
"""

from tenants.database.connection import TenantConnection

# Deleted from first: a running turn loses its right to write, then what it had written goes.
FIRST = ("turn_queue", "outbox_queue")

# Named somebody, and kept: nothing in them says who it was.
KEPT = {
    "usage_ledger": "what was paid for, by turn: figures, no words; the sums must stay right",
    "knowledge_suggestions": "words go by forget_words, the origin is set to null, the rest is the"
    " operators' own",
    "erasures": "the receipts themselves",
    "audit_log": "who did what, by ids, without anybody's words; a tenant's goes with the tenant",
}

# Erased in their own way: they name what is erased by another column, or by none.
OWN_WAY = {
    "channel_routes": "addresses of assistants, not of contacts",
    "checkpoint_blobs": "by thread_id",
    "checkpoint_writes": "by thread_id",
    "checkpoints": "by thread_id",
    "embedded_texts": "with the jobs of the conversation's knowledge base",
    "idempotency_keys": "by the ids that the kept answer mentions",
    "jobs": "with the conversation's knowledge base",
    "knowledge_bases": "the conversation's own, with everything in it",
    "uploads": "with the jobs of the conversation's knowledge base",
    "impact_reports": "all of them: a preview is made again in seconds",
}
OF_THREADS = ("checkpoint_writes", "checkpoint_blobs", "checkpoints")
_OWN = {"conversation_id": "conversations", "contact_id": "contacts", "turn_id": "turns"}


async def tables_with(conn: TenantConnection, column: str, *, without: str = "") -> list[str]:
    """Tables of ours with a column, to be deleted from in this order: queues first, the one that
    is named after the column last. What may not be deleted from is not among them.
    """
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
           and has_table_privilege(c.oid, 'delete')
           and not exists (select 1
                             from pg_attribute w
                            where w.attrelid = c.oid
                              and w.attname = %(without)s
                              and not w.attisdropped)
         order by c.relname
        """,
        {"column": column, "without": without},
    )
    names = [str(row[0]) for row in await cursor.fetchall() if row[0] not in KEPT]
    return sorted(names, key=lambda name: (name not in FIRST, name == _OWN.get(column)))


async def columns_of(conn: TenantConnection) -> dict[str, set[str]]:
    """The columns of every table of ours that bears a tenant, LangGraph's left out."""
    cursor = await conn.execute(
        """
        select c.relname, a.attname
          from pg_class c
          join pg_attribute a on a.attrelid = c.oid
                             and a.attnum > 0
                             and not a.attisdropped
         where c.relkind in ('r', 'p')
           and c.relnamespace = 'public'::regnamespace
         order by c.relname, a.attnum
        """
    )
    found: dict[str, set[str]] = {}
    for table, column in await cursor.fetchall():
        found.setdefault(str(table), set()).add(str(column))
    return {
        table: columns
        for table, columns in found.items()
        if "tenant_id" in columns and table not in OF_THREADS
    }
