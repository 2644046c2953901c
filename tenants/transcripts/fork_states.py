"""The machine's state that a fork takes over: one checkpoint and what it names."""

from dataclasses import dataclass
from uuid import UUID

from tenants.database.connection import TenantConnection


@dataclass(frozen=True, slots=True)
class _Found:
    checkpoint_id: str


async def checkpoint_after(
    conn: TenantConnection, conversation_id: UUID, turn_id: UUID
) -> str | None:
    """The checkpoint that a turn has left; None where there is none any more."""
    found = await conn.row(
        _Found,
        """
        select checkpoint_id
          from checkpoints
         where tenant_id = %(tenant_id)s
           and thread_id = %(thread_id)s
           and checkpoint_ns = ''
           and coalesce(metadata ->> 'turn_id', checkpoint -> 'channel_values' ->> 'turn_id')
               = %(turn_id)s
         order by checkpoint_id desc
         limit 1
        """,
        {"thread_id": str(conversation_id), "turn_id": str(turn_id)},
    )
    return found.checkpoint_id if found is not None else None


async def checkpoint_before(conn: TenantConnection, conversation_id: UUID, seq: int) -> str | None:
    """The newest checkpoint that is older than the turn of this number; None without one.

    Before a fork's first turn that is the one it took over.
    """
    found = await conn.row(
        _Found,
        """
        select c.checkpoint_id
          from (select checkpoint_id,
                       coalesce(metadata ->> 'turn_id',
                                checkpoint -> 'channel_values' ->> 'turn_id') as turn_id
                  from checkpoints
                 where tenant_id = %(tenant_id)s
                   and thread_id = %(thread_id)s
                   and checkpoint_ns = '') c
         where c.turn_id is not null
           and not exists (select
                             from turns t
                            where t.tenant_id = %(tenant_id)s
                              and t.conversation_id = %(conversation_id)s
                              and t.seq >= %(seq)s
                              and t.turn_id::text = c.turn_id)
         order by c.checkpoint_id desc
         limit 1
        """,
        {"conversation_id": conversation_id, "thread_id": str(conversation_id), "seq": seq},
    )
    return found.checkpoint_id if found is not None else None


async def copy(conn: TenantConnection, fork_id: UUID, source_id: UUID, checkpoint_id: str) -> None:
    """The state alone: what the source waits for, the fork does not."""
    named = {"fork": str(fork_id), "source": str(source_id), "checkpoint_id": checkpoint_id}
    await conn.execute(
        """
        insert into checkpoints (tenant_id, thread_id, checkpoint_ns, checkpoint_id, type,
                                 checkpoint, metadata)
        select tenant_id, %(fork)s, checkpoint_ns, checkpoint_id, type, checkpoint, metadata
          from checkpoints
         where tenant_id = %(tenant_id)s
           and thread_id = %(source)s
           and checkpoint_ns = ''
           and checkpoint_id = %(checkpoint_id)s
        """,
        named,
    )
    await conn.execute(
        """
        insert into checkpoint_blobs (tenant_id, thread_id, checkpoint_ns, channel, version, type,
                                      blob)
        select b.tenant_id, %(fork)s, b.checkpoint_ns, b.channel, b.version, b.type, b.blob
          from checkpoints c
         cross join lateral jsonb_each_text(c.checkpoint -> 'channel_versions') named
          join checkpoint_blobs b
            on b.tenant_id = %(tenant_id)s
           and b.thread_id = c.thread_id
           and b.checkpoint_ns = c.checkpoint_ns
           and b.channel = named.key
           and b.version = named.value
         where c.tenant_id = %(tenant_id)s
           and c.thread_id = %(source)s
           and c.checkpoint_ns = ''
           and c.checkpoint_id = %(checkpoint_id)s
        """,
        named,
    )
