"""Widget sessions: a page's visitor becomes a contact with a short-lived token."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Request

from server.access.auth import AdminDep
from server.access.contact_tokens import IDENTITY_AUDIENCE, IDENTITY_SECONDS
from server.access.origins import is_allowed
from server.admitting.intake import CheckedRoute
from server.errors import OriginDenied
from server.resources import Resources, ResourcesDep
from server.shapes.schemas import NewWidgetSession, WidgetSession
from tenants import tenants
from tenants.configuring import assistants
from tenants.database.connection import TenantConnection, tenant_transaction
from tenants.errors import NotFound, Suspended, Unauthenticated
from tenants.outside import channel_routes
from tenants.people import contacts, identity_secrets

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
    await held.session_limiter.take(request.client.host if request.client else "unknown")
    tenant_id = await channel_routes.find_tenant(held.pool, "widget", str(new.assistant_id))
    if tenant_id is None:
        raise NotFound("no such assistant")
    async with tenant_transaction(held.pool, tenant_id) as conn:
        if (await tenants.get(conn)).status != "active":
            raise Suspended("the tenant is suspended")
        assistant = await assistants.get(conn, new.assistant_id)
        if assistant.archived_at is not None:
            raise NotFound("no such assistant")
        host = request.headers.get("host", "")
        _check_origin(origin, host, assistant.settings.allowed_origins)
        contact = await _contact(conn, held, new)
    token, ends = held.credentials.tokens.contact(
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
        else held.credentials.tokens.returning_with(tenant_id, contact.contact_id),
        contact_id=contact.contact_id,
        assistant_id=new.assistant_id,
        identity_level=contact.identity_level,
        expires_at=ends,
    )


@router.get("/identity-secret", operation_id="get_identity_secret")
async def get_identity_secret(caller: AdminDep, held: ResourcesDep) -> dict[str, Any]:
    """The secrets that are good for signing `identity_token`s: HS256, `sub`, `aud`, `exp` soon."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        return _secrets(held, caller.tenant_id, await identity_secrets.live(conn))


@router.post(
    "/identity-secret/rotate",
    operation_id="rotate_identity_secret",
    status_code=201,
    openapi_extra={"x-secret": True},
)
async def rotate_identity_secret(caller: AdminDep, held: ResourcesDep) -> dict[str, Any]:
    """A new secret beside the one that is good; both are until the older one is retired."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        return _secrets(held, caller.tenant_id, await identity_secrets.rotate(conn))


@router.post(
    "/identity-secret/retire",
    operation_id="retire_identity_secret",
    openapi_extra={"x-secret": True},
)
async def retire_identity_secret(caller: AdminDep, held: ResourcesDep) -> dict[str, Any]:
    """End the older of two secrets: what it signed is refused from now on."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        return _secrets(held, caller.tenant_id, await identity_secrets.retire_older(conn))


def _secrets(
    held: Resources, tenant_id: UUID, live: Sequence[identity_secrets.Generation]
) -> dict[str, Any]:
    of = held.credentials.tokens.identity_secret
    return {
        "identity_secret": of(tenant_id, live[0].generation),
        "older_identity_secret": of(tenant_id, live[1].generation) if len(live) > 1 else None,
        "algorithm": "HS256",
        "audience": IDENTITY_AUDIENCE,
        "longest_seconds": IDENTITY_SECONDS,
    }


async def _contact(
    conn: TenantConnection, held: Resources, new: NewWidgetSession
) -> contacts.Contact:
    if new.identity_token is None:
        return await _visitor(conn, held, new.return_token)
    generations = [one.generation for one in await identity_secrets.live(conn)]
    subject = held.credentials.tokens.verified_subject(
        conn.tenant_id, new.identity_token, generations
    )
    contact = await contacts.find_or_create(conn, "identity", subject, {})
    verified = await contacts.verify(conn, contact.contact_id)
    return await _joined(conn, held, verified, new.return_token)


async def _joined(
    conn: TenantConnection,
    held: Resources,
    verified: contacts.Contact,
    return_token: str | None,
) -> contacts.Contact:
    """The verified contact, with what the same browser said before it was known who it is."""
    if return_token is None:
        return verified
    with suppress(NotFound, Unauthenticated):
        before_id = held.credentials.tokens.returning(conn.tenant_id, return_token)
        before = await contacts.get(conn, before_id)
        if before.identity_level == "anonymous" and before.merged_into is None:
            return await contacts.merge(conn, verified.contact_id, before.contact_id)
    return verified


async def _visitor(
    conn: TenantConnection, held: Resources, return_token: str | None
) -> contacts.Contact:
    """Who was here before, unless they are gone or have been verified since; else somebody new."""
    if return_token is not None:
        contact_id = held.credentials.tokens.returning(conn.tenant_id, return_token)
        with suppress(NotFound):
            known = await contacts.get(conn, contact_id)
            if known.identity_level == "anonymous" and known.merged_into is None:
                return known
    return await contacts.create(conn, {})


def _check_origin(origin: str | None, host: str, allowed: list[str]) -> None:
    if origin is None:
        raise OriginDenied("a widget session is for a page: send its `Origin`")
    if not is_allowed(origin, host, allowed):
        raise OriginDenied(f"{origin} is not among the assistant's `allowed_origins`")
