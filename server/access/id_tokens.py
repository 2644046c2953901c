"""ID tokens of an OpenID provider: who signed in, for us, just now, in this browser.

Source: OpenID Connect Core 1.0 (3.1.3.7). Only signatures by a key of the provider's are taken; keys,
addresses and algorithms that a token brings along are not looked at.
"""

import time
from typing import Any, cast

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import extract_compact

from server.access.openid import ProviderUnfit, Tokens
from tenants.lines import mere_name, one_line
from tenants.people.provider_people import Person

ALGORITHMS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
    "Ed25519",
)  # fmt: skip
LEEWAY_SECONDS = 60
OLDEST_SECONDS = 900  # since it was issued
MOST_TOKEN_CHARS = 60_000
MOST_GROUPS = 1_000
MOST_NAME_CHARS = 200
MOST_SUBJECT_CHARS = 255


def kid_of(id_token: str) -> str | None:
    """The name of the key that a token says it is signed with. Raises: ProviderUnfit."""
    if len(id_token) > MOST_TOKEN_CHARS:
        raise ProviderUnfit("the ID token is too long")
    try:
        header = extract_compact(id_token.encode()).headers()
    except (JoseError, ValueError, UnicodeError):
        raise ProviderUnfit("the ID token cannot be read") from None
    if header.get("alg") not in ALGORITHMS:
        raise ProviderUnfit("the ID token is signed in a way that is not taken")
    kid = header.get("kid")
    return kid if isinstance(kid, str) else None


def claims_of(
    tokens: Tokens, keys: KeySet, *, issuer: str, client_id: str, nonce: str
) -> dict[str, Any]:
    """What a good token claims. Raises: ProviderUnfit."""
    try:
        token = jwt.decode(tokens.id_token, keys, algorithms=list(ALGORITHMS))
        claims = CodeIDToken(
            token.claims,
            token.header,
            {
                "iss": {"essential": True, "value": issuer},
                "aud": {"essential": True, "value": client_id},
                "sub": {"essential": True},
                "exp": {"essential": True},
                "iat": {"essential": True},
                "nonce": {"essential": True, "value": nonce},
            },
            {"client_id": client_id, "nonce": nonce, "access_token": tokens.access_token},
        )
        claims.validate(leeway=LEEWAY_SECONDS)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ProviderUnfit(f"the ID token is not good: {type(error).__name__}") from None
    if claims["iat"] < time.time() - OLDEST_SECONDS:
        raise ProviderUnfit("the ID token was issued long ago")
    return dict(claims)


def lacks(claims: dict[str, Any], *, group_claim: str | None) -> bool:
    """Whether a good token leaves out who somebody is: many providers tell that when asked alone."""
    if not isinstance(claims.get("sub"), str):
        return False  # `person_of` refuses it
    return claims.get("email") is None or bool(group_claim and claims.get(group_claim) is None)


def filled_up(claims: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """A token's claims, with what it leaves out as the provider tells it.

    Whether an address is verified is taken from where the address is: of another it proves nothing.
    """
    kept = {name: value for name, value in claims.items() if value is not None}
    if "email" in kept:
        more = {name: value for name, value in more.items() if name != "email_verified"}
    else:
        kept.pop("email_verified", None)
    return more | kept


def person_of(
    claims: dict[str, Any], *, group_claim: str | None, trusts_addresses: bool
) -> Person | None:
    """Whom the claims speak of; None where there is no address that the provider vouches for."""
    subject, email = claims.get("sub"), claims.get("email")
    if not isinstance(subject, str) or not 0 < len(subject) <= MOST_SUBJECT_CHARS:
        raise ProviderUnfit("the ID token names nobody")
    verified = claims.get("email_verified", trusts_addresses or None)
    if not isinstance(email, str) or len(email) > 320 or email.count("@") != 1:
        return None
    if not (verified is True or verified == "true"):
        return None
    if not email.isascii() or any(c.isspace() or c == "," for c in email):
        return None
    told = claims.get(group_claim) if group_claim else None
    listed = cast(list[Any], told)[:MOST_GROUPS] if isinstance(told, list) else [told]
    groups = frozenset(one for one in listed if isinstance(one, str))
    return Person(subject, email.lower(), _name(claims.get("name")), groups)


def _name(told: Any) -> str:
    """Somebody's name, where it is one line of plain text."""
    try:
        return mere_name(one_line(told.strip()[:MOST_NAME_CHARS])) if isinstance(told, str) else ""
    except ValueError:
        return ""
