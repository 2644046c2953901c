"""Opening an operator's session: who they are is known, now it is noted and put in a cookie."""

import hashlib
import hmac
from uuid import UUID

from fastapi import Request, Response

from server.access import sign_in_links
from server.access.auditing import acting
from server.access.auth import SESSION_COOKIE
from server.access.browsers import browser_of
from server.access.callers import Caller
from server.resources import Resources
from tenants import tenants
from tenants.actors import Actor
from tenants.database.connection import TenantConnection, tenant_transaction
from tenants.errors import SecondFactorNeeded, Unauthenticated
from tenants.keeping.audit import Entry
from tenants.keys.secrets import derived_key
from tenants.people import operator_passwords, operator_sessions

_SECONDS = sign_in_links.SESSION_HOURS * 3_600
WRONG = "tenant, e-mail address or password is wrong"


def address_of(request: Request) -> str:
    """Where a request comes from."""
    return request.client.host if request.client else "unknown"


async def open_session(
    conn: TenantConnection, request: Request, held: Resources, operator_id: UUID, *, method: str
) -> sign_in_links.NewSession:
    """A noted session; `keep` puts it in the browser once the transaction is through."""
    acting(request, _acting_as(conn.tenant_id, operator_id))
    made = sign_in_links.new_session(held.credentials.master_key, conn.tenant_id, operator_id)
    await operator_sessions.open_session(
        conn,
        made.session_id,
        operator_id,
        method=method,
        expires_at=made.ends,
        address=address_of(request),
        browser=browser_of(request.headers.get("user-agent")),
    )
    return made


def _acting_as(tenant_id: UUID, operator_id: UUID) -> Caller:
    """Who signs in, as the audit log names them."""
    return Caller("operator", str(operator_id), f"operator:{operator_id}", tenant_id)


def keep(session: sign_in_links.NewSession, request: Request, response: Response) -> None:
    """Set the session's cookie: no script reads it, no other page sends it."""
    response.set_cookie(
        SESSION_COOKIE,
        session.cookie,
        max_age=_SECONDS,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


async def by_password(
    held: Resources, request: Request, *, slug: str, email: str, password: str
) -> tuple[UUID, UUID]:
    """Tenant and operator of a right password. Raises: Unauthenticated, RateLimited, Busy.

    What is wrong is never told apart, and a wrong address takes as long as a wrong password.
    """
    address = address_of(request)
    held.sign_ins.check(address)
    route = await tenants.find_slug(held.pool, slug.strip().lower())
    known = None
    name_hash = _name_hash(held, email)
    if route is not None:
        async with tenant_transaction(held.pool, route.tenant_id) as conn:
            await operator_passwords.count_try(conn, name_hash)
            known = await operator_passwords.find(conn, email)
    stored = known.password_hash if known else None
    is_right = await held.passwords.matches(password, stored)
    if not is_right or known is None or route is None or route.status != "active":
        held.sign_ins.failed(address)
        if route is not None and known is not None:  # unknown addresses could fill the log
            async with tenant_transaction(held.pool, route.tenant_id) as conn:
                await held.trail.append(conn, _refused(request, known.operator_id))
        raise Unauthenticated(WRONG)
    async with tenant_transaction(held.pool, route.tenant_id) as conn:
        await operator_passwords.forget_tries(conn, name_hash)
    return route.tenant_id, known.operator_id


async def second_factor(
    held: Resources, request: Request, tenant_id: UUID, operator_id: UUID, code: str | None
) -> None:
    """Let through who has no second factor, or a right code of it.

    Raises: SecondFactorNeeded, Unauthenticated, RateLimited.
    """
    held.sign_ins.check(address_of(request))
    try:
        await held.second_factors.check(tenant_id, operator_id, code)
    except SecondFactorNeeded:
        raise
    except Unauthenticated:
        held.sign_ins.failed(address_of(request))
        async with tenant_transaction(held.pool, tenant_id) as conn:
            await held.trail.append(conn, _refused(request, operator_id))
        raise


def _refused(request: Request, operator_id: UUID) -> Entry:
    return Entry(
        Actor("operator", str(operator_id)),
        "sign_in_refused",
        f"operator:{operator_id}",
        address_of(request),
        browser_of(request.headers.get("user-agent")),
    )


def _name_hash(held: Resources, email: str) -> bytes:
    key = derived_key(held.credentials.master_key, "sign-in-attempts")
    return hmac.new(key, email.strip().lower().encode(), hashlib.sha256).digest()
