"""Actions: effects that an assistant has proposed, as they are kept and shown.

    proposed ─┬────────────────────────────────► sent ─┬► done
              └► waiting_for_approval ─┬► approved ──┘ ├► failed
                                       ├► edited ────┘ └► unknown_outcome ─► done, failed, sent
                                       ├► denied
                                       └► expired

How one moves on is in `action_moves.py` and `action_sendings.py`. An action has one approval at most,
which bears its id.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.errors import NotFound
from tenants.keys import codec
from tenants.outside import outbox
from tenants.outside.outbox import NewDelivery

ARGUMENTS, CONTENT = "actions.arguments", "actions.content"
NOTE, RESULT = "actions.note", "actions.result"
ActionState = Literal[
    "proposed",
    "waiting_for_approval",
    "approved",
    "edited",
    "denied",
    "expired",
    "sent",
    "done",
    "failed",
    "unknown_outcome",
]
Decision = Literal["approved", "edited", "denied", "expired"]
OPEN_STATES = frozenset({"waiting_for_approval", "unknown_outcome"})  # a person's turn


@dataclass(frozen=True, slots=True)
class NewAction:
    """What is proposed: the exact call, whether a person must agree and why, what they need to know.

    `content` holds `title`, `what` (in the contact's words), `asked`, `passages`, `language`.
    """

    action_id: UUID
    call_id: str
    tool: str
    arguments: dict[str, Any]
    content: dict[str, Any]
    needs_approval: bool
    why: str = ""
    amount: Decimal | None = None
    currency: str | None = None
    approval_hours: int = 72


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose action it is: the conversation with its contact, and the assistant at its revision."""

    conversation_id: UUID
    contact_id: UUID
    assistant_id: UUID
    assistant_revision: int


@dataclass(frozen=True, slots=True)
class Action:
    action_id: UUID
    conversation_id: UUID
    turn_id: UUID
    call_id: str
    contact_id: UUID
    assistant_id: UUID
    assistant_revision: int
    tool: str
    arguments: bytes
    content: bytes
    amount: Decimal | None
    currency: str | None
    needs_approval: bool
    why: str
    approval_hours: int
    state: ActionState
    interrupt_id: str | None
    decision: Decision | None
    note: bytes | None
    actor_kind: str | None
    actor_id: str | None
    sendings: int
    repeats: int
    result: bytes | None
    outcome_turn_id: UUID | None
    created_at: datetime
    asked_at: datetime | None
    expires_at: datetime | None
    decided_at: datetime | None
    sent_at: datetime | None
    ended_at: datetime | None
    changed_at: datetime

    @property
    def call(self) -> dict[str, Any]:
        """The arguments with which the tool is called."""
        return codec.decode(self.arguments, ARGUMENTS, self.action_id)

    @property
    def details(self) -> dict[str, Any]:
        """What an operator needs to know of it."""
        return codec.decode(self.content, CONTENT, self.action_id)

    @property
    def said(self) -> str:
        """What the person who decided wrote to it."""
        if self.note is None:
            return ""
        return str(codec.decode(self.note, NOTE, self.action_id))

    @property
    def came_to(self) -> dict[str, Any]:
        """What the tool gave, or why it did not."""
        if self.result is None:
            return {}
        return codec.decode(self.result, RESULT, self.action_id)

    def public(self) -> dict[str, Any]:
        """The approval as operators' calls show it."""
        details = self.details
        return {
            "approval_id": str(self.action_id),
            "action_id": str(self.action_id),
            "conversation_id": str(self.conversation_id),
            "turn_id": str(self.turn_id),
            "interrupt_id": self.interrupt_id,
            "status": self.state,
            "tool": self.tool,
            "title": details.get("title", self.tool),
            "what": details.get("what", ""),
            "arguments": self.call,
            "amount": f"{self.amount:.2f}" if self.amount is not None else None,
            "currency": self.currency,
            "needs_approval": self.needs_approval,
            "reason": self.why or None,
            "asked": details.get("asked", ""),
            "language": details.get("language"),
            "passages": details.get("passages", []),
            "decision": self.decision,
            "note": self.said or None,
            "decided_by": (
                {"kind": self.actor_kind, "id": self.actor_id} if self.actor_kind else None
            ),
            "sendings": self.sendings,
            "repeats": self.repeats,
            "result": self.came_to or None,
            "outcome_turn_id": str(self.outcome_turn_id) if self.outcome_turn_id else None,
            "created_at": _time(self.created_at),
            "asked_at": _time(self.asked_at),
            "expires_at": _time(self.expires_at),
            "decided_at": _time(self.decided_at),
            "sent_at": _time(self.sent_at),
            "ended_at": _time(self.ended_at),
        }


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None


def effect_key(turn_id: UUID, call_id: str) -> str:
    """The key under which an effect reaches a service: of its turn and its call."""
    return f"{turn_id}:{call_id}"


def step(action: "Action | _Stepping", name: str) -> NewDelivery:
    """What has the action's graph go on, once for each step's name."""
    return NewDelivery(
        kind="action",
        effect_key=f"action:{action.action_id}:{name}",
        event=name.partition(":")[0],
        target_id=action.assistant_id,
        body={
            "action_id": str(action.action_id),
            "conversation_id": str(action.conversation_id),
        },
        conversation_id=action.conversation_id,
        turn_id=action.turn_id,
    )


@dataclass(frozen=True, slots=True)
class _Stepping:
    action_id: UUID
    assistant_id: UUID
    conversation_id: UUID
    turn_id: UUID


async def propose(
    conn: TenantConnection, owner: Owner, turn_id: UUID, proposed: Sequence[NewAction]
) -> None:
    """Keep what a turn has proposed, and have it begun; what was kept under its key stays as it is."""
    for new in proposed:
        kept = await conn.execute(
            """
            insert into actions (tenant_id, action_id, conversation_id, turn_id, call_id, contact_id,
                                 assistant_id, assistant_revision, effect_key, tool, arguments,
                                 content, amount, currency, needs_approval, why, approval_hours)
            values (%(tenant_id)s, %(action_id)s, %(conversation_id)s, %(turn_id)s, %(call_id)s,
                    %(contact_id)s, %(assistant_id)s, %(assistant_revision)s, %(effect_key)s,
                    %(tool)s, %(arguments)s, %(content)s, %(amount)s, %(currency)s,
                    %(needs_approval)s, %(why)s, %(approval_hours)s)
            on conflict (tenant_id, effect_key) do nothing
            """,
            {
                "action_id": new.action_id,
                "conversation_id": owner.conversation_id,
                "turn_id": turn_id,
                "call_id": new.call_id,
                "contact_id": owner.contact_id,
                "assistant_id": owner.assistant_id,
                "assistant_revision": owner.assistant_revision,
                "effect_key": effect_key(turn_id, new.call_id),
                "tool": new.tool,
                "arguments": codec.personal(new.arguments, ARGUMENTS, new.action_id),
                "content": codec.personal(new.content, CONTENT, new.action_id),
                "amount": new.amount,
                "currency": new.currency,
                "needs_approval": new.needs_approval,
                "why": new.why,
                "approval_hours": new.approval_hours,
            },
        )
        if kept.rowcount:
            named = _Stepping(new.action_id, owner.assistant_id, owner.conversation_id, turn_id)
            await outbox.put(conn, [step(named, "start")])


async def get(conn: TenantConnection, action_id: UUID) -> Action:
    """One action. Raises: NotFound."""
    found = await conn.row(
        Action,
        """
        select action_id, conversation_id, turn_id, call_id, contact_id, assistant_id,
               assistant_revision, tool, arguments, content, amount, currency, needs_approval, why,
               approval_hours, state, interrupt_id, decision, note, actor_kind, actor_id, sendings,
               repeats, result, outcome_turn_id, created_at, asked_at, expires_at, decided_at,
               sent_at, ended_at, changed_at
          from actions
         where tenant_id = %(tenant_id)s
           and action_id = %(action_id)s
        """,
        {"action_id": action_id},
    )
    if found is None:
        raise NotFound("no such approval")
    return found


async def list_page(
    conn: TenantConnection,
    *,
    limit: int,
    after: UUID | None = None,
    state: str | None = None,
    conversation_id: UUID | None = None,
    interrupt_id: str | None = None,
    outcome_turn_id: UUID | None = None,
    asks_nobody: bool = False,
) -> list[Action]:
    """Actions, newest first; those that asked nobody only where they are wanted."""
    return await conn.rows(
        Action,
        """
        select action_id, conversation_id, turn_id, call_id, contact_id, assistant_id,
               assistant_revision, tool, arguments, content, amount, currency, needs_approval, why,
               approval_hours, state, interrupt_id, decision, note, actor_kind, actor_id, sendings,
               repeats, result, outcome_turn_id, created_at, asked_at, expires_at, decided_at,
               sent_at, ended_at, changed_at
          from actions
         where tenant_id = %(tenant_id)s
           and (%(after)s::uuid is null or action_id < %(after)s)
           and (%(state)s::text is null or state = %(state)s)
           and (%(conversation_id)s::uuid is null or conversation_id = %(conversation_id)s)
           and (%(interrupt_id)s::text is null or interrupt_id = %(interrupt_id)s)
           and (%(outcome_turn_id)s::uuid is null or outcome_turn_id = %(outcome_turn_id)s)
           and (%(asks_nobody)s or needs_approval or state = 'unknown_outcome' or repeats > 0)
         order by action_id desc
         limit %(limit)s
        """,
        {
            "after": after,
            "state": state,
            "conversation_id": conversation_id,
            "interrupt_id": interrupt_id,
            "outcome_turn_id": outcome_turn_id,
            "asks_nobody": asks_nobody,
            "limit": limit,
        },
    )
