"""Widget sessions: a page's visitor becomes a contact with a short-lived token."""

from contextlib import suppress
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
        contact = await _contact(conn, held, new)
    token, ends = held.credentials.contact_token(
        tenant_id,
        contact.contact_id,
        new.assistant_id,
        identity_level=contact.identity_level,
    )
    verified = contact.identity_level == "verified"
    return WidgetSession(
        token=token,
        return_token=None
        if verified
        else held.credentials.return_token(tenant_id, contact.contact_id),
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
    conn: TenantConnection, held: Resources, new: NewWidgetSession
) -> contacts.Contact:
    if new.identity_token is None:
        return await _visitor(conn, held, new.return_token)
    subject = held.credentials.verified_subject(conn.tenant_id, new.identity_token)
    contact = await contacts.find_or_create(conn, "identity", subject, {})
    return await contacts.verify(conn, contact.contact_id)


async def _visitor(
    conn: TenantConnection, held: Resources, return_token: str | None
) -> contacts.Contact:
    """Who was here before, unless they are gone or have been verified since; else somebody new."""
    if return_token is not None:
        contact_id = held.credentials.returning(conn.tenant_id, return_token)
        with suppress(NotFound):
            known = await contacts.get(conn, contact_id)
            if known.identity_level == "anonymous" and known.merged_into is None:
                return known
    return await contacts.create(conn, {})


def _check_origin(origin: str | None, own: str, allowed: list[str]) -> None:
    if origin is None:
        raise OriginDenied("a widget session is for a page: send its `Origin`")
    if origin.rstrip("/") != own.rstrip("/") and origin not in allowed and "*" not in allowed:
        raise OriginDenied(f"{origin} is not among the assistant's `allowed_origins`")
