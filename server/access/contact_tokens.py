"""Signed tokens about contacts: ours, which bind a browser to one, and the tenants' that name one.

Each kind has an audience and a key of its own; the algorithm is fixed, whatever a token says.
"""

import base64
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt

from server.access.callers import Caller
from tenants.errors import Unauthenticated
from tenants.ids import new_id, parse_id
from tenants.keys.secrets import derived_key
from tenants.lines import one_line

TOKEN_SECONDS = 3_600
RETURN_DAYS = 90
TICKET_SECONDS = 30
IDENTITY_SECONDS = 600  # no identity token lives longer
LEEWAY_SECONDS = 30  # by which a tenant's clock may be wrong
AUDIENCE = "frontdesk.contact"
RETURN_AUDIENCE = "frontdesk.return"
TICKET_AUDIENCE = "frontdesk.ticket"
IDENTITY_AUDIENCE = "frontdesk.identity"
_ALGORITHM = "HS256"
_HEADERS = frozenset({"alg", "typ", "kid"})
_MAX_SUBJECT_CHARS = 200


@dataclass(frozen=True, slots=True)
class Ticket:
    """A place in one conversation's socket, for whoever asked for it; good once."""

    ticket_id: UUID
    tenant_id: UUID
    conversation_id: UUID
    kind: str
    caller_id: str
    session_id: UUID | None
    assistant_id: UUID | None
    role: str | None
    ends_at: datetime


class ContactTokens:
    """Makes and reads the tokens of one server."""

    def __init__(self, master_key: bytes) -> None:
        self._master_key = master_key
        self._key = derived_key(master_key, "contact-token")

    def contact(
        self, tenant_id: UUID, contact_id: UUID, assistant_id: UUID, *, identity_level: str
    ) -> tuple[str, datetime]:
        """A token bound to one contact, and when it ends."""
        ends = datetime.now(UTC) + timedelta(seconds=TOKEN_SECONDS)
        claims = {
            "aud": AUDIENCE,
            "sub": str(contact_id),
            "tenant": str(tenant_id),
            "assistant": str(assistant_id),
            "level": identity_level,
            "exp": ends,
        }
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM), ends

    def caller(self, token: str) -> Caller:
        """The contact of a token; whether they are still there is not looked at.

        Raises: Unauthenticated.
        """
        claims = _verified(token, self._key, AUDIENCE, "the contact's token")
        tenant_id, contact_id = _id(claims, "tenant"), _id(claims, "sub")
        if tenant_id is None or contact_id is None:
            raise Unauthenticated("the contact's token is not valid")
        ends_at = datetime.fromtimestamp(claims["exp"], UTC)
        return contact_caller(tenant_id, contact_id, _id(claims, "assistant"), ends_at)

    def returning_with(self, tenant_id: UUID, contact_id: UUID) -> str:
        """What lets the same browser be the same contact later; it opens nothing by itself."""
        claims = {
            "aud": RETURN_AUDIENCE,
            "sub": str(contact_id),
            "tenant": str(tenant_id),
            "exp": datetime.now(UTC) + timedelta(days=RETURN_DAYS),
        }
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM)

    def returning(self, tenant_id: UUID, return_token: str) -> UUID:
        """The contact of a return token. Raises: Unauthenticated, also for another tenant's."""
        claims = _verified(return_token, self._key, RETURN_AUDIENCE, "the return token")
        contact_id = _id(claims, "sub")
        if contact_id is None or claims.get("tenant") != str(tenant_id):
            raise Unauthenticated("the return token is not valid")
        return contact_id

    def ticket(self, caller: Caller, conversation_id: UUID) -> tuple[str, datetime]:
        """A ticket for a caller to one conversation's socket, and when it ends."""
        ends = datetime.now(UTC) + timedelta(seconds=TICKET_SECONDS)
        claims = {
            "aud": TICKET_AUDIENCE,
            "sub": caller.id,
            "kind": caller.kind,
            "jti": str(new_id()),
            "tenant": str(caller.tenant_id),
            "conversation": str(conversation_id),
            "session": str(caller.session_id),
            "assistant": str(caller.assistant_id),
            "role": caller.role,
            "exp": ends,
        }
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM), ends

    def read_ticket(self, token: str) -> Ticket:
        """What a ticket is good for. Raises: Unauthenticated."""
        claims = _verified(token, self._key, TICKET_AUDIENCE, "the ticket")
        tenant_id, ticket_id = _id(claims, "tenant"), _id(claims, "jti")
        conversation_id = _id(claims, "conversation")
        if tenant_id is None or ticket_id is None or conversation_id is None:
            raise Unauthenticated("the ticket is not valid")
        return Ticket(
            ticket_id,
            tenant_id,
            conversation_id,
            str(claims.get("kind")),
            claims["sub"],
            _id(claims, "session"),
            _id(claims, "assistant"),
            claims.get("role"),
            datetime.fromtimestamp(claims["exp"], UTC),
        )

    def identity_secret(self, tenant_id: UUID, generation: int) -> str:
        """The secret with which a tenant signs who its contacts are."""
        purpose = f"identity:{tenant_id}" + (f":{generation}" if generation else "")
        key = derived_key(self._master_key, purpose)
        return base64.urlsafe_b64encode(key).decode().rstrip("=")

    def verified_subject(
        self, tenant_id: UUID, identity_token: str, generations: Sequence[int]
    ) -> str:
        """The tenant's own name for the contact, signed with one of the secrets that are good.

        Raises: Unauthenticated.
        """
        refusal = Unauthenticated("the identity token is not valid")
        for generation in generations:
            secret = self.identity_secret(tenant_id, generation).encode()
            try:
                claims = _verified(identity_token, secret, IDENTITY_AUDIENCE, "the identity token")
            except Unauthenticated as error:
                refusal = error
                continue
            return _short_lived_subject(claims)
        raise refusal


def contact_caller(
    tenant_id: UUID, contact_id: UUID, assistant_id: UUID | None, ends_at: datetime | None = None
) -> Caller:
    """A contact, who may speak in their own conversations."""
    return Caller(
        "contact",
        str(contact_id),
        f"contact:{contact_id}",
        tenant_id,
        frozenset({"conversations"}),
        contact_id,
        assistant_id,
        ends_at=ends_at,
    )


def _short_lived_subject(claims: dict[str, Any]) -> str:
    left = float(claims["exp"]) - datetime.now(UTC).timestamp()
    if not math.isfinite(left) or left > IDENTITY_SECONDS + LEEWAY_SECONDS:
        raise Unauthenticated("the identity token lives longer than ten minutes")
    subject = claims["sub"]
    try:
        if not 0 < len(subject) <= _MAX_SUBJECT_CHARS or one_line(subject).strip() != subject:
            raise ValueError
    except ValueError:
        raise Unauthenticated(
            f"the identity token's `sub` is one line of at most {_MAX_SUBJECT_CHARS} characters"
        ) from None
    return subject


def _id(claims: dict[str, Any], name: str) -> UUID | None:
    return parse_id(str(claims.get(name)))


def _verified(token: str, key: bytes, audience: str, what: str) -> dict[str, Any]:
    try:
        header = jwt.get_unverified_header(token)
        if set(header) - _HEADERS or header.get("typ", "JWT") != "JWT":
            raise jwt.InvalidTokenError
        return jwt.decode(
            token,
            key,
            algorithms=[_ALGORITHM],
            audience=audience,
            options={"require": ["exp", "aud", "sub"], "strict_aud": True},
        )
    except jwt.ExpiredSignatureError:
        raise Unauthenticated(f"{what} has expired") from None
    except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError, RecursionError):
        raise Unauthenticated(f"{what} is not valid") from None
