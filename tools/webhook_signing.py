"""Standard Webhooks signatures, for what leaves and for what comes in.

Source: the Standard Webhooks specification 1.0: HMAC-SHA256 over `id.timestamp.body`, `v1,` and
base64, several separated by spaces while a secret is being replaced; secrets as `whsec_` and base64.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence

from tenants.errors import Unauthenticated

PREFIX = "whsec_"
SECRET_BYTES = 32
LEEWAY_SECONDS = 300
MAX_SIGNATURES = 20
_ID = "webhook-id"
_TIME = "webhook-timestamp"
_SIGNATURE = "webhook-signature"


def new_secret() -> str:
    """A fresh secret as it is shown, once."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signed_headers(
    signing: Sequence[str], message_id: str, *, at_seconds: int, body: bytes
) -> dict[str, str]:
    """The three headers; one signature for each secret that counts."""
    signatures = [_signature(one, message_id, str(at_seconds), body) for one in signing]
    return {_ID: message_id, _TIME: str(at_seconds), _SIGNATURE: " ".join(signatures)}


def verified(
    signing: Sequence[str], headers: Mapping[str, str], body: bytes, *, now_seconds: float
) -> str:
    """The message's id. Raises: Unauthenticated, without telling which part does not fit."""
    message_id, told, given = (headers.get(name, "") for name in (_ID, _TIME, _SIGNATURE))
    if not message_id or not given or not (told.isascii() and told.isdigit() and len(told) < 12):
        raise Unauthenticated(f"sign the body: {_ID}, {_TIME} and {_SIGNATURE} (Standard Webhooks)")
    fresh = abs(now_seconds - int(told)) <= LEEWAY_SECONDS
    right = [_signature(one, message_id, told, body).encode() for one in signing]
    shown = [one.encode() for one in given.split(" ")[:MAX_SIGNATURES]]
    # no short cut: every pair is compared, so that the time says nothing
    matches = [hmac.compare_digest(one, other) for one in right for other in shown]
    if not (fresh and any(matches)):
        raise Unauthenticated("the signature does not fit the body, or it is too old")
    return message_id


def _signature(secret: str, message_id: str, told: str, body: bytes) -> str:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise Unauthenticated("the secret is no `whsec_` secret") from None
    signed = f"{message_id}.{told}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
