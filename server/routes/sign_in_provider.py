"""Signing in through the tenant's own OpenID provider, and setting it up."""

from dataclasses import asdict
from typing import Annotated, Any
from urllib.parse import urlencode

import structlog
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from server.access.auth import AdminDep
from server.access.openid_sign_in import COOKIE, COOKIE_PATH, SECONDS, Answer, Refused
from server.access.sign_in import address_of, keep, open_session
from server.admitting.intake import CheckedRoute
from server.admitting.limits import count_address
from server.resources import Resources, ResourcesDep
from server.routes.session import our_page, shown_of
from server.shapes.sign_in_schemas import (
    ProviderSettings,
    ProviderStart,
    SignInProviderKept,
    SignInProviderShown,
    WaysToSignIn,
)
from tenants import tenants
from tenants.database.connection import tenant_transaction
from tenants.errors import DeskError, NotFound
from tenants.people import sign_in_providers
from tenants.people.sign_in_providers import SignInProvider

router = APIRouter(prefix="/v1", tags=["session"], route_class=CheckedRoute)
log = structlog.get_logger()
CALLBACK = "/v1/session/provider/callback"
_AFTER = "/console/inbox"
_AGAIN = "/console/sign-in"


@router.get("/session/provider", operation_id="find_sign_in_provider")
async def find_sign_in_provider(
    request: Request,
    held: ResourcesDep,
    tenant: Annotated[str, Query(min_length=1, max_length=63, examples=["alder-finch"])],
) -> WaysToSignIn:
    """What the button of a tenant's provider says; null where there is none, or no such tenant."""
    await count_address(held.address_limiter, address_of(request))
    route = await tenants.find_slug(held.pool, tenant.strip().lower())
    if route is None or route.status != "active":
        return WaysToSignIn(provider=None)
    async with tenant_transaction(held.pool, route.tenant_id) as conn:
        try:
            return WaysToSignIn(provider=(await sign_in_providers.get(conn)).title)
        except NotFound:
            return WaysToSignIn(provider=None)


@router.post(
    "/session/provider",
    operation_id="begin_provider_sign_in",
    dependencies=[Depends(our_page)],
    openapi_extra={"x-secret": True},
)
async def begin_provider_sign_in(
    given: ProviderStart, request: Request, response: Response, held: ResourcesDep
) -> dict[str, str]:
    """Where the browser signs in; what it needs to come back is in a cookie of its own."""
    await count_address(held.address_limiter, address_of(request))
    held.sign_ins.check(address_of(request))
    route = await tenants.find_slug(held.pool, given.tenant.strip().lower())
    if route is None:
        raise NotFound("nobody signs in here through a provider of the tenant's")
    address, cookie = await held.provider_sign_ins.begin(
        route.tenant_id, _redirect_uri(held, request)
    )
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=SECONDS,
        path=COOKIE_PATH,
        httponly=True,
        samesite="lax",  # the provider sends the browser back from its own pages
        secure=request.url.scheme == "https" or _is_https(held),
    )
    return {"location": address}


@router.get(
    "/session/provider/callback",
    operation_id="finish_provider_sign_in",
    status_code=303,
    response_class=RedirectResponse,
    responses={303: {"description": "To the console, signed in or with the reason why not."}},
)
async def finish_provider_sign_in(
    request: Request,
    held: ResourcesDep,
    state: Annotated[str | None, Query(max_length=500)] = None,
    code: Annotated[str | None, Query(max_length=4_000)] = None,
    error: Annotated[str | None, Query(max_length=500)] = None,
    iss: Annotated[str | None, Query(max_length=2_000)] = None,
) -> RedirectResponse:
    """Where the provider sends the browser back: a session like any other, or a reason."""
    await count_address(held.address_limiter, address_of(request))
    answer = Answer(state, code, error, iss)
    try:
        held.sign_ins.check(address_of(request))
        going = await _signed_in(request, held, answer)
    except Refused as refusal:
        held.sign_ins.failed(address_of(request))
        log.info("provider_sign_in_refused", reason=refusal.reason)
        going = _back(refusal.reason)
    except DeskError as refusal:
        going = _back(refusal.code)
    going.delete_cookie(COOKIE, path=COOKIE_PATH, httponly=True, samesite="lax")
    return going


async def _signed_in(request: Request, held: Resources, answer: Answer) -> RedirectResponse:
    """Raises: Refused, Denied."""
    tenant_id, person = await held.provider_sign_ins.finish(request.cookies.get(COOKIE), answer)
    async with tenant_transaction(held.pool, tenant_id) as conn:
        operator = await held.provider_sign_ins.operator_of(conn, person)
        await shown_of(conn, operator.operator_id)
        made = await open_session(conn, request, held, operator.operator_id, method="provider")
    held.credentials.forget_operator(operator.operator_id)
    going = RedirectResponse(_AFTER, status_code=303)
    keep(made, request, going)
    return going


@router.get("/sign-in-provider", operation_id="get_sign_in_provider", tags=["sign-in"])
async def get_sign_in_provider(caller: AdminDep, held: ResourcesDep) -> SignInProviderKept:
    """The tenant's provider as it is set up, if it is; the client's secret is never shown."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        try:
            return SignInProviderKept(provider=_shown(await sign_in_providers.get(conn)))
        except NotFound:
            return SignInProviderKept(provider=None)


@router.put("/sign-in-provider", operation_id="put_sign_in_provider", tags=["sign-in"])
async def put_sign_in_provider(
    given: ProviderSettings, caller: AdminDep, held: ResourcesDep
) -> SignInProviderShown:
    """Let people sign in through this provider: only an owner may, who vouches for it."""
    caller.check_may_make("owner")
    held.provider_sign_ins.providers.check_address(given.issuer)
    wanted = SignInProvider(**given.model_dump(exclude={"client_secret"}))
    secret = given.client_secret.get_secret_value() if given.client_secret else None
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        kept = await sign_in_providers.put(
            conn, wanted, secret=secret, sealer=held.provider_sign_ins.sealer
        )
    return _shown(kept)


@router.delete(
    "/sign-in-provider",
    operation_id="delete_sign_in_provider",
    status_code=204,
    tags=["sign-in"],
)
async def delete_sign_in_provider(caller: AdminDep, held: ResourcesDep) -> None:
    """Nobody signs in through the provider any more; who is signed in stays so."""
    caller.check_may_make("owner")
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await sign_in_providers.delete(conn)


def _redirect_uri(held: Resources, request: Request) -> str:
    """Where the provider sends browsers back: the address that it knows us by."""
    public = held.settings.public_url.rstrip("/")
    return (public or str(request.base_url).rstrip("/")) + CALLBACK


def _is_https(held: Resources) -> bool:
    return held.settings.public_url.startswith("https://")


def _back(reason: str) -> RedirectResponse:
    return RedirectResponse(f"{_AGAIN}#{urlencode({'refused': reason})}", status_code=303)


def _shown(provider: SignInProvider) -> SignInProviderShown:
    shown: dict[str, Any] = asdict(provider)
    return SignInProviderShown(**shown, callback_path=CALLBACK)
