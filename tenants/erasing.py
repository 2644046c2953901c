"""Erase a tenant: every row that bears its id, in every table, for good."""

from uuid import UUID

from psycopg import sql

from tenants.connection import Pool, tenant_transaction

_APART = ("audit_log",)  # the app may not delete there
_LAST = ("jobs", "tenants")  # the job that erases can be looked at until the end


async def erase_tenant(pool: Pool, tenant_id: UUID) -> int:
    """How many rows went. Run again after a crash it goes on where it stopped."""
    gone = await _erase_audit_log(pool, tenant_id)
    for table in await _tables(pool, tenant_id):
        async with tenant_transaction(pool, tenant_id) as conn:
            deleted = await conn.raw.execute(
                sql.SQL("delete from {} where tenant_id = %(tenant_id)s").format(
                    sql.Identifier(table)
                ),
                {"tenant_id": tenant_id},
            )
            gone += deleted.rowcount
    return gone


async def _erase_audit_log(pool: Pool, tenant_id: UUID) -> int:
    async with tenant_transaction(pool, tenant_id) as conn:
        cursor = await conn.execute("select erase_audit_log()")
        row = await cursor.fetchone()
    return int(row[0]) if row else 0


async def _tables(pool: Pool, tenant_id: UUID) -> list[str]:
    """Every table of ours with a tenant column, LangGraph's included; the tenant's row comes last."""
    async with tenant_transaction(pool, tenant_id) as conn:
        cursor = await conn.execute(
            """
            select c.relname
              from pg_class c
              join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
                                 and not a.attisdropped
             where c.relkind in ('r', 'p')
               and c.relnamespace = 'public'::regnamespace
             order by c.relname
            """
        )
        found = [str(row[0]) for row in await cursor.fetchall() if row[0] not in _APART]
    return [name for name in found if name not in _LAST] + [name for name in _LAST if name in found]
