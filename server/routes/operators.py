"""Operators: the tenant's people who answer, and whom an API key may act for."""

from dataclasses import asdict

from fastapi import APIRouter

from server.auth import AdminDep, HandoffsDep
from server.intake import CheckedRoute
from server.paging import Page, PagingDep
from server.resources import ResourcesDep
from server.schemas import Id, NewOperator, OperatorShown, Presence
from tenants import operators
from tenants.connection import tenant_transaction

router = APIRouter(prefix="/v1/operators", tags=["operators"], route_class=CheckedRoute)


@router.post("", operation_id="create_operator", status_code=201)
async def create_operator(new: NewOperator, caller: AdminDep, held: ResourcesDep) -> OperatorShown:
    """Add an operator; `rights: ["knowledge"]` lets their answers become entries at once."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        made = await operators.create(conn, new.email, new.name, new.role, rights=new.rights)
    return OperatorShown(**asdict(made))


@router.get("", operation_id="list_operators")
async def list_operators(
    caller: HandoffsDep, held: ResourcesDep, paging: PagingDep
) -> Page[OperatorShown]:
    """The tenant's operators, oldest first."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        found = await operators.list_page(conn, limit=paging.limit + 1, after=paging.after_id)
    return Page[OperatorShown](**paging.page(found, lambda one: one.operator_id, asdict))


@router.put("/{operator_id}/presence", operation_id="set_operator_presence")
async def set_operator_presence(
    operator_id: Id, presence: Presence, caller: HandoffsDep, held: ResourcesDep
) -> OperatorShown:
    """Say for how long an operator is there; nobody there means that contacts are told so."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        minutes = presence.minutes if presence.available else 0
        changed = await operators.set_available(conn, operator_id, minutes=minutes)
    return OperatorShown(**asdict(changed))
