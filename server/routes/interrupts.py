"""Interrupts: what a conversation waits for, in the generic form of handoffs and approvals."""

from typing import Any

from fastapi import APIRouter
from pydantic import ValidationError

from server.auth import HandoffsDep
from server.explain import explain
from server.intake import CheckedRoute
from server.resources import ResourcesDep
from server.routes.handoffs import resolve
from server.schemas import HandoffShown, Id, Resolve, Resume
from tenants import conversations, handoffs
from tenants.connection import tenant_transaction
from tenants.errors import InterruptSpent, Invalid

router = APIRouter(
    prefix="/v1/conversations/{conversation_id}/interrupts",
    tags=["interrupts"],
    route_class=CheckedRoute,
)


@router.get("", operation_id="list_interrupts")
async def list_interrupts(
    conversation_id: Id, caller: HandoffsDep, held: ResourcesDep
) -> dict[str, Any]:
    """What the conversation waits for now; empty when it does not."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await conversations.get(conn, conversation_id)
        opened = await handoffs.find_open(conn, conversation_id)
    return {"data": [_shown(opened)] if opened else [], "next_cursor": None}


@router.post("/{interrupt_id}/resume", operation_id="resume_interrupt")
async def resume_interrupt(
    conversation_id: Id,
    interrupt_id: str,
    body: Resume,
    caller: HandoffsDep,
    held: ResourcesDep,
) -> HandoffShown:
    """Answer an interrupt once; for a handoff `value` is text, or what `resolve` takes."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await conversations.get(conn, conversation_id)
        handoff = await handoffs.find_interrupt(conn, conversation_id, interrupt_id[:200])
    if handoff.status == "resolved":
        raise InterruptSpent("this interrupt was answered before")
    return HandoffShown(**await resolve(held, caller, handoff.handoff_id, _typed(body)))


def _typed(body: Resume) -> Resolve:
    value = {"reply": body.value} if isinstance(body.value, str) else body.value
    try:
        typed = Resolve.model_validate(value)
    except ValidationError as error:
        found = [e | {"loc": ("body", "value", *e["loc"])} for e in error.errors()]
        raise Invalid("value: not an answer to a handoff", errors=explain(found)) from None
    return typed.model_copy(update={"operator_id": typed.operator_id or body.operator_id})


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
