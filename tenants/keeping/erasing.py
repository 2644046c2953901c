"""Erase a tenant: every row that bears its id, in every table, for good; its receipt stays."""

from uuid import UUID

from psycopg import sql

from tenants.actors import Actor
from tenants.database.connection import Pool, tenant_transaction
from tenants.keeping import erasures
from tenants.keeping.erasure_plan import FIRST
from tenants.keeping.kept_texts import forget_texts

_APART = ("audit_log",)  # the app may not delete there
_LAST = ("jobs", "tenants")  # the job that erases can be looked at until the end


async def erase_tenant(
    pool: Pool, tenant_id: UUID, *, erasure_id: UUID | None = None, actor: Actor | None = None
) -> int:
    """How many rows went. Run again after a crash it goes on where it stopped.

    With an id and an actor it leaves a receipt, which counts on when it is run again.
    """
    if erasure_id is not None and actor is not None:
        async with tenant_transaction(pool, tenant_id) as conn:
            await erasures.begin(conn, erasure_id, "tenant", tenant_id, actor)
    gone = await _erase_audit_log(pool, tenant_id)
    tables = await _tables(pool, tenant_id)
    for table in tables:
        async with tenant_transaction(pool, tenant_id) as conn:
            deleted = await conn.raw.execute(
                sql.SQL("delete from {} where tenant_id = %(tenant_id)s").format(
                    sql.Identifier(table)
                ),
                {"tenant_id": tenant_id},
            )
            if erasure_id is not None:
                await erasures.add(
                    conn, erasure_id, {table: deleted.rowcount}, is_last=table == tables[-1]
                )
        gone += deleted.rowcount
    forget_texts()
    return gone


async def _erase_audit_log(pool: Pool, tenant_id: UUID) -> int:
    async with tenant_transaction(pool, tenant_id) as conn:
        cursor = await conn.execute("select erase_audit_log()")
        row = await cursor.fetchone()
    return int(row[0]) if row else 0


async def _tables(pool: Pool, tenant_id: UUID) -> list[str]:
    """Every table of ours with a tenant column, LangGraph's included: queues first, so that nothing
    that runs writes on; the tenant's row comes last. What may not be deleted from is not there.
    """
    async with tenant_transaction(pool, tenant_id) as conn:
        cursor = await conn.execute(
            """
            select c.relname
              from pg_class c
              join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
                                 and not a.attisdropped
             where c.relkind in ('r', 'p')
               and c.relnamespace = 'public'::regnamespace
               and has_table_privilege(c.oid, 'delete')
             order by c.relname
            """
        )
        found = [str(row[0]) for row in await cursor.fetchall() if row[0] not in _APART]
    return sorted(found, key=lambda name: (name in _LAST, name not in FIRST))
