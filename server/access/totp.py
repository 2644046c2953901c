"""One-time passwords by the clock, as authenticator apps make them.

Source: RFC 6238 (with SHA-1, six digits, thirty seconds: what every app understands), RFC 4226.
"""

import base64
import hashlib
import hmac
import secrets
from urllib.parse import quote, urlencode

STEP_SECONDS = 30
DIGITS = 6
SECRET_BYTES = 20
_EITHER_WAY = 1  # steps that a clock may be ahead or behind


def new_secret() -> str:
    """A secret as apps take it: base32, 160 bits."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def code_at(secret: str, step: int, *, digits: int = DIGITS) -> str:
    """The code of one step."""
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1)
    place = digest[-1] & 0x0F
    number = int.from_bytes(digest[place : place + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def step_of(secret: str, code: str, *, now: float) -> int | None:
    """The step that a code is of, at most one away from now; None where it is of none."""
    here = int(now // STEP_SECONDS)
    for step in range(here - _EITHER_WAY, here + _EITHER_WAY + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode()):
            return step
    return None


def otpauth_uri(secret: str, *, issuer: str, name: str) -> str:
    """What the QR code holds: an app shows `issuer` and `name` beside the code."""
    label = quote(f"{issuer}:{name}", safe="@")
    given = {"secret": secret, "issuer": issuer, "digits": DIGITS, "period": STEP_SECONDS}
    return f"otpauth://totp/{label}?{urlencode(given, quote_via=quote)}"
