"""The console's session: opened by a link or a password, kept in a cookie no script reads."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from server.access import sign_in_links
from server.access.auth import SESSION_COOKIE, AdminDep, SignedInDep, check_same_page
from server.access.passwords import check_password
from server.access.sign_in import address_of, by_password, keep, open_session, second_factor
from server.admitting.intake import CheckedRoute
from server.admitting.limits import count_address
from server.resources import Resources, ResourcesDep
from server.shapes.people_schemas import PasswordChange, SignIn
from server.shapes.schemas import Id
from tenants import tenants
from tenants.database.connection import TenantConnection, tenant_transaction
from tenants.errors import Denied, Unauthenticated
from tenants.people import (
    operator_passwords,
    operator_sessions,
    operator_sign_ins,
    operators,
    second_factors,
)

router = APIRouter(prefix="/v1", tags=["session"], route_class=CheckedRoute)
FRESH = timedelta(minutes=15)  # so long a link's session may set a password without the old one


async def our_page(request: Request) -> None:
    """Raises: OriginDenied where another page sends the browser here."""
    check_same_page(request)


@router.post(
    "/session",
    operation_id="sign_in",
    status_code=201,
    dependencies=[Depends(our_page)],
    openapi_extra={"x-secret": True},
)
async def sign_in(
    given: SignIn, request: Request, response: Response, held: ResourcesDep
) -> dict[str, Any]:
    """Sign in by a link that is spent with it, or a password; the answer sets the session's cookie."""
    if given.link_token is not None:
        await held.session_limiter.take(address_of(request))
        return await _by_link(given.link_token, given.code, request, response, held)
    await count_address(held.address_limiter, address_of(request))
    assert given.tenant and given.email and given.password
    tenant_id, operator_id = await by_password(
        held, request, slug=given.tenant, email=given.email, password=given.password
    )
    await second_factor(held, request, tenant_id, operator_id, given.code)
    async with tenant_transaction(held.pool, tenant_id) as conn:
        shown = await shown_of(conn, operator_id)
        made = await open_session(conn, request, held, operator_id, method="password")
    keep(made, request, response)
    return shown


async def _by_link(
    token: str, code: str | None, request: Request, response: Response, held: Resources
) -> dict[str, Any]:
    link = sign_in_links.read_link(held.credentials.master_key, token)
    await second_factor(held, request, link.tenant_id, link.operator_id, code)
    async with tenant_transaction(held.pool, link.tenant_id) as conn:
        shown = await shown_of(conn, link.operator_id)
        if not await operator_sign_ins.spend(conn, link.token_id, link.operator_id):
            raise Unauthenticated("the link was used before; ask for a new one")
        made = await open_session(conn, request, held, link.operator_id, method="link")
    keep(made, request, response)
    return shown


@router.get("/session", operation_id="get_session")
async def get_session(caller: SignedInDep, held: ResourcesDep) -> dict[str, Any]:
    """Who is signed in, and for whom."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        return await shown_of(conn, caller.operator_id, must_enrol=caller.must_enrol)


@router.delete("/session", operation_id="sign_out", status_code=204)
async def sign_out(caller: SignedInDep, response: Response, held: ResourcesDep) -> None:
    """End the session and drop its cookie."""
    assert caller.session_id is not None
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await operator_sessions.revoke(conn, caller.operator_id, caller.session_id)
    held.credentials.forget_operator(caller.operator_id)
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="strict")


@router.put("/session/password", operation_id="set_password", status_code=204)
async def set_password(change: PasswordChange, caller: SignedInDep, held: ResourcesDep) -> None:
    """Set one's own password; every other session of one's own ends."""
    await held.session_limiter.take(caller.key)
    operator_id = caller.operator_id
    assert caller.session_id is not None
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        operator = await operators.get(conn, operator_id)
        stored = await operator_passwords.hash_of(conn, operator_id)
        standing = await operator_sessions.standing(conn, caller.session_id)
    by_link = (
        standing is not None
        and standing.method == "link"
        and standing.created_at > datetime.now(UTC) - FRESH
    )
    if not by_link and not await held.passwords.matches(change.current_password or "", stored):
        raise Denied("current_password: not the password you have")
    check_password(change.new_password, email=operator.email)
    hashed = await held.passwords.hash(change.new_password)
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await operator_passwords.put(conn, operator_id, hashed)
        await operator_sessions.revoke_all(conn, operator_id, but=caller.session_id)
    held.credentials.forget_operator(operator_id)
    await held.credentials.settled()


@router.post(
    "/operators/{operator_id}/sign-in-links",
    operation_id="create_sign_in_link",
    status_code=201,
    tags=["operators"],
    openapi_extra={"x-secret": True},
)
async def create_sign_in_link(
    operator_id: Id, caller: AdminDep, held: ResourcesDep
) -> dict[str, Any]:
    """A link that signs this operator in once, within a day; who forgot a password sets one then."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        operator = await operators.get(conn, operator_id)
    caller.check_may_make(operator.role)
    path, ends = sign_in_links.new_link(
        held.credentials.master_key, caller.tenant_id, operator.operator_id
    )
    return {"operator_id": str(operator.operator_id), "path": path, "expires_at": ends.isoformat()}


async def shown_of(
    conn: TenantConnection, operator_id: UUID, *, must_enrol: bool | None = None
) -> dict[str, Any]:
    """An operator as their session shows them. Raises: Denied where they may not sign in.

    `must_enrol` is what a session knows of itself; where there is none yet, as the rules say.
    """
    tenant = await tenants.get(conn)
    operator = await operators.get(conn, operator_id)
    if operator.disabled_at is not None or tenant.status != "active":
        raise Denied("this operator may not sign in")
    factor = await second_factors.find(conn, operator_id)
    has_one = factor is not None and factor.confirmed_at is not None
    return {
        "operator_id": str(operator.operator_id),
        "name": operator.name,
        "email": operator.email,
        "role": operator.role,
        "may_write_knowledge": operator.may_write_knowledge,
        "has_password": operator.has_password,
        "must_enrol": not has_one and await second_factors.is_required(conn)
        if must_enrol is None
        else must_enrol,
        "has_second_factor": has_one,
        "tenant": {
            "tenant_id": str(conn.tenant_id),
            "name": tenant.name,
            "slug": tenant.slug,
        },
    }
