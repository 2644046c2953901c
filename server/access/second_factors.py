"""The second factor of a sign-in: a code of an app's or a recovery code, each good once.

A try is counted in the database before the code is looked at, as tries of passwords are.
"""

import base64
import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable
from uuid import UUID

from server.access.totp import DIGITS, new_secret, step_of
from tenants.database.connection import Pool, TenantConnection, tenant_transaction
from tenants.errors import Conflict, Denied, SecondFactorNeeded, Unauthenticated
from tenants.keys.sealing import Sealer
from tenants.keys.secrets import derived_key
from tenants.people import operator_passwords, second_factors
from tenants.people.second_factors import SecondFactor

RECOVERY_CODES = 10
_RECOVERY_BYTES = 10
_PART = 4
_CODE = re.compile(rf"[0-9]{{{DIGITS}}}")


class SecondFactors:
    """Makes and checks the second factors of a process."""

    def __init__(
        self,
        pool: Pool,
        *,
        master_key: bytes,
        sealer: Sealer,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._pool = pool
        self._sealer = sealer
        self._hashed_with = derived_key(master_key, "recovery-codes")
        self._counted_with = derived_key(master_key, "second-factor-attempts")
        self._clock = clock

    async def check(self, tenant_id: UUID, operator_id: UUID, code: str | None) -> None:
        """Let through who has no second factor, or a right code; the code is spent.

        Raises: SecondFactorNeeded where none was given, Unauthenticated, RateLimited.
        """
        async with tenant_transaction(self._pool, tenant_id) as conn:
            factor = await second_factors.find(conn, operator_id)
        if factor is None or factor.confirmed_at is None:
            return
        if not code:
            raise SecondFactorNeeded("give the code of your authenticator app, or a recovery code")
        if not await self._counted(tenant_id, operator_id, factor, code):
            raise Unauthenticated("the code is wrong, or was used before")

    async def begin(self, conn: TenantConnection, operator_id: UUID) -> str:
        """A secret that is to be confirmed by a code of it. Raises: Conflict."""
        secret = new_secret()
        sealed = self._sealer.seal(secret, bound_to=_place(conn.tenant_id, operator_id))
        await second_factors.begin(conn, operator_id, sealed)
        return secret

    async def confirm(self, tenant_id: UUID, operator_id: UUID, code: str) -> list[str]:
        """Ask for the factor from now on; recovery codes, shown this once.

        Raises: Conflict, Denied, RateLimited.
        """
        async with tenant_transaction(self._pool, tenant_id) as conn:
            factor = await second_factors.find(conn, operator_id)
        if factor is None or factor.confirmed_at is not None:
            raise Conflict("no second factor waits to be confirmed")
        if not await self._counted(tenant_id, operator_id, factor, code):
            raise Denied("the code is wrong: does the clock of your device agree?")
        async with tenant_transaction(self._pool, tenant_id) as conn:
            await second_factors.confirm(conn, operator_id)
            return await self.new_recovery_codes(conn, operator_id)

    async def new_recovery_codes(self, conn: TenantConnection, operator_id: UUID) -> list[str]:
        """Fresh recovery codes in the place of those before."""
        codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
        hashes = [self._hash(operator_id, one) for one in codes]
        await second_factors.put_recovery_codes(conn, operator_id, hashes)
        return codes

    async def _counted(
        self, tenant_id: UUID, operator_id: UUID, factor: SecondFactor, code: str
    ) -> bool:
        """Whether a code is right, counted as a try before it is looked at. Raises: RateLimited."""
        name_hash = hmac.digest(self._counted_with, operator_id.bytes, "sha256")
        async with tenant_transaction(self._pool, tenant_id) as conn:
            await operator_passwords.count_try(conn, name_hash)
        async with tenant_transaction(self._pool, tenant_id) as conn:
            is_right = await self._spend(conn, operator_id, factor, code)
            if is_right:
                await operator_passwords.forget_tries(conn, name_hash)
        return is_right

    async def _spend(
        self, conn: TenantConnection, operator_id: UUID, factor: SecondFactor, code: str
    ) -> bool:
        plain = "".join(code.split()).replace("-", "").lower()
        if _CODE.fullmatch(plain):
            place = _place(conn.tenant_id, operator_id)
            secret = self._sealer.open(bytes(factor.sealed), bound_to=place)
            step = step_of(secret, plain, now=self._clock())
            return step is not None and await second_factors.use_step(conn, operator_id, step)
        if factor.confirmed_at is None:
            return False
        hashed = self._hash(operator_id, plain)
        return await second_factors.use_recovery_code(conn, operator_id, hashed)

    def _hash(self, operator_id: UUID, code: str) -> bytes:
        plain = code.replace("-", "").encode()
        return hmac.digest(self._hashed_with, operator_id.bytes + plain, hashlib.sha256)


def _recovery_code() -> str:
    """Eighty random bits that can be copied from paper: abcd-efgh-ijkl-mnop."""
    code = base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode().lower()
    return "-".join(code[place : place + _PART] for place in range(0, len(code), _PART))


def _place(tenant_id: UUID, operator_id: UUID) -> str:
    return f"{tenant_id}:second-factor:{operator_id}"
