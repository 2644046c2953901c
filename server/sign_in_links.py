"""Signed tokens of the console: a link that is good once, and the session it opens.

A link names its tenant and operator itself, so printing one needs no database; the database only
remembers which were spent (`tenants/operator_sign_ins.py`).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt

from tenants.errors import Unauthenticated
from tenants.ids import new_id, parse_id
from tenants.secrets import derived_key

LINK_HOURS = 24
SESSION_HOURS = 12
PAGE = "/console/sign-in"
_LINK_AUDIENCE = "frontdesk.sign-in"
_SESSION_AUDIENCE = "frontdesk.operator"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whose token it is; `token_id` is its own."""

    tenant_id: UUID
    operator_id: UUID
    token_id: UUID


def new_link(master_key: bytes, tenant_id: UUID, operator_id: UUID) -> tuple[str, datetime]:
    """The path that signs an operator in once, and until when; its secret is behind the `#`."""
    ends = datetime.now(UTC) + timedelta(hours=LINK_HOURS)
    return f"{PAGE}#{_signed(master_key, _LINK_AUDIENCE, tenant_id, operator_id, ends)}", ends


def new_session(master_key: bytes, tenant_id: UUID, operator_id: UUID) -> str:
    """What the session's cookie holds."""
    ends = datetime.now(UTC) + timedelta(hours=SESSION_HOURS)
    return _signed(master_key, _SESSION_AUDIENCE, tenant_id, operator_id, ends)


def read_link(master_key: bytes, token: str) -> SignedIn:
    """Whose link this is. Raises: Unauthenticated."""
    return _read(master_key, _LINK_AUDIENCE, token, "the link")


def read_session(master_key: bytes, token: str) -> SignedIn:
    """Whose session this is. Raises: Unauthenticated."""
    return _read(master_key, _SESSION_AUDIENCE, token, "the session")


def _signed(
    master_key: bytes, audience: str, tenant_id: UUID, operator_id: UUID, ends: datetime
) -> str:
    claims = {
        "aud": audience,
        "sub": str(operator_id),
        "tenant": str(tenant_id),
        "jti": str(new_id()),
        "exp": ends,
    }
    return jwt.encode(claims, derived_key(master_key, audience), algorithm="HS256")


def _read(master_key: bytes, audience: str, token: str, what: str) -> SignedIn:
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            derived_key(master_key, audience),
            algorithms=["HS256"],
            audience=audience,
            options={"require": ["exp", "aud", "sub", "jti"]},
        )
    except jwt.ExpiredSignatureError:
        raise Unauthenticated(f"{what} has expired") from None
    except (jwt.InvalidTokenError, ValueError, TypeError):
        raise Unauthenticated(f"{what} is not valid") from None
    ids = [parse_id(str(claims.get(name))) for name in ("tenant", "sub", "jti")]
    tenant_id, operator_id, token_id = ids
    if tenant_id is None or operator_id is None or token_id is None:
        raise Unauthenticated(f"{what} is not valid")
    return SignedIn(tenant_id, operator_id, token_id)
