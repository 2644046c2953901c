"""Deliveries as a tenant looks at them: what left, what waits, what was given up and may go again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.errors import Conflict, NotFound
from tenants.outside.outbox import shown_tries

DeliveryState = Literal["queued", "sent", "dead"]
MOST_DRIVEN = 1_000  # at once


@dataclass(frozen=True, slots=True)
class Delivery:
    outbox_id: UUID
    kind: str
    event: str
    target_id: UUID
    conversation_id: UUID | None
    turn_id: UUID | None
    message_id: UUID | None
    state: DeliveryState
    attempts: int
    tries: bytes | None
    next_try_at: datetime | None
    created_at: datetime
    finished_at: datetime | None

    @property
    def shown_tries(self) -> list[dict[str, Any]]:
        """Its last sendings, the newest first."""
        return shown_tries(self.tries, self.outbox_id)[::-1]


async def list_page(
    conn: TenantConnection,
    *,
    limit: int,
    after: UUID | None = None,
    state: str | None = None,
    target_id: UUID | None = None,
    conversation_id: UUID | None = None,
) -> list[Delivery]:
    """Deliveries, newest first."""
    return await conn.rows(
        Delivery,
        """
        select o.outbox_id, o.kind, o.event, o.target_id, o.conversation_id, o.turn_id,
               o.message_id, o.state, o.attempts, o.tries, q.available_at as next_try_at,
               o.created_at, o.finished_at
          from outbox o
          left join outbox_queue q
            on q.tenant_id = o.tenant_id and q.outbox_id = o.outbox_id
         where o.tenant_id = %(tenant_id)s
           and o.kind <> 'action'
           and (%(after)s::uuid is null or o.outbox_id < %(after)s)
           and (%(state)s::text is null or o.state = %(state)s)
           and (%(target_id)s::uuid is null or o.target_id = %(target_id)s)
           and (%(conversation_id)s::uuid is null or o.conversation_id = %(conversation_id)s)
         order by o.outbox_id desc
         limit %(limit)s
        """,
        {
            "after": after,
            "state": state,
            "target_id": target_id,
            "conversation_id": conversation_id,
            "limit": limit,
        },
    )


async def get(conn: TenantConnection, outbox_id: UUID) -> Delivery:
    """One delivery. Raises: NotFound."""
    found = await conn.row(
        Delivery,
        """
        select o.outbox_id, o.kind, o.event, o.target_id, o.conversation_id, o.turn_id,
               o.message_id, o.state, o.attempts, o.tries, q.available_at as next_try_at,
               o.created_at, o.finished_at
          from outbox o
          left join outbox_queue q
            on q.tenant_id = o.tenant_id and q.outbox_id = o.outbox_id
         where o.tenant_id = %(tenant_id)s
           and o.outbox_id = %(outbox_id)s
           and o.kind <> 'action'
        """,
        {"outbox_id": outbox_id},
    )
    if found is None:
        raise NotFound("no such delivery")
    return found


async def redrive(conn: TenantConnection, outbox_id: UUID) -> Delivery:
    """A dead delivery back in the queue, with all its tries. Raises: NotFound, Conflict."""
    found = await get(conn, outbox_id)
    if not await _drive(conn, outbox_id=outbox_id):
        raise Conflict(f"only a dead delivery is driven again; this one is {found.state}")
    return await get(conn, outbox_id)


async def redrive_all(conn: TenantConnection, target_id: UUID) -> int:
    """Put the oldest dead deliveries of a target back in the queue; how many that were."""
    return await _drive(conn, target_id=target_id)


async def _drive(
    conn: TenantConnection, *, outbox_id: UUID | None = None, target_id: UUID | None = None
) -> int:
    driven = await conn.execute(
        """
        with dead as (
            select outbox_id
              from outbox
             where tenant_id = %(tenant_id)s
               and state = 'dead'
               and kind <> 'action'
               and (%(outbox_id)s::uuid is null or outbox_id = %(outbox_id)s)
               and (%(target_id)s::uuid is null or target_id = %(target_id)s)
             order by outbox_id
             limit %(most)s
               for update
        ), woken as (
            update outbox o
               set state = 'queued', finished_at = null
              from dead
             where o.tenant_id = %(tenant_id)s
               and o.outbox_id = dead.outbox_id
            returning o.outbox_id, o.target_id, o.conversation_id, o.kind)
        insert into outbox_queue (tenant_id, outbox_id, target_id, conversation_id, ordering_key)
        select %(tenant_id)s, outbox_id, target_id, conversation_id,
               case kind when 'reply' then conversation_id end
          from woken
         order by outbox_id
        """,
        {"outbox_id": outbox_id, "target_id": target_id, "most": MOST_DRIVEN},
    )
    return driven.rowcount
