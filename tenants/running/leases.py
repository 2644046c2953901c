"""Leases: the right to run one turn, one process at a time, taken over when it runs out.

Lock order everywhere: the conversation first, then its queue row.
"""

from dataclasses import dataclass
from uuid import UUID

from tenants.database.connection import RouterConnection, TenantConnection
from tenants.errors import LeaseLost


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to run one turn until it expires; every write of the run is checked against `fence`."""

    tenant_id: UUID
    turn_id: UUID
    conversation_id: UUID
    owner: UUID
    fence: int
    attempts: int


@dataclass(frozen=True, slots=True)
class _Claimed:
    fence: int
    attempts: int
    conversation_id: UUID


async def claim(
    conn: TenantConnection, turn_id: UUID, *, owner: UUID, lease_seconds: float
) -> Lease | None:
    """A lease on the turn, or None while another runs it, an earlier turn has not ended, or more
    messages are waited for.
    """
    claimed = await conn.row(
        _Claimed,
        """
        update turn_queue q
           set state = 'running',
               lease_owner = %(owner)s,
               lease_expires_at = now() + make_interval(secs => %(lease_seconds)s),
               fence = q.fence + 1,
               attempts = q.attempts + 1
         where q.tenant_id = %(tenant_id)s
           and q.turn_id = %(turn_id)s
           and (q.state = 'queued' or q.lease_expires_at < now())
           and (q.not_before is null or q.not_before <= now())
           and not exists (select from turn_queue e
                            where e.tenant_id = %(tenant_id)s
                              and e.conversation_id = q.conversation_id
                              and e.seq < q.seq)
        returning q.fence, q.attempts, q.conversation_id
        """,
        {"turn_id": turn_id, "owner": owner, "lease_seconds": lease_seconds},
    )
    if claimed is None:
        return None
    await conn.execute(
        """
        update turns
           set status = 'running',
               started_at = coalesce(started_at, now()),
               attempts = %(attempts)s
         where tenant_id = %(tenant_id)s
           and turn_id = %(turn_id)s
        """,
        {"turn_id": turn_id, "attempts": claimed.attempts},
    )
    return Lease(
        conn.tenant_id, turn_id, claimed.conversation_id, owner, claimed.fence, claimed.attempts
    )


async def renew(conn: TenantConnection, lease: Lease, *, lease_seconds: float) -> None:
    """Keep the lease for that much longer. Raises: LeaseLost."""
    renewed = await conn.execute(
        """
        update turn_queue
           set lease_expires_at = now() + make_interval(secs => %(lease_seconds)s)
         where tenant_id = %(tenant_id)s
           and turn_id = %(turn_id)s
           and fence = %(fence)s
        """,
        {"turn_id": lease.turn_id, "fence": lease.fence, "lease_seconds": lease_seconds},
    )
    if renewed.rowcount == 0:
        raise LeaseLost(f"turn {lease.turn_id} is run by another process")


async def release(conn: TenantConnection, lease: Lease) -> None:
    """Give a turn back to the queue, for whoever takes it next; nothing where it was lost.

    What is given back was no attempt: only who dies with a turn uses one up.
    """
    await conn.execute(
        """
        update turn_queue
           set state = 'queued', lease_owner = null, lease_expires_at = null,
               attempts = greatest(0, attempts - 1)
         where tenant_id = %(tenant_id)s
           and turn_id = %(turn_id)s
           and fence = %(fence)s
        """,
        {"turn_id": lease.turn_id, "fence": lease.fence},
    )


async def put_off(conn: TenantConnection, lease: Lease, *, seconds: float) -> None:
    """Give a turn back whose attempt came to nothing, to be tried again later; nothing where it was
    lost.
    """
    await conn.execute(
        """
        update turn_queue
           set state = 'queued', lease_owner = null, lease_expires_at = null,
               not_before = now() + make_interval(secs => %(seconds)s)
         where tenant_id = %(tenant_id)s
           and turn_id = %(turn_id)s
           and fence = %(fence)s
        """,
        {"turn_id": lease.turn_id, "fence": lease.fence, "seconds": seconds},
    )


async def take_attempt_back(conn: TenantConnection, lease: Lease) -> None:
    """Say that who lost this lease lives: the turn did not take its process along."""
    await conn.execute(
        """
        update turn_queue
           set attempts = greatest(0, attempts - 1)
         where tenant_id = %(tenant_id)s
           and turn_id = %(turn_id)s
           and fence > %(fence)s
        """,
        {"turn_id": lease.turn_id, "fence": lease.fence},
    )


@dataclass(frozen=True, slots=True)
class _Attempts:
    attempts: int


async def attempts(conn: TenantConnection, lease: Lease) -> int:
    """How many claims of the turn nobody has come back from, this one among them.

    Raises: LeaseLost.
    """
    found = await conn.row(
        _Attempts,
        """
        select attempts
          from turn_queue
         where tenant_id = %(tenant_id)s
           and turn_id = %(turn_id)s
           and fence = %(fence)s
        """,
        {"turn_id": lease.turn_id, "fence": lease.fence},
    )
    if found is None:
        raise LeaseLost(f"turn {lease.turn_id} is run by another process")
    return found.attempts


@dataclass(frozen=True, slots=True)
class _Fence:
    fence: int


async def fence_of(conn: TenantConnection, turn_id: UUID) -> int | None:
    """The fence of the last lease on a turn; None where the turn has ended."""
    found = await conn.row(
        _Fence,
        """
        select fence
          from turn_queue
         where tenant_id = %(tenant_id)s
           and turn_id = %(turn_id)s
        """,
        {"turn_id": turn_id},
    )
    return found.fence if found is not None else None


@dataclass(frozen=True, slots=True)
class Runnable:
    tenant_id: UUID
    turn_id: UUID


async def runnable(router: RouterConnection, *, limit: int, of_a_tenant: int) -> list[Runnable]:
    """Turns of all tenants that nobody runs: left queued, or their lease ran out.

    The tenant with the fewest running comes first, each with no more than `of_a_tenant` of its own.
    """
    return await router.rows(
        Runnable,
        """
        with running as (
            select tenant_id, count(*) as turns
              from turn_queue
             where state = 'running'
               and lease_expires_at >= now()
             group by tenant_id),
        waiting as (
            select q.tenant_id, q.turn_id, q.created_at,
                   row_number() over (partition by q.tenant_id order by q.created_at) as place
              from turn_queue q
             where (q.state = 'queued' and q.created_at < now() - interval '1 second'
                    or q.lease_expires_at < now())
               and (q.not_before is null or q.not_before <= now())
               and not exists (select from turn_queue e
                                where e.tenant_id = q.tenant_id
                                  and e.conversation_id = q.conversation_id
                                  and e.seq < q.seq))
        select w.tenant_id, w.turn_id
          from waiting w
          left join running r using (tenant_id)
         where w.place <= %(of_a_tenant)s
         order by coalesce(r.turns, 0) + w.place, w.created_at
         limit %(limit)s
        """,
        {"limit": limit, "of_a_tenant": of_a_tenant},
    )
