"""A checkpoint's JSON at rest: its words are taken out and sealed as one, ids and numbers stay.

LangGraph's own encrypted serializer leaves channels that are plain strings, and all metadata, in
clear. Ids stay readable because forks and pruning look for them.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any

from tenants.database.desk_connection import keys_of
from tenants.ids import parse_id
from tenants.keys.codec import RowPart, check, marked, row_id
from tenants.keys.data_keys import Connection
from tenants.keys.keyring import DataKey, TenantKeys

CHECKPOINTS = "checkpoints"  # what LangGraph's tables hold is, to whoever reads it sealed
_SEALED = "_sealed"


def seal_words(
    keys: TenantKeys, key: DataKey, values: Mapping[str, Any], *row: RowPart
) -> dict[str, Any]:
    """The values with everything that may be words in one entry, sealed for a row."""
    words = {name: value for name, value in values.items() if _may_be_words(value)}
    plain = {name: value for name, value in values.items() if name not in words}
    if not words:
        return plain
    sealed = keys.seal(marked(json.dumps(words).encode(), CHECKPOINTS, row_id(*row)), key)
    return plain | {_SEALED: base64.b64encode(sealed).decode()}


async def open_words(conn: Connection, values: Mapping[str, Any], *row: RowPart) -> dict[str, Any]:
    """The values as they were. Raises: ValueError where the key is gone, or they are another row's."""
    keys, sealed = keys_of(conn), values.get(_SEALED)
    if keys is None or not isinstance(sealed, str):
        return dict(values)
    stored = base64.b64decode(sealed)
    opened = keys.open(stored)
    if opened is stored and await keys.load_missing(conn):
        opened = keys.open(stored)
    check(opened, CHECKPOINTS, *row)
    plain = {name: value for name, value in values.items() if name != _SEALED}
    return plain | json.loads(opened)


def _may_be_words(value: Any) -> bool:
    if isinstance(value, str):
        return bool(value) and parse_id(value) is None
    return isinstance(value, dict | list) and bool(value)
