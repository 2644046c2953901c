"""One's own second factor, and what an administrator may do about others'."""

import segno
from fastapi import APIRouter

from server.access.auth import AdminDep, SignedInDep
from server.access.callers import Caller
from server.access.totp import otpauth_uri
from server.admitting.intake import CheckedRoute
from server.resources import Resources, ResourcesDep
from server.shapes.schemas import Id
from server.shapes.sign_in_schemas import (
    RecoveryCodes,
    SecondFactorBegun,
    SecondFactorCode,
    SecondFactorShown,
    SignInRules,
)
from tenants import tenants
from tenants.database.connection import tenant_transaction
from tenants.errors import Denied, NotFound, Unauthenticated
from tenants.people import operator_sessions, operators, second_factors

router = APIRouter(prefix="/v1", tags=["second factor"], route_class=CheckedRoute)
_QR_SCALE = 4


@router.get("/session/second-factor", operation_id="get_second_factor")
async def get_second_factor(caller: SignedInDep, held: ResourcesDep) -> SecondFactorShown:
    """Whether one's sign-in asks for a second factor."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        factor = await second_factors.find(conn, caller.operator_id)
        required = await second_factors.is_required(conn)
    return SecondFactorShown(
        confirmed_at=factor.confirmed_at if factor else None,
        recovery_codes_left=factor.codes_left if factor else 0,
        required=required,
    )


@router.post(
    "/session/second-factor",
    operation_id="begin_second_factor",
    status_code=201,
    openapi_extra={"x-secret": True},
)
async def begin_second_factor(caller: SignedInDep, held: ResourcesDep) -> SecondFactorBegun:
    """A secret for an authenticator app; it counts once a code of it confirms it."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        tenant = await tenants.get(conn)
        operator = await operators.get(conn, caller.operator_id)
        secret = await held.second_factors.begin(conn, caller.operator_id)
    uri = otpauth_uri(secret, issuer=f"Frontdesk {tenant.name}"[:80], name=operator.email)
    qr = segno.make(uri, error="m").svg_data_uri(scale=_QR_SCALE, border=3, light="#fff")
    return SecondFactorBegun(secret=secret, otpauth_uri=uri, qr_svg=qr)


@router.post(
    "/session/second-factor/confirm",
    operation_id="confirm_second_factor",
    openapi_extra={"x-secret": True},
)
async def confirm_second_factor(
    given: SecondFactorCode, caller: SignedInDep, held: ResourcesDep
) -> RecoveryCodes:
    """Ask for it from now on; every other session of one's own ends."""
    assert caller.session_id is not None
    codes = await held.second_factors.confirm(caller.tenant_id, caller.operator_id, given.code)
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await operator_sessions.revoke_all(conn, caller.operator_id, but=caller.session_id)
    held.credentials.forget_operator(caller.operator_id)
    await held.credentials.settled()
    return RecoveryCodes(recovery_codes=codes)


@router.post(
    "/session/second-factor/recovery-codes",
    operation_id="renew_recovery_codes",
    openapi_extra={"x-secret": True},
)
async def renew_recovery_codes(
    given: SecondFactorCode, caller: SignedInDep, held: ResourcesDep
) -> RecoveryCodes:
    """Fresh recovery codes for a code; those before are good no longer."""
    await _check(held, caller, given.code)
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        factor = await second_factors.find(conn, caller.operator_id)
        if factor is None or factor.confirmed_at is None:
            raise NotFound("you have no second factor")
        codes = await held.second_factors.new_recovery_codes(conn, caller.operator_id)
    return RecoveryCodes(recovery_codes=codes)


@router.post("/session/second-factor/remove", operation_id="remove_second_factor", status_code=204)
async def remove_second_factor(
    given: SecondFactorCode, caller: SignedInDep, held: ResourcesDep
) -> None:
    """Give up one's second factor, with a code of it."""
    await _check(held, caller, given.code)
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await second_factors.remove(conn, caller.operator_id)
    held.credentials.forget_operator(caller.operator_id)


async def _check(held: Resources, caller: Caller, code: str) -> None:
    """Raises: Denied where a code is wrong; who is signed in stays so."""
    try:
        await held.second_factors.check(caller.tenant_id, caller.operator_id, code)
    except Unauthenticated as error:
        raise Denied(error.detail) from None


@router.delete(
    "/operators/{operator_id}/second-factor",
    operation_id="reset_second_factor",
    status_code=204,
    tags=["operators"],
)
async def reset_second_factor(operator_id: Id, caller: AdminDep, held: ResourcesDep) -> None:
    """For who lost theirs: the factor is gone, and every session of theirs ends."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        operator = await operators.get(conn, operator_id)
        caller.check_may_make(operator.role)
        await second_factors.remove(conn, operator_id)
        await operator_sessions.revoke_all(conn, operator_id)
    held.credentials.forget_operator(operator_id)
    await held.credentials.settled()


@router.get("/sign-in-rules", operation_id="get_sign_in_rules", tags=["sign-in"])
async def get_sign_in_rules(caller: AdminDep, held: ResourcesDep) -> SignInRules:
    """What every operator's sign-in must be."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        return SignInRules(second_factor_required=await second_factors.is_required(conn))


@router.put("/sign-in-rules", operation_id="put_sign_in_rules", tags=["sign-in"])
async def put_sign_in_rules(
    rules: SignInRules, caller: AdminDep, held: ResourcesDep
) -> SignInRules:
    """In force at once: who has no second factor can do nothing but enrol one."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await second_factors.require(conn, is_required=rules.second_factor_required)
    held.credentials.forget_tenant(caller.tenant_id)
    await held.credentials.settled()
    return rules
