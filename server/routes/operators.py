"""Operators: the tenant's people who answer, and whom an API key may act for."""

from dataclasses import asdict

from fastapi import APIRouter

from server.access.auth import AdminDep, HandoffsDep, SelfOrAdminDep
from server.admitting.intake import CheckedRoute
from server.resources import ResourcesDep
from server.shapes.paging import Page, PagingDep
from server.shapes.people_schemas import OperatorChange, OperatorSessionShown
from server.shapes.schemas import Id, NewOperator, OperatorShown, Presence
from tenants.database.connection import tenant_transaction
from tenants.people import operator_sessions, operators

router = APIRouter(prefix="/v1/operators", tags=["operators"], route_class=CheckedRoute)


@router.post("", operation_id="create_operator", status_code=201)
async def create_operator(new: NewOperator, caller: AdminDep, held: ResourcesDep) -> OperatorShown:
    """Add an operator; `rights: ["knowledge"]` lets their answers become entries at once."""
    caller.check_may_make(new.role)
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


@router.get("/{operator_id}", operation_id="get_operator")
async def get_operator(operator_id: Id, caller: HandoffsDep, held: ResourcesDep) -> OperatorShown:
    """One operator."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        return OperatorShown(**asdict(await operators.get(conn, operator_id)))


@router.patch("/{operator_id}", operation_id="change_operator")
async def change_operator(
    operator_id: Id, change: OperatorChange, caller: AdminDep, held: ResourcesDep
) -> OperatorShown:
    """Change an operator's name, role or rights, or disable them; in force everywhere on return."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        before = await operators.get(conn, operator_id)
        caller.check_may_make(before.role, change.role or before.role)
        changed = await operators.change(
            conn,
            operator_id,
            name=change.name,
            role=change.role,
            rights=change.rights,
            is_disabled=change.disabled,
        )
        if change.disabled:
            await operator_sessions.revoke_all(conn, operator_id)
    held.credentials.forget_operator(operator_id)
    if changed.role != before.role or changed.rights != before.rights or change.disabled:
        await held.credentials.settled()
    return OperatorShown(**asdict(changed))


@router.get("/{operator_id}/sessions", operation_id="list_operator_sessions")
async def list_operator_sessions(
    operator_id: Id, caller: SelfOrAdminDep, held: ResourcesDep
) -> Page[OperatorSessionShown]:
    """An operator's open sessions, the newest first: one's own, or anybody's for administrators."""
    caller.check_self_or_admin(operator_id)
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await operators.get(conn, operator_id)
        found = await operator_sessions.list_open(conn, operator_id)
    shown = [
        OperatorSessionShown(**asdict(one), is_this=one.operator_session_id == caller.session_id)
        for one in found
    ]
    return Page[OperatorSessionShown](data=shown)


@router.delete(
    "/{operator_id}/sessions", operation_id="sign_operator_out_everywhere", status_code=204
)
async def sign_operator_out_everywhere(
    operator_id: Id, caller: SelfOrAdminDep, held: ResourcesDep
) -> None:
    """End every session of an operator, this one included; none is taken anywhere on return."""
    caller.check_self_or_admin(operator_id)
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await operators.get(conn, operator_id)
        await operator_sessions.revoke_all(conn, operator_id)
    held.credentials.forget_operator(operator_id)
    await held.credentials.settled()


@router.delete(
    "/{operator_id}/sessions/{operator_session_id}",
    operation_id="revoke_operator_session",
    status_code=204,
)
async def revoke_operator_session(
    operator_id: Id, operator_session_id: Id, caller: SelfOrAdminDep, held: ResourcesDep
) -> None:
    """End one session; it is taken nowhere on return."""
    caller.check_self_or_admin(operator_id)
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await operators.get(conn, operator_id)
        await operator_sessions.revoke(conn, operator_id, operator_session_id)
    held.credentials.forget_operator(operator_id)
    await held.credentials.settled()
