"""The one way personal text is laid down in a `bytea` column and read again.

The first byte names the form, so that an encrypted form can be added without touching a row.
"""

import json
from typing import Any

_PLAIN_JSON = b"\x01"


def encode(value: Any) -> bytes:
    """Bytes for a `bytea` column from any JSON value."""
    return _PLAIN_JSON + json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def decode(stored: bytes) -> Any:
    """The JSON value again. Raises: ValueError where the form is unknown."""
    if stored[:1] != _PLAIN_JSON:
        raise ValueError(f"unknown form {stored[:1]!r} of stored content")
    return json.loads(stored[1:])
