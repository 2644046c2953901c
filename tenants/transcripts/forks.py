"""Forks: a new conversation that stands where another one stood after one of its turns.

Its rows are its own: transcript and checkpoint are copied, and nothing of it is ever shown to the
contact, counted, learnt from, or put before an operator who did not ask for it.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.errors import CheckpointPruned, Conflict
from tenants.ids import new_id
from tenants.running.turns import Turn
from tenants.transcripts import conversations
from tenants.transcripts.conversations import Conversation

ORIGIN = "fork"
MAX_MESSAGES = 500  # the newest, up to the turn


@dataclass(frozen=True, slots=True)
class _Found:
    checkpoint_id: str


@dataclass(frozen=True, slots=True)
class _Pruned:
    pruned_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Said:
    message_id: UUID


async def fork(conn: TenantConnection, source: Conversation, turn: Turn) -> Conversation:
    """A conversation that goes on from the end of a turn of `source`. Raises: Conflict,
    CheckpointPruned.
    """
    if turn.ended_at is None:
        raise Conflict("the turn has not ended")
    checkpoint_id = await _checkpoint_after(conn, source.conversation_id, turn.turn_id)
    if checkpoint_id is None:
        await check_not_pruned(conn, source.conversation_id, turn)
        raise Conflict("the turn has left no state to go on from")
    made = await conversations.create(
        conn,
        source.assistant_id,
        source.contact_id,
        channel=source.channel,
        origin=ORIGIN,
        metadata=source.metadata,
        conversation_id=new_id(),
    )
    named = {
        "fork_id": made.conversation_id,
        "source_id": source.conversation_id,
        "turn_id": turn.turn_id,
        "language": source.language,
    }
    await conn.execute(
        """
        update conversations
           set forked_from = %(source_id)s,
               forked_turn_id = %(turn_id)s,
               language = %(language)s
         where tenant_id = %(tenant_id)s
           and conversation_id = %(fork_id)s
        """,
        named,
    )
    await _copy_transcript(conn, made.conversation_id, source.conversation_id, turn)
    await _copy_checkpoint(conn, made.conversation_id, source.conversation_id, checkpoint_id)
    return await conversations.get(conn, made.conversation_id)


@dataclass(frozen=True, slots=True)
class _Source:
    forked_from: UUID | None
    forked_turn_id: UUID | None


async def source_of(conn: TenantConnection, one: Conversation) -> dict[str, Any]:
    """Where a fork was made, by the names that the API shows; empty for what is none."""
    if one.origin != ORIGIN:
        return {}
    found = await conn.row(
        _Source,
        """
        select forked_from, forked_turn_id
          from conversations
         where tenant_id = %(tenant_id)s
           and conversation_id = %(conversation_id)s
        """,
        {"conversation_id": one.conversation_id},
    )
    return asdict(found) if found is not None else {}


async def forks_of(conn: TenantConnection, conversation_id: UUID) -> list[UUID]:
    """The forks of a conversation, without forks of those."""
    cursor = await conn.execute(
        """
        select conversation_id
          from conversations
         where tenant_id = %(tenant_id)s
           and forked_from = %(conversation_id)s
        """,
        {"conversation_id": conversation_id},
    )
    return [row[0] for row in await cursor.fetchall()]


async def check_not_pruned(conn: TenantConnection, conversation_id: UUID, turn: Turn) -> None:
    """Raises: CheckpointPruned where the conversation was pruned after the turn."""
    found = await conn.row(
        _Pruned,
        """
        select pruned_at
          from conversations
         where tenant_id = %(tenant_id)s
           and conversation_id = %(conversation_id)s
        """,
        {"conversation_id": conversation_id},
    )
    pruned_at = found.pruned_at if found is not None else None
    if pruned_at is not None and turn.created_at < pruned_at:
        raise CheckpointPruned("the conversation was silent for so long that it was pruned")


async def _checkpoint_after(
    conn: TenantConnection, conversation_id: UUID, turn_id: UUID
) -> str | None:
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


async def _copy_transcript(
    conn: TenantConnection, fork_id: UUID, source_id: UUID, turn: Turn
) -> None:
    """What was said up to the turn's end, under ids of its own and of no turn."""
    named = {"source_id": source_id, "seq": turn.seq, "created_at": turn.created_at}
    said = await conn.rows(
        _Said,
        """
        select message_id
          from messages
         where tenant_id = %(tenant_id)s
           and conversation_id = %(source_id)s
           and seq <= (select max(seq)
                         from messages m
                        where m.tenant_id = %(tenant_id)s
                          and m.conversation_id = %(source_id)s
                          and (m.created_at <= %(created_at)s
                               or m.turn_id in (select turn_id
                                                  from turns
                                                 where tenant_id = %(tenant_id)s
                                                   and conversation_id = %(source_id)s
                                                   and seq <= %(seq)s)))
         order by seq desc
         limit %(limit)s
        """,
        named | {"limit": MAX_MESSAGES},
    )
    old = [one.message_id for one in reversed(said)]
    await conn.execute(
        """
        insert into messages (tenant_id, message_id, conversation_id, seq, channel, direction,
                              author_kind, author_id, content, lexeme_hashes, delivery_state,
                              action_id, created_at)
        select m.tenant_id, copied.new_id, %(fork_id)s, copied.place, m.channel, m.direction,
               m.author_kind, m.author_id, m.content, m.lexeme_hashes, m.delivery_state,
               m.action_id, m.created_at
          from unnest(%(old)s::uuid[], %(new)s::uuid[])
               with ordinality copied (message_id, new_id, place)
          join messages m
            on m.tenant_id = %(tenant_id)s
           and m.message_id = copied.message_id
        """,
        {"fork_id": fork_id, "old": old, "new": sorted(new_id() for _ in old)},
    )
    await conn.execute(
        """
        update conversations
           set last_message_seq = %(count)s
         where tenant_id = %(tenant_id)s
           and conversation_id = %(fork_id)s
        """,
        {"fork_id": fork_id, "count": len(old)},
    )


async def _copy_checkpoint(
    conn: TenantConnection, fork_id: UUID, source_id: UUID, checkpoint_id: str
) -> None:
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
