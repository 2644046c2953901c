"""The sending of an action's call: recorded before it goes out and after what came of it.

Between the two a process may die. Then nobody knows whether the call arrived: at a service that knows
our key it goes out again under the same key; at one that does not, nothing goes out by itself again,
and a person is shown that the outcome is unknown.
"""

from typing import Any, Literal
from uuid import UUID

from tenants.actors import Actor
from tenants.database.connection import TenantConnection
from tenants.errors import Conflict, InterruptSpent
from tenants.keys import codec
from tenants.outside import action_moves, actions, outbox
from tenants.outside.actions import NOTE, RESULT, Action
from tenants.transcripts import events
from tenants.transcripts.events import NewEvent

Ended = Literal["done", "failed", "unknown_outcome"]
MOST_REPEATS = 1  # by hand, at a service that knows no keys
_READY = frozenset({"approved", "edited"})


async def begin(conn: TenantConnection, action_id: UUID, *, knows_keys: bool) -> Action:
    """Record that the call goes out now; the action is `sent` where it may.

    What was recorded as sent before, and never as anything else, is sent again only where the
    service knows keys. Raises: NotFound.
    """
    action = await action_moves.locked(conn, action_id)
    ready = action.state in _READY or (action.state == "proposed" and not action.needs_approval)
    if not ready and action.state != "sent":
        return action
    if action.state == "sent" and not knows_keys:
        return await end(conn, action, "unknown_outcome", {})
    await conn.execute(
        """
        update actions
           set state = 'sent',
               sent_at = coalesce(sent_at, now()),
               sendings = sendings + 1,
               changed_at = now()
         where tenant_id = %(tenant_id)s
           and action_id = %(action_id)s
        """,
        {"action_id": action_id},
    )
    return await actions.get(conn, action_id)


async def unsend(conn: TenantConnection, action_id: UUID) -> None:
    """Take back that the call went out: it did not, and may be tried later."""
    await conn.execute(
        """
        update actions
           set state = coalesce(decision, 'proposed'), sendings = sendings - 1, changed_at = now()
         where tenant_id = %(tenant_id)s
           and action_id = %(action_id)s
           and state = 'sent'
           and sendings = 1
           and repeats = 0
        """,
        {"action_id": action_id},
    )


async def end(
    conn: TenantConnection, action: Action, state: Ended, result: dict[str, Any]
) -> Action:
    """Record what the call came to; what has ended otherwise meanwhile stays as it is."""
    await conn.execute(
        """
        update actions
           set state = %(state)s, result = %(result)s, ended_at = now(), changed_at = now()
         where tenant_id = %(tenant_id)s
           and action_id = %(action_id)s
           and state in ('proposed', 'approved', 'edited', 'sent')
        """,
        {
            "action_id": action.action_id,
            "state": state,
            "result": codec.personal(result, RESULT, action.action_id),
        },
    )
    return await actions.get(conn, action.action_id)


async def settle_unknown(
    conn: TenantConnection,
    action_id: UUID,
    outcome: Literal["done", "failed", "repeat"],
    *,
    actor: Actor,
    note: str = "",
) -> Action:
    """What a person found out about an unknown outcome, or that it is to be sent once more.

    Raises: NotFound, InterruptSpent where it is not unknown (any more), Conflict.
    """
    action = await action_moves.locked(conn, action_id)
    if action.state != "unknown_outcome":
        raise InterruptSpent("the outcome of this action is not unknown")
    if outcome == "repeat" and action.repeats >= MOST_REPEATS:
        raise Conflict("this action was repeated once already: look at the service itself")
    await conn.execute(
        """
        update actions
           set state = case %(outcome)s when 'repeat' then 'approved' else %(outcome)s end,
               decision = case %(outcome)s when 'repeat' then 'approved' else decision end,
               repeats = repeats + (%(outcome)s = 'repeat')::int,
               note = coalesce(%(note)s, note),
               actor_kind = %(actor_kind)s,
               actor_id = %(actor_id)s,
               outcome_turn_id = null,
               ended_at = case %(outcome)s when 'repeat' then null else now() end,
               changed_at = now()
         where tenant_id = %(tenant_id)s
           and action_id = %(action_id)s
        """,
        {
            "action_id": action_id,
            "outcome": outcome,
            "note": codec.personal(note, NOTE, action_id) if note else None,
            "actor_kind": actor.kind,
            "actor_id": actor.id,
        },
    )
    told = {"approval_id": str(action_id), "action_id": str(action_id), "decision": outcome}
    await events.append(
        conn, action.conversation_id, [NewEvent("approval_resolved", told, action.turn_id)]
    )
    await outbox.put(conn, [actions.step(action, f"settled:{action.repeats}:{outcome}")])
    return await actions.get(conn, action_id)
