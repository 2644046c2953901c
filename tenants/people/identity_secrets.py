"""Generations of the secret with which a tenant signs who its contacts are: two at most are good.

The secrets themselves are derived from the master key; a row says when a generation began and ended.
A tenant without rows is at generation 0.
"""

from dataclasses import dataclass
from datetime import datetime

from tenants.database.connection import TenantConnection
from tenants.errors import Conflict

MOST_LIVE = 2


@dataclass(frozen=True, slots=True)
class Generation:
    generation: int
    created_at: datetime | None


async def live(conn: TenantConnection) -> list[Generation]:
    """The generations that are good, the newest first."""
    found = await conn.rows(
        Generation,
        """
        select generation, created_at
          from identity_secrets
         where tenant_id = %(tenant_id)s
           and retired_at is null
         order by generation desc
        """,
    )
    return found or [Generation(0, None)]


async def rotate(conn: TenantConnection) -> list[Generation]:
    """The live generations with a new one before them. Raises: Conflict where two are good."""
    standing = await _locked(conn)
    if len(standing) >= MOST_LIVE:
        raise Conflict("two identity secrets are good already; retire the older one first")
    await conn.execute(
        """
        insert into identity_secrets (tenant_id, generation)
        values (%(tenant_id)s, %(generation)s)
        """,
        {"generation": standing[0].generation + 1},
    )
    return await live(conn)


async def retire_older(conn: TenantConnection) -> list[Generation]:
    """The one generation that is left. Raises: Conflict where there is only one."""
    standing = await _locked(conn)
    if len(standing) < MOST_LIVE:
        raise Conflict("one identity secret is good; rotate it before you retire it")
    await conn.execute(
        """
        update identity_secrets
           set retired_at = now()
         where tenant_id = %(tenant_id)s
           and generation = %(generation)s
        """,
        {"generation": standing[-1].generation},
    )
    return await live(conn)


async def _locked(conn: TenantConnection) -> list[Generation]:
    """What is good, with generation 0 noted, so that it can end; one change at a time."""
    await conn.execute(
        """
        select tenant_id from tenants where tenant_id = %(tenant_id)s for update
        """
    )
    await conn.execute(
        """
        insert into identity_secrets (tenant_id, generation)
        values (%(tenant_id)s, 0)
        on conflict do nothing
        """
    )
    return await live(conn)
