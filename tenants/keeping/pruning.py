"""Idle conversations keep their last checkpoint: the ones before it go, with what they alone hold.

A conversation waits for its operator in its last checkpoint, so an interrupt survives. What has a
turn under way, or is being written into, is left for another time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tenants.database.connection import TenantConnection

SLICE = 50  # conversations in one transaction


@dataclass(frozen=True, slots=True)
class Pruned:
    """What one slice has let go of; fewer than SLICE conversations: none is left for now."""

    conversations: int = 0
    checkpoints: int = 0
    recordings: int = 0

    def __add__(self, other: "Pruned") -> "Pruned":
        return Pruned(
            self.conversations + other.conversations,
            self.checkpoints + other.checkpoints,
            self.recordings + other.recordings,
        )


@dataclass(frozen=True, slots=True)
class _Idle:
    conversation_id: UUID


async def prune_slice(
    conn: TenantConnection, *, default_days: int, limit: int = SLICE, now: datetime | None = None
) -> Pruned:
    """Prune the conversations that have been idle longest, at most `limit` of them.

    `default_days` of silence count where the tenant has not said its own; `now` is the database's
    unless it is given.
    """
    idle = await conn.rows(
        _Idle,
        """
        select c.conversation_id
          from conversations c
          join tenants t on t.tenant_id = c.tenant_id
         where c.tenant_id = %(tenant_id)s
           and (c.pruned_at is null or c.pruned_at < c.last_active_at)
           and c.last_active_at
               < coalesce(%(now)s::timestamptz, now())
                 - make_interval(days => coalesce(t.prune_after_days, %(days)s))
           and not exists (select from turn_queue q
                            where q.tenant_id = %(tenant_id)s
                              and q.conversation_id = c.conversation_id)
         order by c.last_active_at
         limit %(limit)s
           for update of c skip locked
        """,
        {"days": default_days, "limit": limit, "now": now},
    )
    if not idle:
        return Pruned()
    ids = [one.conversation_id for one in idle]
    checkpoints = await _prune_threads(conn, [str(one) for one in ids])
    recordings = await conn.execute(
        """
        delete from turn_recordings
         where tenant_id = %(tenant_id)s
           and turn_id in (select turn_id
                             from turns
                            where tenant_id = %(tenant_id)s
                              and conversation_id = any(%(ids)s))
        """,
        {"ids": ids},
    )
    await conn.execute(
        """
        update conversations
           set pruned_at = now()
         where tenant_id = %(tenant_id)s
           and conversation_id = any(%(ids)s)
        """,
        {"ids": ids},
    )
    return Pruned(len(ids), checkpoints, recordings.rowcount)


async def _prune_threads(conn: TenantConnection, threads: Sequence[str]) -> int:
    """How many checkpoints went; writes and blobs that no other one names go with them."""
    named = {"threads": list(threads)}
    gone = await conn.execute(
        """
        delete from checkpoints c
         using (select distinct on (thread_id, checkpoint_ns)
                       thread_id, checkpoint_ns, checkpoint_id
                  from checkpoints
                 where tenant_id = %(tenant_id)s
                   and thread_id = any(%(threads)s)
                 order by thread_id, checkpoint_ns, checkpoint_id desc) last
         where c.tenant_id = %(tenant_id)s
           and c.thread_id = last.thread_id
           and c.checkpoint_ns = last.checkpoint_ns
           and c.checkpoint_id <> last.checkpoint_id
        """,
        named,
    )
    await conn.execute(
        """
        delete from checkpoint_writes w
         where w.tenant_id = %(tenant_id)s
           and w.thread_id = any(%(threads)s)
           and not exists (select from checkpoints c
                            where c.tenant_id = %(tenant_id)s
                              and c.thread_id = w.thread_id
                              and c.checkpoint_ns = w.checkpoint_ns
                              and c.checkpoint_id = w.checkpoint_id)
        """,
        named,
    )
    await conn.execute(
        """
        delete from checkpoint_blobs b
         where b.tenant_id = %(tenant_id)s
           and b.thread_id = any(%(threads)s)
           and not exists (select from checkpoints c
                            where c.tenant_id = %(tenant_id)s
                              and c.thread_id = b.thread_id
                              and c.checkpoint_ns = b.checkpoint_ns
                              and c.checkpoint -> 'channel_versions' ->> b.channel = b.version)
        """,
        named,
    )
    await conn.execute(
        """
        update checkpoints
           set parent_checkpoint_id = null
         where tenant_id = %(tenant_id)s
           and thread_id = any(%(threads)s)
           and parent_checkpoint_id is not null
        """,
        named,
    )
    return gone.rowcount
