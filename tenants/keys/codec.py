"""The one way text is laid down in a `bytea` column and read again.

The first byte names the form. `encode` gives the plain form, for knowledge and figures; `personal`
gives a value that its connection seals on the way to the database (`tenants/keys/keyring.py`) and opens
on the way back, so that readers see the plain form again, whichever form was stored.
"""

import hashlib
import json
from typing import Any
from uuid import UUID

_PLAIN_JSON = b"\x01"
# Made once: `json.dumps` makes one anew at every call with a form of its own.
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
ROW_BYTES = 16

RowPart = UUID | str | int


class Personal(bytes):
    """Bytes that are sealed wherever they are stored.

    `of` says what they are (`table.column`), `row` whose row they belong to (`row_id`; empty in what
    a release before this one has sealed).
    """

    of: str = ""
    row: bytes = b""


def row_id(*parts: RowPart) -> bytes:
    """16 bytes that name a row by its key: a lone UUID as it is, else a digest of the parts."""
    if len(parts) == 1 and isinstance(parts[0], UUID):
        return parts[0].bytes
    names = [str(part) for part in parts]
    joined = "".join(names)
    if joined.isascii() and joined.isprintable() and '"' not in joined and "\\" not in joined:
        named = '["' + '", "'.join(names) + '"]'  # as JSON writes it, in a quarter of the time
    else:
        named = json.dumps(names)
    return hashlib.blake2b(named.encode(), digest_size=ROW_BYTES).digest()


def encode(value: Any) -> bytes:
    """Bytes for a `bytea` column from any JSON value."""
    return _PLAIN_JSON + _ENCODER.encode(value).encode()


def personal(value: Any, of: str, row: RowPart, *more: RowPart) -> Personal:
    """As `encode`, for what a person said or is: it is sealed under that person's key, for that row."""
    return marked(encode(value), of, row_id(row, *more))


def marked(content: bytes, of: str, row: bytes) -> Personal:
    """Any bytes as personal ones."""
    made = Personal(content)
    made.of = of
    made.row = row
    return made


def check(stored: bytes, of: str, *row: RowPart) -> None:
    """Raises: ValueError where something sealed was put in another column's or row's place."""
    if not isinstance(stored, Personal):
        return
    if stored.of not in ("", of):
        raise ValueError(f"content of {stored.of} stands in {of}")
    if stored.row and stored.row != row_id(*row):
        raise ValueError(f"content of another row stands in {of}")


def decode(stored: bytes, of: str | None = None, *row: RowPart) -> Any:
    """The JSON value again. Raises: ValueError where the form is unknown, the key is gone, or
    something sealed is not what it should be (`of`, and `row` where `of` is given).
    """
    if of is not None:
        check(stored, of, *row)
    if stored[:1] != _PLAIN_JSON:
        raise ValueError(f"unknown form {bytes(stored[:1])!r} of stored content")
    return json.loads(stored[1:])
