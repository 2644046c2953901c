"""Signed tokens of the console: links that are good once, invitations, and sessions.

A link names its tenant and operator itself, so printing one needs no database; the database only
remembers which were spent (`tenants/people/operator_sign_ins.py`), and which sessions are open.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt

from tenants.errors import Unauthenticated
from tenants.ids import new_id, parse_id
from tenants.keys.secrets import derived_key

LINK_HOURS = 24
SESSION_HOURS = 12
PAGE = "/console/sign-in"
_LINK_AUDIENCE = "frontdesk.sign-in"
_SESSION_AUDIENCE = "frontdesk.operator"
_INVITATION_AUDIENCE = "frontdesk.invitation"


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


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session to be noted under its id, and the secret that the cookie holds."""

    session_id: UUID
    ends: datetime
    cookie: str


def new_session(master_key: bytes, tenant_id: UUID, operator_id: UUID) -> NewSession:
    """A session for an operator, good once it is noted in `tenants/people/operator_sessions.py`."""
    ends = datetime.now(UTC) + timedelta(hours=SESSION_HOURS)
    session_id = new_id()
    cookie = _signed(master_key, _SESSION_AUDIENCE, tenant_id, operator_id, ends, session_id)
    return NewSession(session_id, ends, cookie)


def invitation_path(master_key: bytes, tenant_id: UUID, invitation_id: UUID, ends: datetime) -> str:
    """Where an invitation is accepted; its secret is behind the `#`."""
    token = _signed(master_key, _INVITATION_AUDIENCE, tenant_id, invitation_id, ends)
    return f"{PAGE}#invitation={token}"


def read_link(master_key: bytes, token: str) -> SignedIn:
    """Whose link this is. Raises: Unauthenticated."""
    return _read(master_key, _LINK_AUDIENCE, token, "the link")


def read_session(master_key: bytes, token: str) -> SignedIn:
    """Whose session this is. Raises: Unauthenticated."""
    return _read(master_key, _SESSION_AUDIENCE, token, "the session")


def read_invitation(master_key: bytes, token: str) -> tuple[UUID, UUID]:
    """The tenant and the id of an invitation. Raises: Unauthenticated."""
    invited = _read(master_key, _INVITATION_AUDIENCE, token, "the invitation")
    return invited.tenant_id, invited.operator_id


def _signed(
    master_key: bytes,
    audience: str,
    tenant_id: UUID,
    subject_id: UUID,
    ends: datetime,
    token_id: UUID | None = None,
) -> str:
    claims = {
        "aud": audience,
        "sub": str(subject_id),
        "tenant": str(tenant_id),
        "jti": str(token_id or new_id()),
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
