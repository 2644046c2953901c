"""The one way text is laid down in a `bytea` column and read again.

The first byte names the form. `encode` gives the plain form, for knowledge and figures; `personal`
gives a value that its connection seals on the way to the database (`tenants/keys/keyring.py`) and opens
on the way back, so that readers see the plain form again, whichever form was stored.
"""

import json
from typing import Any

_PLAIN_JSON = b"\x01"


class Personal(bytes):
    """Bytes that are sealed wherever they are stored; `of` says what they are (`table.column`)."""

    of: str = ""


def encode(value: Any) -> bytes:
    """Bytes for a `bytea` column from any JSON value."""
    return _PLAIN_JSON + json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def personal(value: Any, of: str) -> Personal:
    """As `encode`, for what a person said or is: it is sealed under that person's key."""
    return marked(encode(value), of)


def marked(content: bytes, of: str) -> Personal:
    """Any bytes as personal ones."""
    made = Personal(content)
    made.of = of
    return made


def decode(stored: bytes, of: str | None = None) -> Any:
    """The JSON value again. Raises: ValueError where the form is unknown, the key is gone, or
    something sealed is not what it should be (`of`).
    """
    if of is not None and isinstance(stored, Personal) and stored.of not in ("", of):
        raise ValueError(f"content of {stored.of} stands in {of}")
    if stored[:1] != _PLAIN_JSON:
        raise ValueError(f"unknown form {bytes(stored[:1])!r} of stored content")
    return json.loads(stored[1:])
