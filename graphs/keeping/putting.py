"""One checkpoint with what lies beside it, put by one statement that only its run's fence lets through.

LangGraph's saver sends a statement for the blobs and one for the row, in a pipeline and with a thread
for the packing; a turn's end waits for it. The rows are the same: a test compares them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from tenants.database.desk_connection import DeskConnection, keys_of
from tenants.database.statements import Statement
from tenants.keys.codec import marked, row_id
from tenants.keys.sealed_state import CHECKPOINTS, seal_words


@dataclass(frozen=True, slots=True)
class Fence:
    """The right under which a run writes; void once another process claimed the turn."""

    turn_id: UUID
    fence: int


@dataclass(frozen=True, slots=True)
class DeliveryFence:
    """The right under which an action goes on; void once another process claimed its delivery."""

    outbox_id: UUID
    fence: int


AnyFence = Fence | DeliveryFence

# A count of 0 makes the division fail, so that nobody has to wait for an answer first; the lock keeps
# the run ours until the commit.
_HELD_TURN: LiteralString = """
    held as (
        select 1
          from turn_queue
         where tenant_id = %(tenant_id)s::uuid
           and turn_id = %(held_id)s::uuid
           and fence = %(fence)s::bigint
           for share),
"""
_HELD_DELIVERY: LiteralString = """
    held as (
        select 1
          from outbox_queue
         where tenant_id = %(tenant_id)s::uuid
           and outbox_id = %(held_id)s::uuid
           and fence = %(fence)s::bigint
           for share),
"""
_PUT: tuple[LiteralString, LiteralString, LiteralString] = (
    """
    blobs as (
        insert into checkpoint_blobs (thread_id, checkpoint_ns, channel, version, type, blob)
        select %(thread_id)s::text, %(checkpoint_ns)s::text, b.channel, b.version, b.type, b.blob
          from unnest(%(channels)s::text[], %(versions)s::text[], %(types)s::text[],
                      %(blobs)s::bytea[]) as b (channel, version, type, blob)
            on conflict (thread_id, checkpoint_ns, channel, version) do nothing)
    insert into checkpoints (thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id,
                             checkpoint, metadata)
    select %(thread_id)s::text, %(checkpoint_ns)s::text, %(checkpoint_id)s::text,
           %(parent_id)s::text, %(checkpoint)s::jsonb, %(metadata)s::jsonb
    """,
    """
     where 1 / (select count(*) from held) = 1
    """,
    """
        on conflict (thread_id, checkpoint_ns, checkpoint_id)
        do update set checkpoint = excluded.checkpoint, metadata = excluded.metadata
    """,
)
_FREE = Statement.of("with " + _PUT[0] + _PUT[2])
_FENCED = {
    Fence: Statement.of("with " + _HELD_TURN + "".join(_PUT)),
    DeliveryFence: Statement.of("with " + _HELD_DELIVERY + "".join(_PUT)),
}

Blob = tuple[str, str, str, bytes | None]  # channel, version, type, what is in it


@dataclass(frozen=True, slots=True)
class Row:
    """A checkpoint as it stands in its table."""

    thread_id: str
    checkpoint_ns: str
    checkpoint_id: str
    parent_id: str | None
    checkpoint: Mapping[str, Any]
    metadata: Mapping[str, Any]


async def put(
    conn: DeskConnection, tenant_id: UUID, fence: AnyFence | None, row: Row, blobs: Sequence[Blob]
) -> None:
    """Write the row and its blobs, sealed. Raises: DivisionByZero where the fence does not hold."""
    values, about, contents = await _sealed(conn, row, blobs)
    given: dict[str, Any] = {
        "tenant_id": tenant_id,
        "thread_id": row.thread_id,
        "checkpoint_ns": row.checkpoint_ns,
        "checkpoint_id": row.checkpoint_id,
        "parent_id": row.parent_id,
        "checkpoint": Jsonb({**row.checkpoint, "channel_values": values}),
        "metadata": Jsonb(about),
        "channels": [blob[0] for blob in blobs],
        "versions": [blob[1] for blob in blobs],
        "types": [blob[2] for blob in blobs],
        "blobs": contents,
    }
    statement = _FREE
    if fence is not None:
        statement = _FENCED[type(fence)]
        held = fence.turn_id if isinstance(fence, Fence) else fence.outbox_id
        given |= {"held_id": held, "fence": fence.fence}
    await conn.ask(statement, given)


async def _sealed(
    conn: DeskConnection, row: Row, blobs: Sequence[Blob]
) -> tuple[Mapping[str, Any], Mapping[str, Any], list[bytes | None]]:
    keys, contents = keys_of(conn), [blob[3] for blob in blobs]
    values, about = row.checkpoint["channel_values"], row.metadata
    if keys is None:
        return values, about, contents
    key = await keys.key_of_thread(conn, row.thread_id)
    thread = (row.thread_id, row.checkpoint_ns)
    for place, (channel, version, _, content) in enumerate(blobs):
        if content is not None:
            bound = row_id(*thread, channel, version)
            contents[place] = keys.seal(marked(content, CHECKPOINTS, bound), key)
    named = (*thread, row.checkpoint_id)
    return (
        seal_words(keys, key, dict(values), *named, "values"),
        seal_words(keys, key, dict(about), *named, "metadata"),
        contents,
    )
