"""The durable event log of a conversation: numbered without gaps, read from any number on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.errors import NotFound
from tenants.keys import codec
from tenants.outside import webhook_events

DATA = "events.data"
DURABLE_TYPES = frozenset(
    {
        "contact_message",
        "turn_started",
        "message",
        "handoff_requested",
        "operator_joined",
        "operator_message",
        "handoff_resolved",
        "approval_requested",
        "approval_resolved",
        "knowledge_updated",
        "turn_ended",
    }
)


@dataclass(frozen=True, slots=True)
class NewEvent:
    type: str
    data: dict[str, Any]
    turn_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Event:
    event_id: int
    turn_id: UUID | None
    type: str
    data: dict[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Some:
    """Events in order; `more`: there may be others behind them."""

    events: Sequence[Event]
    more: bool = False


@dataclass(frozen=True, slots=True)
class _Stored:
    event_id: int
    turn_id: UUID | None
    type: str
    data: bytes
    created_at: datetime

    def opened(self, conversation_id: UUID) -> Event:
        """As readers get it. Raises: ValueError where the data are another row's."""
        whose = self.turn_id or conversation_id
        data = codec.decode(self.data, DATA, whose, self.type)
        return Event(self.event_id, self.turn_id, self.type, data, self.created_at)


@dataclass(frozen=True, slots=True)
class _StoredSome(_Stored):
    looked_at: int


async def append(conn: TenantConnection, conversation_id: UUID, events: Sequence[NewEvent]) -> int:
    """Write events under the next numbers; the last one's number. The conversation row is locked by it.

    Where the tenant has webhook endpoints they are queued for those; of a fork nothing leaves.
    """
    cursor = await conn.execute(
        """
        with place as (
            update conversations
               set last_event_id = last_event_id + %(n)s,
                   last_active_at = now()
             where tenant_id = %(tenant_id)s
               and conversation_id = %(conversation_id)s
            returning last_event_id, origin),
        logged as (
            insert into events (tenant_id, conversation_id, event_id, turn_id, type, data)
            select %(tenant_id)s, %(conversation_id)s, last_event_id - %(n)s + n.number,
                   n.turn_id, n.type, n.data
              from place,
                   unnest(%(turn_ids)s::uuid[], %(types)s::text[], %(data)s::bytea[])
                       with ordinality as n (turn_id, type, data, number))
        select last_event_id,
               origin in ('contact', 'campaign', 'recommendation')
               and exists (select 1
                             from webhook_endpoints w
                            where w.tenant_id = %(tenant_id)s
                              and w.disabled_at is null)
          from place
        """,
        {
            "conversation_id": conversation_id,
            "n": len(events),
            "turn_ids": [event.turn_id for event in events],
            "types": [event.type for event in events],
            "data": [sealed_data(event, conversation_id) for event in events],
        },
    )
    found = await cursor.fetchone()
    if found is None:
        raise NotFound("no such conversation")
    if found[1]:
        await webhook_events.leave(conn, conversation_id, numbered(events, found[0]))
    return found[0]


def sealed_data(event: NewEvent, conversation_id: UUID) -> codec.Personal:
    """An event's data as it is laid down: the database numbers events, so the row that it is sealed
    for is named by its turn (or conversation) and type.
    """
    return codec.personal(event.data, DATA, event.turn_id or conversation_id, event.type)


def numbered(news: Sequence[NewEvent], last: int) -> list[Event]:
    """Events as they stand in the log after `append` gave `last`, for readers of this process."""
    written_at = datetime.now(UTC)
    first = last - len(news) + 1
    return [Event(first + i, e.turn_id, e.type, e.data, written_at) for i, e in enumerate(news)]


async def read_after(
    conn: TenantConnection, conversation_id: UUID, after: int, *, limit: int = 500
) -> list[Event]:
    """Events with a number above `after`, in order."""
    stored = await conn.rows(
        _Stored,
        """
        select event_id, turn_id, type, data, created_at
          from events
         where tenant_id = %(tenant_id)s
           and conversation_id = %(conversation_id)s
           and event_id > %(after)s
         order by event_id
         limit %(limit)s
        """,
        {"conversation_id": conversation_id, "after": after, "limit": limit},
    )
    return [one.opened(conversation_id) for one in stored]


async def read_some(
    conn: TenantConnection, conversation_id: UUID, after: int, *, limit: int, most_bytes: int
) -> Some:
    """The next events, at most so many, and none more once they come to so many bytes as stored."""
    stored = await conn.rows(
        _StoredSome,
        """
        with next as (
            select event_id, turn_id, type, data, created_at,
                   sum(octet_length(data)) over (order by event_id) - octet_length(data) as before
              from events
             where tenant_id = %(tenant_id)s
               and conversation_id = %(conversation_id)s
               and event_id > %(after)s
             order by event_id
             limit %(limit)s)
        select event_id, turn_id, type, data, created_at,
               (select count(*) from next)::int as looked_at
          from next
         where before < %(most_bytes)s
         order by event_id
        """,
        {
            "conversation_id": conversation_id,
            "after": after,
            "limit": limit,
            "most_bytes": most_bytes,
        },
    )
    looked_at = stored[0].looked_at if stored else 0
    return Some(
        [one.opened(conversation_id) for one in stored],
        more=looked_at == limit or len(stored) < looked_at,
    )


async def last_ids(conn: TenantConnection, conversation_ids: Sequence[UUID]) -> dict[UUID, int]:
    """The newest event's number of each conversation, for readers that wait."""
    cursor = await conn.execute(
        """
        select conversation_id, last_event_id
          from conversations
         where tenant_id = %(tenant_id)s
           and conversation_id = any(%(conversation_ids)s)
        """,
        {"conversation_ids": list(conversation_ids)},
    )
    return {row[0]: row[1] for row in await cursor.fetchall()}


async def turn_started_before(conn: TenantConnection, conversation_id: UUID, turn_id: UUID) -> int:
    """The event number just before a turn's first event, to stream one turn from its start."""
    cursor = await conn.execute(
        """
        select min(event_id) - 1
          from events
         where tenant_id = %(tenant_id)s
           and conversation_id = %(conversation_id)s
           and turn_id = %(turn_id)s
        """,
        {"conversation_id": conversation_id, "turn_id": turn_id},
    )
    found = await cursor.fetchone()
    return found[0] if found and found[0] is not None else 0
