"""Forks: a new conversation that stands where another one stood after one of its turns.

Its rows are its own: transcript and checkpoint are copied, and nothing of it is ever shown to the
contact, counted, learnt from, or put before an operator who did not ask for it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from tenants.database.connection import TenantConnection
from tenants.errors import CheckpointPruned, Conflict
from tenants.ids import new_id
from tenants.keys import codec
from tenants.running.turns import Turn
from tenants.transcripts import conversations, fork_states
from tenants.transcripts.conversations import Conversation
from tenants.transcripts.fork_origins import ORIGIN
from tenants.transcripts.messages import CONTENT

MAX_MESSAGES = 500  # the newest, up to the turn


@dataclass(frozen=True, slots=True)
class _Pruned:
    pruned_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Said:
    message_id: UUID
    content: bytes


@dataclass(frozen=True, slots=True)
class _Until:
    seq: int | None


async def fork(
    conn: TenantConnection,
    source: Conversation,
    turn: Turn,
    *,
    settings: dict[str, Any] | None = None,
) -> Conversation:
    """A conversation that goes on from the end of a turn of `source`. Raises: Conflict,
    CheckpointPruned.

    `settings` are laid over its assistant's, in the fork alone; None takes over those of `source`.
    """
    if turn.ended_at is None:
        raise Conflict("the turn has not ended")
    checkpoint_id = await fork_states.checkpoint_after(conn, source.conversation_id, turn.turn_id)
    if checkpoint_id is None:
        await check_not_pruned(conn, source.conversation_id, turn)
        raise Conflict("the turn has left no state to go on from")
    until = await _end_of(conn, source.conversation_id, turn)
    return await _made(conn, source, turn, checkpoint_id, until=until, settings=settings)


async def fork_before(
    conn: TenantConnection,
    source: Conversation,
    turn: Turn,
    *,
    settings: dict[str, Any] | None = None,
) -> Conversation:
    """A conversation that stands where `source` stood before a turn. Raises: as `fork`."""
    checkpoint_id = await fork_states.checkpoint_before(conn, source.conversation_id, turn.seq)
    if checkpoint_id is None and turn.seq > 1:
        await check_not_pruned(conn, source.conversation_id, turn)
        raise Conflict("the turns before have left no state to go on from")
    until = await _begin_of(conn, source.conversation_id, turn)
    return await _made(conn, source, turn, checkpoint_id, until=until, settings=settings)


async def fork_within(
    conn: TenantConnection,
    source: Conversation,
    turn: Turn,
    *,
    step: int,
    started_from: str | None,
    settings: dict[str, Any] | None = None,
) -> Conversation:
    """A conversation that stands where `source` stood before a turn, to be run again behind a step.

    `started_from` is the checkpoint that the turn was run from; None at the very beginning.
    """
    until = await _begin_of(conn, source.conversation_id, turn)
    return await _made(conn, source, turn, started_from, until=until, step=step, settings=settings)


async def _made(
    conn: TenantConnection,
    source: Conversation,
    turn: Turn,
    checkpoint_id: str | None,
    *,
    until: int,
    settings: dict[str, Any] | None,
    step: int | None = None,
) -> Conversation:
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
        "step": step,
        "language": source.language,
        "settings": Jsonb(settings) if settings is not None else None,
    }
    await conn.execute(
        """
        update conversations
           set forked_from = %(source_id)s,
               forked_turn_id = %(turn_id)s,
               forked_step = %(step)s,
               forked_settings = coalesce(%(settings)s::jsonb,
                                          (select s.forked_settings
                                             from conversations s
                                            where s.tenant_id = %(tenant_id)s
                                              and s.conversation_id = %(source_id)s)),
               language = %(language)s
         where tenant_id = %(tenant_id)s
           and conversation_id = %(fork_id)s
        """,
        named,
    )
    await _copy_transcript(conn, made.conversation_id, source.conversation_id, until)
    if checkpoint_id is not None:
        await fork_states.copy(conn, made.conversation_id, source.conversation_id, checkpoint_id)
    return await conversations.get(conn, made.conversation_id)


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


async def _end_of(conn: TenantConnection, source_id: UUID, turn: Turn) -> int:
    """The number of the last message that a turn has seen or said."""
    found = await conn.row(
        _Until,
        """
        select max(seq) as seq
          from messages m
         where m.tenant_id = %(tenant_id)s
           and m.conversation_id = %(source_id)s
           and (m.created_at <= %(created_at)s
                or m.turn_id in (select turn_id
                                   from turns
                                  where tenant_id = %(tenant_id)s
                                    and conversation_id = %(source_id)s
                                    and seq <= %(seq)s))
        """,
        {"source_id": source_id, "seq": turn.seq, "created_at": turn.created_at},
    )
    return (found.seq if found is not None else None) or 0


async def _begin_of(conn: TenantConnection, source_id: UUID, turn: Turn) -> int:
    """The number of the last message before a turn's own."""
    found = await conn.row(
        _Until,
        """
        select min(seq) - 1 as seq
          from messages
         where tenant_id = %(tenant_id)s
           and conversation_id = %(source_id)s
           and turn_id = %(turn_id)s
        """,
        {"source_id": source_id, "turn_id": turn.turn_id},
    )
    return (found.seq if found is not None else None) or 0


async def _copy_transcript(
    conn: TenantConnection, fork_id: UUID, source_id: UUID, until: int
) -> None:
    """What was said up to a message's number, under ids of its own and of no turn."""
    said = await conn.rows(
        _Said,
        """
        select message_id, content
          from messages
         where tenant_id = %(tenant_id)s
           and conversation_id = %(source_id)s
           and seq <= %(until)s
         order by seq desc
         limit %(limit)s
        """,
        {"source_id": source_id, "until": until, "limit": MAX_MESSAGES},
    )
    said.reverse()
    new = sorted(new_id() for _ in said)
    contents = [
        codec.personal(codec.decode(one.content, CONTENT, one.message_id), CONTENT, message_id)
        for one, message_id in zip(said, new, strict=True)
    ]
    await conn.execute(
        """
        insert into messages (tenant_id, message_id, conversation_id, seq, channel, direction,
                              author_kind, author_id, content, lexeme_hashes, delivery_state,
                              action_id, created_at)
        select m.tenant_id, copied.new_id, %(fork_id)s, copied.place, m.channel, m.direction,
               m.author_kind, m.author_id, copied.content, m.lexeme_hashes, m.delivery_state,
               m.action_id, m.created_at
          from unnest(%(old)s::uuid[], %(new)s::uuid[], %(contents)s::bytea[])
               with ordinality copied (message_id, new_id, content, place)
          join messages m
            on m.tenant_id = %(tenant_id)s
           and m.message_id = copied.message_id
        """,
        {
            "fork_id": fork_id,
            "conversation_id": fork_id,
            "old": [one.message_id for one in said],
            "new": new,
            "contents": contents,
        },
    )
    await conn.execute(
        """
        update conversations
           set last_message_seq = %(count)s
         where tenant_id = %(tenant_id)s
           and conversation_id = %(fork_id)s
        """,
        {"fork_id": fork_id, "count": len(said)},
    )
