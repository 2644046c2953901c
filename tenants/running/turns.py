"""Turns: accepted once, run under a lease one at a time per conversation, ended in one transaction.

Accepting and reading stand here; who may run a turn is `leases.py`, its end `turn_ends.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from tenants.actors import Actor
from tenants.database.connection import TenantConnection
from tenants.errors import IdempotencyReused, NotFound
from tenants.ids import new_id
from tenants.keys import codec
from tenants.running.leases import Lease
from tenants.running.turn_openings import Claim, Opened, open_turn
from tenants.transcripts import bursts, conversations, events, messages, outcomes
from tenants.transcripts.blocks import text_of
from tenants.transcripts.events import Event
from tenants.transcripts.messages import Said

RESULT = "turns.result"


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of a contact's message; `turn_id` is the turn that answers it."""

    turn_id: UUID
    message_id: UUID
    conversation_id: UUID
    duplicate: bool
    waiting: bool  # an operator has the conversation: nothing runs
    event_id: int  # the number of its last event
    opened: bool = False  # it has a turn of its own, whose first event is the one before the last
    messages: int = 0  # how many its turn has now; 0 where it added none
    wait_seconds: float = 0  # before the turn may start, for more of them
    events: Sequence[Event] = ()  # of a turn of its own: the two that it wrote
    lease: Lease | None = None  # to run that turn at once, where it was wanted
    said: Sequence[Said] = ()  # of a turn of its own: the message
    leaves: bool = True  # something was put into the outbox, as far as is known


@dataclass(frozen=True, slots=True)
class _OpenTurn:
    turn_id: UUID


async def accept(
    conn: TenantConnection,
    conversation_id: UUID,
    *,
    blocks: list[dict[str, Any]],
    author: Actor,
    client_message_id: str | None = None,
    channel_id: UUID | None = None,
    external_message_id: str | None = None,
    in_reply_to: UUID | None = None,
    action_id: str | None = None,
    same_words: bool = False,
    debounce_seconds: float = 0,
    held: conversations.Locked | None = None,
    claim: Claim | None = None,
) -> Accepted:
    """Store a contact's message with the turn that will answer it; durable once committed.

    The same `client_message_id` again changes nothing and names the first turn; with `same_words`
    it must say the same. A message that finds a turn of which nothing was shown joins it; one that
    comes while an operator has the conversation belongs to no turn. `debounce_seconds` is how long
    a turn of its own waits for more. `held` is the conversation where it is locked already; with
    `claim` a turn of its own that may start at once comes with its lease.
    Raises: NotFound, also for an `in_reply_to` of another conversation; IdempotencyReused.
    """
    conversation = held or await conversations.lock(conn, conversation_id)
    if client_message_id is not None or external_message_id is not None:
        first = await _first(
            conn, conversation_id, client_message_id, channel_id, external_message_id
        )
        if first is not None:
            if same_words and first.blocks != blocks:
                raise IdempotencyReused("this Idempotency-Key was used with another request body")
            return Accepted(
                first.turn_id or await _handoff_turn(conn, conversation_id),
                first.message_id,
                conversation_id,
                duplicate=True,
                waiting=first.turn_id is None,
                event_id=conversation.last_event_id,
            )
    if in_reply_to is not None:
        await messages.get(conn, conversation_id, in_reply_to)
    new = messages.NewMessage(
        conversation_id,
        conversation.channel,
        "in",
        "contact",
        author.id,
        blocks,
        client_message_id=client_message_id,
        channel_id=channel_id,
        external_message_id=external_message_id,
        in_reply_to=in_reply_to,
        action_id=action_id,
    )
    if conversation.status == "waiting_for_operator":
        return await _heard(conn, new)
    if conversation.status == "resolved":
        await conversations.set_status(conn, conversation_id, "open")
        await outcomes.record(conn, conversation_id, "reopened", actor=author)
    while True:
        opened = await open_turn(
            conn,
            conversation,
            new,
            message_id=new_id(),
            turn_id=new_id(),
            said_at=conversation.now,
            block_kinds=sorted({block["type"] for block in blocks}),
            debounce_seconds=debounce_seconds,
            claim=claim,
        )
        if opened is not None:
            return _opened(conversation_id, opened, blocks, debounce_seconds)
        joined = await bursts.join(conn, conversation_id, debounce_seconds=debounce_seconds)
        if joined is not None:  # else it was closed meanwhile, and none is opened without our lock
            return await _joined(conn, new, joined)


def _opened(
    conversation_id: UUID, opened: Opened, blocks: Sequence[dict[str, Any]], wait_seconds: float
) -> Accepted:
    last = opened.events[-1]
    message = opened.message
    said = Said(message.message_id, text_of(blocks), message.action_id or "")
    assert last.turn_id is not None
    return Accepted(
        last.turn_id, message.message_id, conversation_id, duplicate=False, waiting=False,
        event_id=last.event_id, opened=True, messages=1, wait_seconds=wait_seconds,
        events=opened.events, lease=opened.lease, said=(said,), leaves=opened.leaves,
    )  # fmt: skip


async def _heard(conn: TenantConnection, new: messages.NewMessage) -> Accepted:
    """What is said to an operator belongs to no turn."""
    turn_id = await _handoff_turn(conn, new.conversation_id)
    message, event_id = await _logged(conn, new)
    return Accepted(
        turn_id, message.message_id, new.conversation_id, duplicate=False, waiting=True,
        event_id=event_id,
    )  # fmt: skip


async def _joined(
    conn: TenantConnection, new: messages.NewMessage, joined: bursts.Joined
) -> Accepted:
    message, event_id = await _logged(conn, replace(new, turn_id=joined.turn_id))
    return Accepted(
        joined.turn_id, message.message_id, new.conversation_id, duplicate=False, waiting=False,
        event_id=event_id, messages=joined.messages, wait_seconds=joined.wait_seconds,
    )  # fmt: skip


async def _logged(conn: TenantConnection, new: messages.NewMessage) -> tuple[messages.Message, int]:
    message = await messages.insert(conn, new)
    told = events.NewEvent("contact_message", message.public(), message.turn_id)
    return message, await events.append(conn, new.conversation_id, [told])


async def _first(
    conn: TenantConnection,
    conversation_id: UUID,
    client_message_id: str | None,
    channel_id: UUID | None,
    external_message_id: str | None,
) -> messages.Message | None:
    """The message that came under one of these ids before."""
    if channel_id is not None and external_message_id is not None:
        return await messages.find_external(conn, channel_id, external_message_id)
    if client_message_id is not None:
        return await messages.find_client(conn, conversation_id, client_message_id)
    return None


async def create(
    conn: TenantConnection,
    conversation: conversations.Conversation,
    kind: str,
    *,
    turn_id: UUID,
    block_kinds: Sequence[str] = (),
    handoff_id: UUID | None = None,
    debounce_seconds: float = 0,
) -> None:
    """Queue a turn at the end of its conversation. The conversation row must be locked."""
    cursor = await conn.execute(
        """
        update conversations
           set last_turn_seq = last_turn_seq + 1
         where tenant_id = %(tenant_id)s
           and conversation_id = %(conversation_id)s
        returning last_turn_seq
        """,
        {"conversation_id": conversation.conversation_id},
    )
    found = await cursor.fetchone()
    assert found is not None
    named = {
        "turn_id": turn_id,
        "conversation_id": conversation.conversation_id,
        "seq": found[0],
        "kind": kind,
        "assistant_id": conversation.assistant_id,
        "channel": conversation.channel,
        "block_kinds": list(block_kinds),
        "handoff_id": handoff_id,
        "debounce": float(debounce_seconds) if debounce_seconds > 0 else None,
    }
    async with conn.pipeline():
        await conn.execute(
            """
            insert into turns (tenant_id, turn_id, conversation_id, seq, kind, assistant_id, channel,
                               block_kinds, handoff_id)
            values (%(tenant_id)s, %(turn_id)s, %(conversation_id)s, %(seq)s, %(kind)s,
                    %(assistant_id)s, %(channel)s, %(block_kinds)s, %(handoff_id)s)
            """,
            named,
        )
        await conn.execute(
            """
            insert into turn_queue (tenant_id, turn_id, conversation_id, seq, not_before)
            values (%(tenant_id)s, %(turn_id)s, %(conversation_id)s, %(seq)s,
                    now() + make_interval(secs => %(debounce)s))
            """,
            named,
        )


@dataclass(frozen=True, slots=True)
class Turn:
    turn_id: UUID
    conversation_id: UUID
    seq: int
    kind: str
    status: str
    assistant_id: UUID
    assistant_revision: int | None
    knowledge_versions: dict[str, int] | None
    graph_version: str | None
    handoff_id: UUID | None
    attempts: int
    result: bytes | None
    trace_run_id: UUID | None
    created_at: datetime
    ended_at: datetime | None

    @property
    def answer(self) -> dict[str, Any] | None:
        """The completed turn as the API shows it, once it has ended."""
        return codec.decode(self.result, RESULT, self.turn_id) if self.result is not None else None


async def get(conn: TenantConnection, turn_id: UUID) -> Turn:
    """One turn. Raises: NotFound."""
    turn = await conn.row(
        Turn,
        """
        select turn_id, conversation_id, seq, kind, status, assistant_id, assistant_revision,
               knowledge_versions, graph_version, handoff_id, attempts, result, trace_run_id,
               created_at, ended_at
          from turns
         where tenant_id = %(tenant_id)s
           and turn_id = %(turn_id)s
        """,
        {"turn_id": turn_id},
    )
    if turn is None:
        raise NotFound("no such turn")
    return turn


async def _handoff_turn(conn: TenantConnection, conversation_id: UUID) -> UUID:
    found = await conn.row(
        _OpenTurn,
        """
        select turn_id
          from handoffs
         where tenant_id = %(tenant_id)s
           and conversation_id = %(conversation_id)s
         order by handoff_id desc
         limit 1
        """,
        {"conversation_id": conversation_id},
    )
    if found is None:
        raise NotFound("the conversation has no handoff")
    return found.turn_id
