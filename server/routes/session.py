"""The console's session: opened by a link that is good once, kept in a cookie no script reads."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from server import sign_in_links
from server.auth import SESSION_COOKIE, AdminDep, SignedInDep, check_same_page
from server.intake import CheckedRoute
from server.resources import ResourcesDep
from server.schemas import Body, Id
from tenants import operator_sign_ins, operators, tenants
from tenants.connection import TenantConnection, tenant_transaction
from tenants.errors import Denied, Unauthenticated

router = APIRouter(prefix="/v1", tags=["session"], route_class=CheckedRoute)
_SESSION_SECONDS = sign_in_links.SESSION_HOURS * 3_600


class LinkToken(Body):
    link_token: str = Field(min_length=1, max_length=2_000)


def _of_our_page(request: Request) -> None:
    check_same_page(request)


@router.post(
    "/session",
    operation_id="sign_in",
    status_code=201,
    dependencies=[Depends(_of_our_page)],
    openapi_extra={"x-secret": True},
)
async def sign_in(
    given: LinkToken, request: Request, response: Response, held: ResourcesDep
) -> dict[str, Any]:
    """Spend a sign-in link; the answer sets the session's cookie."""
    held.session_limiter.take(request.client.host if request.client else "unknown")
    master_key = held.credentials.master_key
    link = sign_in_links.read_link(master_key, given.link_token)
    async with tenant_transaction(held.pool, link.tenant_id) as conn:
        shown = await _shown(conn, link.operator_id)
        if not await operator_sign_ins.spend(conn, link.token_id, link.operator_id):
            raise Unauthenticated("the link was used before; ask for a new one")
    response.set_cookie(
        SESSION_COOKIE,
        sign_in_links.new_session(master_key, link.tenant_id, link.operator_id),
        max_age=_SESSION_SECONDS,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return shown


@router.get("/session", operation_id="get_session")
async def get_session(caller: SignedInDep, held: ResourcesDep) -> dict[str, Any]:
    """Who is signed in, and for whom."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        return await _shown(conn, UUID(caller.id))


@router.delete("/session", operation_id="sign_out", status_code=204)
async def sign_out(caller: SignedInDep, response: Response) -> None:
    """Drop the session's cookie."""
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="strict")


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
    """A link that signs this operator in to the console, once, within a day."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        operator = await operators.get(conn, operator_id)
    path, ends = sign_in_links.new_link(
        held.credentials.master_key, caller.tenant_id, operator.operator_id
    )
    return {"operator_id": str(operator.operator_id), "path": path, "expires_at": ends.isoformat()}


async def _shown(conn: TenantConnection, operator_id: UUID) -> dict[str, Any]:
    tenant = await tenants.get(conn)
    operator = await operators.get(conn, operator_id)
    if operator.disabled_at is not None or tenant.status != "active":
        raise Denied("this operator may not sign in")
    return {
        "operator_id": str(operator.operator_id),
        "name": operator.name,
        "email": operator.email,
        "role": operator.role,
        "may_write_knowledge": operator.may_write_knowledge,
        "tenant": {
            "tenant_id": str(conn.tenant_id),
            "name": tenant.name,
            "slug": tenant.slug,
        },
    }
