"""Approvals: effects that assistants propose and a person may agree to, each once."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from server.access.auth import Caller, HandoffsDep
from server.access.operators_acting import acting
from server.admitting.intake import CheckedRoute
from server.resources import Resources, ResourcesDep
from server.shapes.approval_schemas import ApprovalShown, Approve, Deny, SettleUnknown
from server.shapes.paging import Page, PagingDep
from server.shapes.schemas import Id
from tenants.database.connection import tenant_transaction
from tenants.errors import InterruptSpent, Invalid, Unavailable
from tenants.outside import action_moves, action_sendings, actions
from tenants.outside.actions import Action, ActionState
from tools.effects import Prepared
from tools.errors import ArgumentRejected, ToolUnavailable

router = APIRouter(prefix="/v1/approvals", tags=["approvals"], route_class=CheckedRoute)


@router.get("", operation_id="list_approvals")
async def list_approvals(
    caller: HandoffsDep,
    held: ResourcesDep,
    paging: PagingDep,
    status: Annotated[ActionState | None, Query()] = None,
    conversation_id: Annotated[Id | None, Query()] = None,
) -> Page[ApprovalShown]:
    """Actions that a person is or was asked about, newest first; of one status, all of it."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        found = await actions.list_page(
            conn,
            limit=paging.limit + 1,
            after=paging.after_id,
            state=status,
            conversation_id=conversation_id,
            asks_nobody=status is not None,
        )
    page = paging.page(found, lambda one: one.action_id, lambda one: one.public())
    return Page[ApprovalShown](**page)


@router.get("/{approval_id}", operation_id="get_approval")
async def get_approval(approval_id: Id, caller: HandoffsDep, held: ResourcesDep) -> ApprovalShown:
    """The exact call, why a person is asked, what it leans on, and what came of it."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        return ApprovalShown(**(await actions.get(conn, approval_id)).public())


@router.post("/{approval_id}/approve", operation_id="approve_action")
async def approve_action(
    approval_id: Id, caller: HandoffsDep, held: ResourcesDep, body: Approve | None = None
) -> ApprovalShown:
    """Have the action done, as it is proposed or with other arguments; once, by whoever is first."""
    return ApprovalShown(**(await approve(held, caller, approval_id, body or Approve())).public())


@router.post("/{approval_id}/deny", operation_id="deny_action")
async def deny_action(
    approval_id: Id, caller: HandoffsDep, held: ResourcesDep, body: Deny | None = None
) -> ApprovalShown:
    """Have nothing done; the contact is told so."""
    return ApprovalShown(**(await deny(held, caller, approval_id, body or Deny())).public())


@router.post("/{approval_id}/settle", operation_id="settle_action")
async def settle_action(
    approval_id: Id, body: SettleUnknown, caller: HandoffsDep, held: ResourcesDep
) -> ApprovalShown:
    """Say what became of an action whose outcome is unknown, or have it sent once more."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        who = await acting(conn, caller, body.operator_id)
        action = await action_sendings.settle_unknown(
            conn, approval_id, body.outcome, actor=who.actor, note=body.note.strip()
        )
    held.hub.committed(caller.tenant_id, action.conversation_id)
    return ApprovalShown(**action.public())


async def approve(held: Resources, caller: Caller, approval_id: UUID, body: Approve) -> Action:
    """The approved action, which goes on at once. Raises: NotFound, InterruptSpent, Invalid."""
    edited = None
    if body.arguments is not None:
        edited = await _edited(held, caller.tenant_id, approval_id, body.arguments)
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        who = await acting(conn, caller, body.operator_id)
        action = await action_moves.decide(
            conn,
            approval_id,
            "approved" if edited is None else "edited",
            actor=who.actor,
            arguments=edited.arguments if edited else None,
            amount=edited.amount if edited else None,
            currency=edited.currency if edited else None,
            what=edited.what if edited else None,
            note=body.note.strip(),
        )
    held.hub.committed(caller.tenant_id, action.conversation_id)
    return action


async def deny(held: Resources, caller: Caller, approval_id: UUID, body: Deny) -> Action:
    """The denied action, of which the contact is told. Raises: NotFound, InterruptSpent."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        who = await acting(conn, caller, body.operator_id)
        action = await action_moves.decide(
            conn, approval_id, "denied", actor=who.actor, note=body.note.strip()
        )
    held.hub.committed(caller.tenant_id, action.conversation_id)
    return action


async def _edited(
    held: Resources, tenant_id: UUID, approval_id: UUID, arguments: dict[str, Any]
) -> Prepared:
    async with tenant_transaction(held.pool, tenant_id) as conn:
        if (await actions.get(conn, approval_id)).state != "waiting_for_approval":
            raise InterruptSpent("this approval was decided before, or is not waiting")
    try:
        return await held.action_desk.edited(tenant_id, approval_id, arguments)
    except ArgumentRejected as error:
        raise Invalid(f"arguments: {error.detail}") from None
    except ToolUnavailable as error:
        raise Unavailable(f"arguments: they cannot be checked now: {error.detail}") from None
