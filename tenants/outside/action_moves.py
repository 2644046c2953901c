"""How an action moves on: asked of a person, decided once, expired, told to the contact.

Whoever moves an action locks its conversation first, as a turn's end does, then looks again.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tenants.actors import SYSTEM, Actor
from tenants.database.connection import RouterConnection, TenantConnection
from tenants.errors import InterruptSpent, NotFound
from tenants.ids import new_id
from tenants.keys import codec
from tenants.outside import actions, outbox
from tenants.outside.actions import ARGUMENTS, CONTENT, NOTE, Action, Decision
from tenants.running import turns
from tenants.transcripts import conversations, events
from tenants.transcripts.events import NewEvent

MOST_EXPIRED_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Overdue:
    """An approval that nobody gave in time, by ids alone."""

    tenant_id: UUID
    action_id: UUID


@dataclass(frozen=True, slots=True)
class _Ids:
    conversation_id: UUID


async def locked(conn: TenantConnection, action_id: UUID) -> Action:
    """The action as it stands, its conversation locked. Raises: NotFound."""
    found = await conn.row(
        _Ids,
        """
        select conversation_id
          from actions
         where tenant_id = %(tenant_id)s
           and action_id = %(action_id)s
        """,
        {"action_id": action_id},
    )
    if found is None:
        raise NotFound("no such approval")
    await conversations.lock(conn, found.conversation_id)
    return await actions.get(conn, action_id)


async def ask(conn: TenantConnection, action_id: UUID, interrupt_id: str) -> Action:
    """Say that the action's graph waits for a person under this interrupt; a repeat changes nothing."""
    action = await locked(conn, action_id)
    if action.state != "proposed":
        return action
    await conn.execute(
        """
        update actions
           set state = 'waiting_for_approval',
               interrupt_id = %(interrupt_id)s,
               asked_at = now(),
               expires_at = now() + make_interval(hours => approval_hours),
               changed_at = now()
         where tenant_id = %(tenant_id)s
           and action_id = %(action_id)s
        """,
        {"action_id": action_id, "interrupt_id": interrupt_id},
    )
    asked = await actions.get(conn, action_id)
    told = _told(asked) | {"expires_at": _time(asked.expires_at)}
    await events.append(
        conn, asked.conversation_id, [NewEvent("approval_requested", told, asked.turn_id)]
    )
    return asked


async def decide(
    conn: TenantConnection,
    action_id: UUID,
    decision: Decision,
    *,
    actor: Actor,
    arguments: dict[str, Any] | None = None,
    amount: Any = None,
    currency: str | None = None,
    what: str | None = None,
    note: str = "",
) -> Action:
    """Keep what was decided and have the action's graph go on; the first decision counts.

    `arguments` are an edited call's, with what it is about now. Raises: NotFound, InterruptSpent.
    """
    action = await locked(conn, action_id)
    if action.state != "waiting_for_approval":
        raise InterruptSpent("this approval was decided before, or is not waiting")
    content = action.details | ({"what": what} if what else {})
    await conn.execute(
        """
        update actions
           set state = %(decision)s,
               decision = %(decision)s,
               arguments = coalesce(%(arguments)s, arguments),
               content = %(content)s,
               amount = case when %(is_edited)s then %(amount)s else amount end,
               currency = case when %(is_edited)s then %(currency)s else currency end,
               note = %(note)s,
               actor_kind = %(actor_kind)s,
               actor_id = %(actor_id)s,
               decided_at = now(),
               changed_at = now()
         where tenant_id = %(tenant_id)s
           and action_id = %(action_id)s
        """,
        {
            "action_id": action_id,
            "decision": decision,
            "arguments": (
                codec.personal(arguments, ARGUMENTS, action_id) if arguments is not None else None
            ),
            "content": codec.personal(content, CONTENT, action_id),
            "is_edited": arguments is not None,
            "amount": amount,
            "currency": currency,
            "note": codec.personal(note, NOTE, action_id) if note else None,
            "actor_kind": actor.kind,
            "actor_id": actor.id,
        },
    )
    told = {"approval_id": str(action_id), "action_id": str(action_id), "decision": decision}
    await events.append(
        conn, action.conversation_id, [NewEvent("approval_resolved", told, action.turn_id)]
    )
    await outbox.put(conn, [actions.step(action, "decided")])
    return await actions.get(conn, action_id)


async def overdue(router: RouterConnection) -> list[Overdue]:
    """Approvals of all tenants whose time is over."""
    return await router.rows(
        Overdue,
        """
        select tenant_id, action_id
          from actions
         where state = 'waiting_for_approval'
           and expires_at < now()
         order by expires_at
         limit %(limit)s
        """,
        {"limit": MOST_EXPIRED_AT_ONCE},
    )


async def expire(conn: TenantConnection, action_id: UUID) -> Action | None:
    """Deny what nobody agreed to in time; None where somebody was just in time after all."""
    try:
        return await decide(conn, action_id, "expired", actor=SYSTEM)
    except (InterruptSpent, NotFound):
        return None


async def tell(conn: TenantConnection, action_id: UUID) -> UUID:
    """The turn that tells the contact what the action came to, queued once. Raises: NotFound."""
    action = await locked(conn, action_id)
    if action.outcome_turn_id is not None:
        return action.outcome_turn_id
    conversation = await conversations.get(conn, action.conversation_id)
    turn_id = new_id()
    await turns.create(conn, conversation, "action_outcome", turn_id=turn_id)
    await conn.execute(
        """
        update actions
           set outcome_turn_id = %(turn_id)s
         where tenant_id = %(tenant_id)s
           and action_id = %(action_id)s
        """,
        {"action_id": action_id, "turn_id": turn_id},
    )
    started = {"turn_id": str(turn_id), "kind": "action_outcome", "action_id": str(action_id)}
    await events.append(conn, action.conversation_id, [NewEvent("turn_started", started, turn_id)])
    return turn_id


def _told(action: Action) -> dict[str, Any]:
    """What an event says of an action: contacts see it too, so no arguments and no reasons."""
    return {
        "approval_id": str(action.action_id),
        "action_id": str(action.action_id),
        "tool": action.tool,
        "what": action.details.get("what", ""),
    }


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
