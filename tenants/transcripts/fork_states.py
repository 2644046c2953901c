"""The machine's state that a fork takes over: one checkpoint and what it names."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from tenants.database.connection import TenantConnection
from tenants.database.desk_connection import keys_of
from tenants.keys.codec import check, marked, row_id
from tenants.keys.sealed_state import CHECKPOINTS, open_words, seal_words


@dataclass(frozen=True, slots=True)
class _Found:
    checkpoint_id: str


@dataclass(frozen=True, slots=True)
class _Checkpoint:
    checkpoint_ns: str
    type: str | None
    checkpoint: dict[str, Any]
    metadata: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Blob:
    checkpoint_ns: str
    channel: str
    version: str
    type: str
    blob: bytes | None

    def moved(self, source_id: UUID, fork_id: UUID) -> bytes | None:
        """As it is laid down in another thread's row. Raises: ValueError where it is not its row's."""
        if self.blob is None:
            return None
        place = (self.checkpoint_ns, self.channel, self.version)
        check(self.blob, CHECKPOINTS, str(source_id), *place)
        return marked(self.blob, CHECKPOINTS, row_id(str(fork_id), *place))


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
    """The state alone: what the source waits for, the fork does not. All is sealed for its new rows."""
    found = await conn.row(
        _Checkpoint,
        """
        select checkpoint_ns, type, checkpoint, metadata
          from checkpoints
         where tenant_id = %(tenant_id)s
           and thread_id = %(source)s
           and checkpoint_ns = ''
           and checkpoint_id = %(checkpoint_id)s
        """,
        {"source": str(source_id), "checkpoint_id": checkpoint_id},
    )
    if found is None:
        return
    old = (str(source_id), found.checkpoint_ns, checkpoint_id)
    new = (str(fork_id), found.checkpoint_ns, checkpoint_id)
    values = found.checkpoint.get("channel_values") or {}
    values = await _moved(conn, fork_id, values, (*old, "values"), (*new, "values"))
    about = await _moved(conn, fork_id, found.metadata, (*old, "metadata"), (*new, "metadata"))
    await conn.execute(
        """
        insert into checkpoints (tenant_id, thread_id, checkpoint_ns, checkpoint_id, type,
                                 checkpoint, metadata)
        values (%(tenant_id)s, %(fork)s, %(checkpoint_ns)s, %(checkpoint_id)s, %(type)s,
                %(checkpoint)s, %(metadata)s)
        """,
        {
            "fork": str(fork_id),
            "checkpoint_ns": found.checkpoint_ns,
            "checkpoint_id": checkpoint_id,
            "type": found.type,
            "checkpoint": Jsonb(found.checkpoint | {"channel_values": values}),
            "metadata": Jsonb(about),
        },
    )
    await _copy_blobs(conn, fork_id, source_id, checkpoint_id)


async def _moved(
    conn: TenantConnection,
    fork_id: UUID,
    values: dict[str, Any],
    old: tuple[str, ...],
    new: tuple[str, ...],
) -> dict[str, Any]:
    """Words of one row as they are sealed for another."""
    keys = keys_of(conn.raw)
    if keys is None:
        return values
    key = await keys.key_of_thread(conn.raw, str(fork_id))
    return seal_words(keys, key, await open_words(conn.raw, values, *old), *new)


async def _copy_blobs(
    conn: TenantConnection, fork_id: UUID, source_id: UUID, checkpoint_id: str
) -> None:
    blobs = await conn.rows(
        _Blob,
        """
        select b.checkpoint_ns, b.channel, b.version, b.type, b.blob
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
        {"source": str(source_id), "checkpoint_id": checkpoint_id},
    )
    await conn.execute_many(
        """
        insert into checkpoint_blobs (tenant_id, thread_id, checkpoint_ns, channel, version, type,
                                      blob)
        values (%(tenant_id)s, %(fork)s, %(checkpoint_ns)s, %(channel)s, %(version)s, %(type)s,
                %(blob)s)
        """,
        [
            {
                "fork": str(fork_id),
                "conversation_id": fork_id,
                "checkpoint_ns": one.checkpoint_ns,
                "channel": one.channel,
                "version": one.version,
                "type": one.type,
                "blob": one.moved(source_id, fork_id),
            }
            for one in blobs
        ],
    )
