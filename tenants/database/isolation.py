"""Whether the database keeps tenants apart: looked at by every server before it serves."""

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from tenants.database.connection import Pool

# Every table without a tenant, and why it needs none. A table that is not here has the column.
WITHOUT_TENANT = {
    "alembic_version": "the schema's revision",
    "checkpoint_migrations": "the revision of LangGraph's tables",
    "procrastinate_events": "times of jobs by their numbers",
    "procrastinate_jobs": "ids of jobs; what they work on lies in the tenant's own row",
    "procrastinate_periodic_defers": "times of the process's own rounds",
    "procrastinate_workers": "heartbeats of processes",
}


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
        return await faults_of(conn)


async def faults_of(conn: AsyncConnection[TupleRow]) -> list[str]:
    """What breaks the isolation for this connection's role."""
    return [
        *await _role_faults(conn),
        *await _table_faults(conn),
        *await _policy_faults(conn),
        *await _detour_faults(conn),
    ]


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
               exists (select from pg_policy p where p.polrelid = c.oid),
               exists (select from pg_attribute a
                        where a.attrelid = c.oid and a.attname = 'tenant_id'
                          and a.attnotnull and not a.attisdropped)
          from pg_class c
         where c.relkind in ('r', 'p', 'f')
           and c.relnamespace = 'public'::regnamespace
           and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
         order by c.relname
        """
    )
    tables = await cursor.fetchall()
    ours = [(name, forced, policy) for name, forced, policy, has_tenant in tables if has_tenant]
    if not ours:
        return ["the database holds none of our tables: run `frontdesk migrate`"]
    without = [name for name, _, _, has_tenant in tables if not has_tenant]
    return [
        *(f"{name} has no tenant_id" for name in without if name not in WITHOUT_TENANT),
        *(f"row-level security is not forced on {name}" for name, forced, _ in ours if not forced),
        *(f"{name} has no policy" for name, _, policy in ours if not policy),
    ]


async def _policy_faults(conn: AsyncConnection[TupleRow]) -> list[str]:
    """A policy that lets the app see or write more than the connection's tenant."""
    cursor = await conn.execute(
        """
        select tablename, policyname
          from pg_policies
         where schemaname = 'public'
           and (roles <> '{frontdesk_router}' or cmd <> 'SELECT')
           and not (cmd = 'ALL'
                    and qual like '(tenant_id = %current\\_setting(''app.tenant_id''%)::uuid)'
                    and with_check = qual)
         order by 1, 2
        """
    )
    found = await cursor.fetchall()
    return [f"the policy {policy} of {table} is not the tenant's" for table, policy in found]


async def _detour_faults(conn: AsyncConnection[TupleRow]) -> list[str]:
    """Ways around the policies: owners' rights, the router's tables, further roles.

    What an extension brings is its own: none of it reads our tables.
    """
    cursor = await conn.execute(
        """
        select 'the view ' || relname || ' looks with the rights of its owner'
          from pg_class
         where relkind in ('v', 'm')
           and relnamespace = 'public'::regnamespace
           and not exists (select from pg_depend d where d.objid = pg_class.oid and d.deptype = 'e')
           and not coalesce('security_invoker=true' = any(reloptions), false)
        union all
        select 'the function ' || proname || ' runs with the rights of its owner'
          from pg_proc
         where prosecdef
           and proname <> 'erase_audit_log'  -- the set tenant's alone, while it is being erased
           and pronamespace = 'public'::regnamespace
           and not exists (select from pg_depend d where d.objid = pg_proc.oid and d.deptype = 'e')
        union all
        select 'the router may do more with ' || relname || ' than read its columns'
          from pg_class
         where relkind in ('r', 'p', 'v', 'm')
           and relnamespace = 'public'::regnamespace
           and (has_table_privilege('frontdesk_router', oid, 'select, insert, update, delete')
                or has_any_column_privilege('frontdesk_router', oid, 'insert, update'))
        union all
        select 'the role ' || r.rolname || ' may act as ' || g.rolname
          from pg_roles r, pg_roles g
         where r.rolname in ('frontdesk_app', 'frontdesk_router')
           and g.rolname not in (r.rolname, 'frontdesk_router')
           and pg_has_role(r.oid, g.oid, 'member')
         order by 1
        """
    )
    return [str(row[0]) for row in await cursor.fetchall()]
