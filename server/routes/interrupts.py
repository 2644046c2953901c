"""Interrupts: what a conversation waits for, in the generic form of handoffs and approvals."""

from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from server.access.auth import Caller, HandoffsDep
from server.admitting.explain import explain
from server.admitting.intake import CheckedRoute
from server.resources import Resources, ResourcesDep
from server.routes.approvals import approve, deny
from server.routes.handoffs import resolve
from server.shapes.approval_schemas import ApprovalShown, Approve, Deny
from server.shapes.schemas import HandoffShown, Id, Resolve, Resume
from tenants.database.connection import tenant_transaction
from tenants.desk import handoffs
from tenants.errors import InterruptSpent, Invalid
from tenants.outside import actions
from tenants.outside.actions import Action
from tenants.transcripts import conversations

router = APIRouter(
    prefix="/v1/conversations/{conversation_id}/interrupts",
    tags=["interrupts"],
    route_class=CheckedRoute,
)
MOST_SHOWN = 100
Typed = TypeVar("Typed", bound=BaseModel)


class _Decided(BaseModel):
    """An approval's answer in the generic form."""

    model_config = ConfigDict(extra="forbid")
    decision: Literal["approve", "deny"]
    arguments: dict[str, Any] | None = None
    note: str = Field(default="", max_length=2_000)


@router.get("", operation_id="list_interrupts")
async def list_interrupts(
    conversation_id: Id, caller: HandoffsDep, held: ResourcesDep
) -> dict[str, Any]:
    """What waits for a person now: the conversation itself, and actions of it; empty when nothing does."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await conversations.get(conn, conversation_id)
        opened = await handoffs.find_open(conn, conversation_id)
        waiting = await actions.list_page(
            conn,
            limit=MOST_SHOWN,
            state="waiting_for_approval",
            conversation_id=conversation_id,
        )
    shown = [_shown(opened)] if opened else []
    return {"data": [*shown, *map(_approval, waiting)], "next_cursor": None}


@router.post("/{interrupt_id}/resume", operation_id="resume_interrupt")
async def resume_interrupt(
    conversation_id: Id,
    interrupt_id: Annotated[str, Path(max_length=200)],
    body: Resume,
    caller: HandoffsDep,
    held: ResourcesDep,
) -> HandoffShown | ApprovalShown:
    """Answer an interrupt once. For a handoff `value` is text, or what `resolve` takes; for an approval
    `approve` or `deny`, or an object with that as `decision` and what these calls take.
    """
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await conversations.get(conn, conversation_id)
        found = await actions.list_page(
            conn, limit=1, conversation_id=conversation_id, interrupt_id=interrupt_id
        )
        handoff = None
        if not found:
            handoff = await handoffs.find_interrupt(conn, conversation_id, interrupt_id)
    if handoff is None:
        return ApprovalShown(**(await _decide(held, caller, found[0], body)).public())
    if handoff.status == "resolved":
        raise InterruptSpent("this interrupt was answered before")
    value = {"reply": body.value} if isinstance(body.value, str) else body.value
    typed = _typed(Resolve, value, "a handoff")
    typed = typed.model_copy(update={"operator_id": typed.operator_id or body.operator_id})
    return HandoffShown(**await resolve(held, caller, handoff.handoff_id, typed))


async def _decide(held: Resources, caller: Caller, action: Action, body: Resume) -> Action:
    value = {"decision": body.value} if isinstance(body.value, str) else body.value
    decided = _typed(_Decided, value, "an approval")
    given = {"note": decided.note, "operator_id": body.operator_id}
    if decided.decision == "deny":
        denied = _typed(Deny, given, "an approval")
        return await deny(held, caller, action.action_id, denied)
    approved = _typed(Approve, given | {"arguments": decided.arguments}, "an approval")
    return await approve(held, caller, action.action_id, approved)


def _typed(shape: type[Typed], value: Any, what: str) -> Typed:
    try:
        return shape.model_validate(value)
    except ValidationError as error:
        found = [e | {"loc": ("body", "value", *e["loc"])} for e in error.errors()]
        raise Invalid(f"value: not an answer to {what}", errors=explain(found)) from None


def _shown(handoff: handoffs.Handoff) -> dict[str, Any]:
    return {
        "interrupt_id": handoff.interrupt_id,
        "kind": "handoff",
        "handoff_id": str(handoff.handoff_id),
        "turn_id": str(handoff.turn_id),
        "reason": handoff.reason,
        "value": handoff.details,
        "created_at": handoff.created_at.isoformat().replace("+00:00", "Z"),
    }


def _approval(action: Action) -> dict[str, Any]:
    shown = action.public()
    return {
        "interrupt_id": action.interrupt_id,
        "kind": "approval",
        "approval_id": str(action.action_id),
        "turn_id": str(action.turn_id),
        "reason": action.why,
        "value": shown,
        "created_at": shown["created_at"],
    }
