"""Widget sessions: a page's visitor becomes a contact with a short-lived token."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Request

from server.auth import AdminDep
from server.errors import OriginDenied
from server.intake import CheckedRoute
from server.resources import Resources, ResourcesDep
from server.schemas import NewWidgetSession, WidgetSession
from tenants import assistants, channel_routes, contacts, tenants
from tenants.connection import TenantConnection, tenant_transaction
from tenants.errors import NotFound, Suspended

router = APIRouter(prefix="/v1/widget", tags=["widget"], route_class=CheckedRoute)


@router.post(
    "/sessions",
    operation_id="create_widget_session",
    status_code=201,
    openapi_extra={"x-secret": True},
)
async def create_widget_session(
    new: NewWidgetSession,
    request: Request,
    held: ResourcesDep,
    origin: Annotated[str | None, Header(max_length=300)] = None,
) -> WidgetSession:
    """A token bound to one contact of one assistant, for a page the tenant allows."""
    held.session_limiter.take(request.client.host if request.client else "unknown")
    tenant_id = await channel_routes.find_tenant(held.pool, "widget", str(new.assistant_id))
    if tenant_id is None:
        raise NotFound("no such assistant")
    async with tenant_transaction(held.pool, tenant_id) as conn:
        if (await tenants.get(conn)).status != "active":
            raise Suspended("the tenant is suspended")
        assistant = await assistants.get(conn, new.assistant_id)
        if assistant.archived_at is not None:
            raise NotFound("no such assistant")
        _check_origin(origin, str(request.base_url), assistant.settings.allowed_origins)
        contact = await _contact(conn, held, new.identity_token)
    token, ends = held.credentials.contact_token(
        tenant_id,
        contact.contact_id,
        new.assistant_id,
        identity_level=contact.identity_level,
    )
    return WidgetSession(
        token=token,
        contact_id=contact.contact_id,
        assistant_id=new.assistant_id,
        identity_level=contact.identity_level,
        expires_at=ends,
    )


@router.get("/identity-secret", operation_id="get_identity_secret")
async def get_identity_secret(caller: AdminDep, held: ResourcesDep) -> dict[str, Any]:
    """The secret with which the tenant signs `identity_token`s (HS256; `sub`, `exp`, `aud`)."""
    return {
        "identity_secret": held.credentials.identity_secret(caller.tenant_id),
        "algorithm": "HS256",
        "audience": "frontdesk.identity",
    }


async def _contact(
    conn: TenantConnection, held: Resources, identity_token: str | None
) -> contacts.Contact:
    if identity_token is None:
        return await contacts.create(conn, {})
    subject = held.credentials.verified_subject(conn.tenant_id, identity_token)
    contact = await contacts.find_or_create(conn, "identity", subject, {})
    return await contacts.verify(conn, contact.contact_id)


def _check_origin(origin: str | None, own: str, allowed: list[str]) -> None:
    if origin is None:
        raise OriginDenied("a widget session is for a page: send its `Origin`")
    if origin.rstrip("/") != own.rstrip("/") and origin not in allowed and "*" not in allowed:
        raise OriginDenied(f"{origin} is not among the assistant's `allowed_origins`")
