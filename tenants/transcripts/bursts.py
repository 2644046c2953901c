"""Bursts: messages that come before a turn's answer has been shown belong to that turn.

The queue row counts the turn's messages and says whether more may join. Whoever runs the turn
closes it before the first word is shown, under its fence and only if it has read them all; a
message that was faster makes it start afresh. So no message is bound to a turn that never reads it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from tenants.database.connection import RouterConnection, TenantConnection
from tenants.database.statements import Statement
from tenants.errors import LeaseLost
from tenants.running.leases import Lease

MAX_MESSAGES = 50  # of one turn
LONGEST_WAIT = 5  # a debounce is put off by further messages up to so many times its length


class MessagesJoined(Exception):
    """The turn has more messages than the run has read: it must start afresh with all of them."""


@dataclass(frozen=True, slots=True)
class Joined:
    """The turn that a message has joined: how many it has now, and how long it waits for more."""

    turn_id: UUID
    messages: int
    wait_seconds: float


@dataclass(frozen=True, slots=True)
class _Counted:
    messages: int


async def join(
    conn: TenantConnection, conversation_id: UUID, *, debounce_seconds: float = 0
) -> Joined | None:
    """The turn that one more message joins, or None where it needs a turn of its own.

    The conversation row must be locked. A turn that waits for its start waits `debounce_seconds`
    from now, where there is a debounce.
    """
    return await conn.row(
        Joined,
        """
        with open_turn as (
            select q.turn_id
              from turn_queue q
              join turns t
                on t.tenant_id = %(tenant_id)s
               and t.turn_id = q.turn_id
             where q.tenant_id = %(tenant_id)s
               and q.conversation_id = %(conversation_id)s
               and q.joinable
               and q.messages < %(most)s
               and t.kind = 'message'
             order by q.seq desc
             limit 1
               for update of q
        )
        update turn_queue q
           set messages = q.messages + 1,
               not_before = case
                   when q.not_before is null or q.state = 'running' then q.not_before
                   else least(q.created_at + make_interval(secs => %(longest)s * %(debounce)s),
                              now() + make_interval(secs => %(debounce)s))
               end
          from open_turn
         where q.tenant_id = %(tenant_id)s
           and q.turn_id = open_turn.turn_id
        returning q.turn_id, q.messages,
                  greatest(0, coalesce(extract(epoch from q.not_before - now()), 0))::float8
                      as wait_seconds
        """,
        {
            "conversation_id": conversation_id,
            "most": MAX_MESSAGES,
            "longest": float(LONGEST_WAIT),
            "debounce": float(debounce_seconds),
        },
    )


_CLOSE = Statement.of(
    """
    update turn_queue
       set joinable = false
     where tenant_id = %(tenant_id)s::uuid
       and turn_id = %(turn_id)s::uuid
       and fence = %(fence)s::bigint
    returning messages
    """
)


@dataclass(frozen=True, slots=True)
class Held:
    """How many messages a turn has that has not ended."""

    turn_id: UUID
    messages: int


async def held(router: RouterConnection, turns: Mapping[UUID, UUID]) -> list[Held]:
    """How many messages each of these turns (with their tenants) has; none of one that has ended."""
    return await router.rows(
        Held,
        """
        select q.turn_id, q.messages
          from unnest(%(tenants)s::uuid[], %(turns)s::uuid[]) wanted (tenant_id, turn_id)
          join turn_queue q
            on q.tenant_id = wanted.tenant_id
           and q.turn_id = wanted.turn_id
        """,
        {"tenants": list(turns.values()), "turns": list(turns)},
    )


async def close(conn: TenantConnection, lease: Lease, *, heard: int) -> None:
    """Let nothing join any more: the first words are about to be shown.

    `heard` is how many messages the run has read. Raises: LeaseLost; MessagesJoined, which leaves
    the turn open.
    """
    named = {"turn_id": lease.turn_id, "fence": lease.fence}
    closed = await conn.read(_Counted, _CLOSE, named)
    if not closed:
        raise LeaseLost(f"turn {lease.turn_id} is run by another process")
    if closed[0].messages != heard:
        raise MessagesJoined
