"""Handoffs: a conversation that waits for an operator, from the request to the resolution."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tenants.actors import Actor
from tenants.database.connection import TenantConnection
from tenants.desk import service_targets
from tenants.errors import HandoffClosed, HandoffTaken, NotFound
from tenants.ids import new_id, parse_id
from tenants.keys import codec
from tenants.running import turns
from tenants.transcripts import conversations, events, messages, outcomes, replies

CONTENT, _RESOLUTION = "handoffs.content", "handoffs.resolution"


@dataclass(frozen=True, slots=True)
class Handoff:
    handoff_id: UUID
    conversation_id: UUID
    turn_id: UUID
    interrupt_id: str
    reason: str
    status: str
    content: bytes
    resolution: bytes | None
    actor_kind: str | None
    actor_id: str | None
    created_at: datetime
    claimed_at: datetime | None
    resolved_at: datetime | None
    assignee_id: UUID | None = None
    team_id: UUID | None = None
    replied_at: datetime | None = None
    reply_due_at: datetime | None = None
    reply_overdue_at: datetime | None = None
    resolve_due_at: datetime | None = None
    resolve_overdue_at: datetime | None = None

    @property
    def details(self) -> dict[str, Any]:
        """Open intents, summary, what was tried, passages and drafts."""
        return codec.decode(self.content, CONTENT, self.handoff_id)

    @property
    def decided(self) -> dict[str, Any] | None:
        """What the operator decided, once resolved."""
        if self.resolution is None:
            return None
        return codec.decode(self.resolution, _RESOLUTION, self.handoff_id)

    def public(self) -> dict[str, Any]:
        """The handoff as the operator's calls show it."""
        return {
            "handoff_id": str(self.handoff_id),
            "conversation_id": str(self.conversation_id),
            "turn_id": str(self.turn_id),
            "interrupt_id": self.interrupt_id,
            "reason": self.reason,
            "status": self.status,
            "claimed_by": (
                {"kind": self.actor_kind, "id": self.actor_id} if self.actor_kind else None
            ),
            "created_at": _time(self.created_at),
            "claimed_at": _time(self.claimed_at),
            "resolved_at": _time(self.resolved_at),
            "assignee_id": str(self.assignee_id) if self.assignee_id else None,
            "team_id": str(self.team_id) if self.team_id else None,
            "clock": {
                "replied_at": _time(self.replied_at),
                "reply_due_at": _time(self.reply_due_at),
                "reply_is_overdue": self.reply_overdue_at is not None,
                "resolve_due_at": _time(self.resolve_due_at),
                "resolve_is_overdue": self.resolve_overdue_at is not None,
            },
        } | self.details


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None


async def open_handoff(
    conn: TenantConnection,
    conversation_id: UUID,
    turn_id: UUID,
    *,
    interrupt_id: str,
    reason: str,
    content: dict[str, Any],
    handoff_id: UUID | None = None,
) -> UUID:
    """The id of a new waiting handoff. The conversation row must be locked."""
    handoff_id = handoff_id or new_id()
    await conn.execute(
        """
        insert into handoffs (tenant_id, handoff_id, conversation_id, turn_id, interrupt_id,
                              reason, content)
        values (%(tenant_id)s, %(handoff_id)s, %(conversation_id)s, %(turn_id)s,
                %(interrupt_id)s, %(reason)s, %(content)s)
        """,
        {
            "handoff_id": handoff_id,
            "conversation_id": conversation_id,
            "turn_id": turn_id,
            "interrupt_id": interrupt_id,
            "reason": reason,
            "content": codec.personal(content, CONTENT, handoff_id),
        },
    )
    await service_targets.start_clock(conn, handoff_id)
    return handoff_id


async def get(conn: TenantConnection, handoff_id: UUID) -> Handoff:
    """One handoff. Raises: NotFound."""
    found = await _found(conn, handoff_id=handoff_id)
    if found is None:
        raise NotFound("no such handoff")
    return found


async def find_open(conn: TenantConnection, conversation_id: UUID) -> Handoff | None:
    """The handoff a conversation waits in, if it does."""
    return await _found(conn, conversation_id=conversation_id, is_open=True)


async def find_interrupt(
    conn: TenantConnection, conversation_id: UUID, interrupt_id: str
) -> Handoff:
    """The handoff behind an interrupt of a conversation. Raises: NotFound."""
    found = await _found(conn, conversation_id=conversation_id, interrupt_id=interrupt_id)
    if found is None:
        raise NotFound("no such interrupt in this conversation")
    return found


async def _found(
    conn: TenantConnection,
    *,
    handoff_id: UUID | None = None,
    conversation_id: UUID | None = None,
    interrupt_id: str | None = None,
    is_open: bool = False,
) -> Handoff | None:
    return await conn.row(
        Handoff,
        """
        select handoff_id, conversation_id, turn_id, interrupt_id, reason, status, content,
               resolution, actor_kind, actor_id, created_at, claimed_at, resolved_at,
               assignee_id, team_id, replied_at, reply_due_at, reply_overdue_at, resolve_due_at,
               resolve_overdue_at
          from handoffs
         where tenant_id = %(tenant_id)s
           and (%(handoff_id)s::uuid is null or handoff_id = %(handoff_id)s)
           and (%(conversation_id)s::uuid is null or conversation_id = %(conversation_id)s)
           and (%(interrupt_id)s::text is null or interrupt_id = %(interrupt_id)s)
           and (not %(is_open)s or status <> 'resolved')
        """,
        {
            "handoff_id": handoff_id,
            "conversation_id": conversation_id,
            "interrupt_id": interrupt_id,
            "is_open": is_open,
        },
    )


async def claim(
    conn: TenantConnection, handoff_id: UUID, *, actor: Actor, name: str
) -> tuple[Handoff, int]:
    """Give a waiting handoff to one operator; the handoff and the last event's number.

    The same operator may claim again. Raises: NotFound, HandoffTaken, HandoffClosed.
    """
    handoff = await get(conn, handoff_id)
    conversation = await conversations.lock(conn, handoff.conversation_id)
    handoff = await get(conn, handoff_id)  # as it stands under the lock
    if handoff.status == "resolved":
        raise HandoffClosed("this handoff is resolved already")
    if handoff.status == "active":
        if (handoff.actor_kind, handoff.actor_id) == (actor.kind, actor.id):
            return handoff, conversation.last_event_id
        raise HandoffTaken("another operator has claimed this handoff")
    await conn.execute(
        """
        update handoffs
           set status = 'active', actor_kind = %(kind)s, actor_id = %(id)s, claimed_at = now(),
               assignee_id = coalesce(%(operator_id)s::uuid, assignee_id)
         where tenant_id = %(tenant_id)s
           and handoff_id = %(handoff_id)s
        """,
        {
            "handoff_id": handoff_id,
            "kind": actor.kind,
            "id": actor.id,
            "operator_id": parse_id(actor.id) if actor.kind == "operator" else None,
        },
    )
    joined = {"handoff_id": str(handoff_id), "operator": {"id": actor.id, "name": name}}
    event_id = await events.append(
        conn, handoff.conversation_id, [events.NewEvent("operator_joined", joined)]
    )
    return await get(conn, handoff_id), event_id


async def say(
    conn: TenantConnection,
    handoff_id: UUID,
    blocks: list[dict[str, Any]],
    *,
    actor: Actor,
    name: str,
) -> tuple[messages.Message, int]:
    """Store an operator's message to the contact; claims a handoff nobody has. Raises: as `claim`."""
    handoff, _ = await claim(conn, handoff_id, actor=actor, name=name)
    message = await _write_operator_message(conn, handoff, blocks, actor=actor, name=name)
    event_id = await events.append(
        conn,
        handoff.conversation_id,
        [events.NewEvent("operator_message", message.public() | {"operator_name": name})],
    )
    return message, event_id


@dataclass(frozen=True, slots=True)
class Resolution:
    """What an operator decides at the end of a handoff."""

    reply: list[dict[str, Any]] | None  # blocks
    add_to_knowledge: bool
    entry: dict[str, str] | None  # {"question", "answer"} as the operator edited it
    may_write_knowledge: bool
    return_to_assistant: bool


@dataclass(frozen=True, slots=True)
class Resolved:
    handoff: Handoff
    turn_id: UUID  # of kind `resume`
    event_id: int


async def resolve(
    conn: TenantConnection, handoff_id: UUID, resolution: Resolution, *, actor: Actor, name: str
) -> Resolved:
    """Store the operator's last words and queue the one turn that resumes the conversation.

    Raises: NotFound, HandoffTaken, HandoffClosed.
    """
    handoff, _ = await claim(conn, handoff_id, actor=actor, name=name)
    conversation = await conversations.get(conn, handoff.conversation_id)
    news: list[events.NewEvent] = []
    if resolution.reply is not None:
        message = await _write_operator_message(
            conn, handoff, resolution.reply, actor=actor, name=name
        )
        news.append(events.NewEvent("operator_message", message.public() | {"operator_name": name}))
    decided = {
        "add_to_knowledge": resolution.add_to_knowledge,
        "entry": resolution.entry,
        "may_write_knowledge": resolution.may_write_knowledge,
        "return_to_assistant": resolution.return_to_assistant,
        "actor": {"kind": actor.kind, "id": actor.id, "name": name},
        "replied": resolution.reply is not None,
    }
    await conn.execute(
        """
        update handoffs
           set status = 'resolved', resolved_at = now(), resolution = %(resolution)s
         where tenant_id = %(tenant_id)s
           and handoff_id = %(handoff_id)s
        """,
        {
            "handoff_id": handoff_id,
            "conversation_id": handoff.conversation_id,
            "resolution": codec.personal(decided, _RESOLUTION, handoff_id),
        },
    )
    status = "open" if resolution.return_to_assistant else "resolved"
    await conversations.set_status(conn, handoff.conversation_id, status)
    await outcomes.record(conn, handoff.conversation_id, "resolved_by_operator", actor=actor)
    turn_id = new_id()
    await turns.create(conn, conversation, "resume", turn_id=turn_id, handoff_id=handoff_id)
    closed = {"handoff_id": str(handoff_id), "return_to_assistant": resolution.return_to_assistant}
    started = {"turn_id": str(turn_id), "kind": "resume"}
    news += [
        events.NewEvent("handoff_resolved", closed),
        events.NewEvent("turn_started", started, turn_id),
    ]
    event_id = await events.append(conn, handoff.conversation_id, news)
    return Resolved(await get(conn, handoff_id), turn_id, event_id)


async def _write_operator_message(
    conn: TenantConnection,
    handoff: Handoff,
    blocks: list[dict[str, Any]],
    *,
    actor: Actor,
    name: str,
) -> messages.Message:
    """Store what an operator says, with the name they had then."""
    conversation = await conversations.get(conn, handoff.conversation_id)
    await conn.execute(
        """
        update handoffs
           set replied_at = coalesce(replied_at, now())
         where tenant_id = %(tenant_id)s
           and handoff_id = %(handoff_id)s
        """,
        {"handoff_id": handoff.handoff_id},
    )
    return await replies.say(
        conn,
        conversation,
        messages.NewMessage(
            handoff.conversation_id,
            conversation.channel,
            "out",
            "operator",
            actor.id,
            blocks,
            # a key that names nobody has no name to be shown by
            extra={"operator_name": name} if actor.kind == "operator" else None,
        ),
    )
