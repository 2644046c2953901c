"""What leaves: written in the transaction of its cause, claimed under a lease, recorded once.

A row is one delivery to one target. Its `outbox_id` goes with every try, so whoever receives it can
tell a repeat; its effect key keeps the cause itself from writing it twice. Between the sending and its
record a process may die: then it is sent again under the same id.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from tenants.database.connection import RouterConnection, TenantConnection
from tenants.ids import new_id
from tenants.keys import codec
from tenants.outside import delivery_states

Kind = Literal["webhook", "reply", "action", "mail"]
_PAYLOAD, _TRIES = "outbox.payload", "outbox.tries"
KEPT_TRIES = 20  # of one delivery, the last ones
SENT_KEPT_DAYS = 7
DEAD_KEPT_DAYS = 30
MOST_PRUNED = 1_000  # at once


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """What is to leave. `effect_key` is made from its cause: the same cause writes one row.

    `is_ordered`: it is sent after everything that left its conversation before.
    """

    kind: Kind
    effect_key: str
    event: str
    target_id: UUID
    body: dict[str, Any]
    conversation_id: UUID | None = None
    turn_id: UUID | None = None
    message_id: UUID | None = None
    is_ordered: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery whose time has come, by ids alone."""

    tenant_id: UUID
    outbox_id: UUID
    target_id: UUID


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that this process may send until its lease is over."""

    outbox_id: UUID
    fence: int
    round_attempts: int  # since it was queued, or driven again by hand
    kind: Kind
    event: str
    target_id: UUID
    payload: bytes
    message_id: UUID | None
    tries: bytes | None
    created_at: datetime

    @property
    def body(self) -> dict[str, Any]:
        """Type, timestamp and data, as they were when it was written."""
        return codec.decode(self.payload, _PAYLOAD, self.outbox_id)


@dataclass(frozen=True, slots=True)
class Try:
    """What one sending came to; `status` is None where there was no answer."""

    at: datetime
    milliseconds: int
    status: int | None = None
    reply: str = ""  # how the answer began
    error: str = ""  # why it does not count, in words

    def shown(self) -> dict[str, Any]:
        """As it is kept and shown."""
        return {
            "at": self.at.isoformat().replace("+00:00", "Z"),
            "milliseconds": self.milliseconds,
            "status": self.status,
            "reply": self.reply,
            "error": self.error,
        }


def shown_tries(tries: bytes | None, outbox_id: UUID) -> list[dict[str, Any]]:
    """What a delivery's sendings came to, as they are kept, the oldest first."""
    return codec.decode(tries, _TRIES, outbox_id) if tries is not None else []


async def put(conn: TenantConnection, deliveries: Sequence[NewDelivery]) -> list[UUID]:
    """Queue deliveries; what was queued under its effect key before is left alone."""
    ids = [new_id() for _ in deliveries]
    await conn.execute_many(
        """
        with kept as (
            insert into outbox (tenant_id, outbox_id, effect_key, kind, event, target_id, payload,
                                conversation_id, turn_id, message_id)
            values (%(tenant_id)s, %(outbox_id)s, %(effect_key)s, %(kind)s, %(event)s,
                    %(target_id)s, %(payload)s, %(conversation_id)s, %(turn_id)s, %(message_id)s)
            on conflict (tenant_id, effect_key) do nothing
            returning outbox_id)
        insert into outbox_queue (tenant_id, outbox_id, target_id, conversation_id, ordering_key)
        select %(tenant_id)s, outbox_id, %(target_id)s, %(conversation_id)s, %(ordering_key)s
          from kept
        """,
        [
            {
                "outbox_id": outbox_id,
                "effect_key": one.effect_key,
                "kind": one.kind,
                "event": one.event,
                "target_id": one.target_id,
                "payload": codec.personal(one.body, _PAYLOAD, outbox_id),
                "conversation_id": one.conversation_id,
                "turn_id": one.turn_id,
                "message_id": one.message_id,
                "ordering_key": one.conversation_id if one.is_ordered else None,
            }
            for outbox_id, one in zip(ids, deliveries, strict=True)
        ],
    )
    return ids


async def due(router: RouterConnection, *, limit: int, of_a_target: int) -> list[Due]:
    """Deliveries of all tenants that nobody sends, the tenants in turn, and their targets in turn.

    Of what is ordered only the first of its conversation is there.
    """
    return await router.rows(
        Due,
        """
        with waiting as (
            select q.tenant_id, q.outbox_id, q.target_id, q.available_at, q.seq,
                   row_number() over (partition by q.tenant_id, q.target_id
                                      order by q.available_at, q.seq) as place_of_target
              from outbox_queue q
             where q.available_at <= now()
               and (q.state = 'queued' or q.lease_expires_at < now())
               and (q.ordering_key is null
                    or not exists (select 1
                                     from outbox_queue e
                                    where e.tenant_id = q.tenant_id
                                      and e.ordering_key = q.ordering_key
                                      and e.seq < q.seq))
        ), placed as (
            select tenant_id, outbox_id, target_id, available_at, seq,
                   row_number() over (partition by tenant_id
                                      order by place_of_target, available_at, seq) as place
              from waiting
             where place_of_target <= %(of_a_target)s)
        select tenant_id, outbox_id, target_id
          from placed
         order by place, available_at, seq
         limit %(limit)s
        """,
        {"limit": limit, "of_a_target": of_a_target},
    )


async def claim(conn: TenantConnection, outbox_id: UUID, *, lease_seconds: float) -> Claimed | None:
    """The right to send a delivery, or None where another has it, or it is not its time."""
    return await conn.row(
        Claimed,
        """
        with free as (
            select outbox_id
              from outbox_queue q
             where q.tenant_id = %(tenant_id)s
               and q.outbox_id = %(outbox_id)s
               and q.available_at <= now()
               and (q.state = 'queued' or q.lease_expires_at < now())
               and (q.ordering_key is null
                    or not exists (select 1
                                     from outbox_queue e
                                    where e.tenant_id = %(tenant_id)s
                                      and e.ordering_key = q.ordering_key
                                      and e.seq < q.seq))
               for update skip locked
        ), claimed as (
            update outbox_queue q
               set state = 'sending',
                   attempts = attempts + 1,
                   fence = fence + 1,
                   lease_expires_at = now() + make_interval(secs => %(lease_seconds)s)
              from free
             where q.tenant_id = %(tenant_id)s
               and q.outbox_id = free.outbox_id
            returning q.outbox_id, q.fence, q.attempts)
        select o.outbox_id, c.fence, c.attempts as round_attempts, o.kind, o.event, o.target_id,
               o.payload, o.message_id, o.tries, o.created_at
          from claimed c
          join outbox o using (outbox_id)
         where o.tenant_id = %(tenant_id)s
        """,
        {"outbox_id": outbox_id, "lease_seconds": lease_seconds},
    )


async def release(conn: TenantConnection, claimed: Claimed) -> None:
    """Give a delivery back at once, as one that may have been sent."""
    await conn.execute(
        """
        update outbox_queue
           set state = 'queued', lease_expires_at = null
         where tenant_id = %(tenant_id)s
           and outbox_id = %(outbox_id)s
           and fence = %(fence)s
        """,
        {"outbox_id": claimed.outbox_id, "fence": claimed.fence},
    )


async def record_sent(
    conn: TenantConnection, claimed: Claimed, told: Try, *, external_message_id: str | None = None
) -> bool:
    """Note that a delivery arrived; False where another process has taken it over meanwhile."""
    if not await _leave_queue(conn, claimed):
        return False
    await _finish(conn, claimed, told, "sent")
    if claimed.message_id is not None:
        await delivery_states.sent(conn, claimed.message_id, external_message_id)
    return True


async def record_dead(conn: TenantConnection, claimed: Claimed, told: Try) -> bool:
    """Give a delivery up, to be looked at and driven again; False where another has it."""
    if not await _leave_queue(conn, claimed):
        return False
    await _finish(conn, claimed, told, "dead")
    if claimed.message_id is not None:
        await delivery_states.advance(conn, claimed.message_id, "failed")
    return True


async def record_failed(
    conn: TenantConnection, claimed: Claimed, told: Try, *, again_in_seconds: float
) -> bool:
    """Put a delivery back for another try; False where another process has it."""
    back = await conn.execute(
        """
        update outbox_queue
           set state = 'queued',
               lease_expires_at = null,
               available_at = now() + make_interval(secs => %(seconds)s)
         where tenant_id = %(tenant_id)s
           and outbox_id = %(outbox_id)s
           and fence = %(fence)s
        """,
        {"outbox_id": claimed.outbox_id, "fence": claimed.fence, "seconds": again_in_seconds},
    )
    if back.rowcount == 0:
        return False
    await _finish(conn, claimed, told, "queued")
    return True


async def prune(conn: TenantConnection) -> int:
    """Delete what ended long ago; how many deliveries went."""
    gone = await conn.execute(
        """
        delete from outbox
         where tenant_id = %(tenant_id)s
           and outbox_id in (select outbox_id
                               from outbox
                              where tenant_id = %(tenant_id)s
                                and finished_at < now() - make_interval(days =>
                                    case state when 'dead' then %(dead)s else %(sent)s end)
                              limit %(most)s)
        """,
        {"sent": SENT_KEPT_DAYS, "dead": DEAD_KEPT_DAYS, "most": MOST_PRUNED},
    )
    return gone.rowcount


async def _leave_queue(conn: TenantConnection, claimed: Claimed) -> bool:
    gone = await conn.execute(
        """
        delete from outbox_queue
         where tenant_id = %(tenant_id)s
           and outbox_id = %(outbox_id)s
           and fence = %(fence)s
        """,
        {"outbox_id": claimed.outbox_id, "fence": claimed.fence},
    )
    return gone.rowcount > 0


async def _finish(conn: TenantConnection, claimed: Claimed, told: Try, state: str) -> None:
    before = shown_tries(claimed.tries, claimed.outbox_id)
    await conn.execute(
        """
        update outbox
           set state = %(state)s,
               attempts = attempts + 1,
               tries = %(tries)s,
               finished_at = case when %(state)s = 'queued' then null else now() end
         where tenant_id = %(tenant_id)s
           and outbox_id = %(outbox_id)s
        """,
        {
            "outbox_id": claimed.outbox_id,
            "state": state,
            "tries": codec.personal(
                [*before, told.shown()][-KEPT_TRIES:], _TRIES, claimed.outbox_id
            ),
        },
    )
