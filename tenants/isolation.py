"""Whether the database keeps tenants apart: looked at by every server before it serves."""

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from tenants.connection import Pool


class IsolationBroken(Exception):
    """The database would let one tenant see another's rows; the server must not start."""


async def assert_isolated(pool: Pool) -> None:
    """Raises: IsolationBroken, naming everything that is wrong."""
    found = await isolation_faults(pool)
    if found:
        raise IsolationBroken("; ".join(found))


async def isolation_faults(pool: Pool) -> list[str]:
    """What breaks the isolation, in words; empty when all is well."""
    async with pool.connection() as conn:
        return [*await _role_faults(conn), *await _table_faults(conn)]


async def _role_faults(conn: AsyncConnection[TupleRow]) -> list[str]:
    cursor = await conn.execute(
        """
        select rolname, rolsuper, rolbypassrls,
               (select count(*)
                  from pg_class
                 where relowner = pg_roles.oid
                   and relkind in ('r', 'p', 'v', 'm')
                   and relnamespace = 'public'::regnamespace)
          from pg_roles
         where rolname = current_user
        """
    )
    row = await cursor.fetchone()
    assert row is not None
    name, is_superuser, bypasses, owned = row
    faults: list[str] = []
    if is_superuser:
        faults.append(f"the role {name} is a superuser")
    if bypasses:
        faults.append(f"the role {name} may bypass row-level security")
    if owned:
        faults.append(f"the role {name} owns {owned} tables")
    return faults


async def _table_faults(conn: AsyncConnection[TupleRow]) -> list[str]:
    cursor = await conn.execute(
        """
        select c.relname, c.relrowsecurity and c.relforcerowsecurity,
               exists (select 1 from pg_policy p where p.polrelid = c.oid)
          from pg_class c
          join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
                             and not a.attisdropped
         where c.relkind in ('r', 'p')
           and c.relnamespace = 'public'::regnamespace
         order by c.relname
        """
    )
    tables = await cursor.fetchall()
    if not tables:
        return ["the database holds none of our tables: run `frontdesk migrate`"]
    faults = [
        f"row-level security is not forced on {name}" for name, forced, _ in tables if not forced
    ]
    return faults + [f"{name} has no policy" for name, _, policy in tables if not policy]
