"""Lists of text, UUIDs or bytes as parameters, written in one go.

psycopg looks at every element twice before it writes the first: a quarter of what the parameters of a
turn cost. Any other list is still its own.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from psycopg.abc import Buffer, DumperKey
from psycopg.adapt import Dumper, PyFormat
from psycopg.errors import DataError
from psycopg.types.array import ListDumper

_UNKNOWN, _UUIDS, _BYTES = 0, 2951, 1001  # of what a statement says, uuid[], bytea[]


def _text(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _bytes(value: bytes) -> str:
    return '"\\\\x' + value.hex() + '"'


class _FlatDumper(Dumper):
    """Elements of one type, and None."""

    def __init__(self, element: Callable[[Any], str], oid: int) -> None:
        super().__init__(list)
        self.oid = oid
        self._element = element

    def dump(self, obj: list[Any]) -> Buffer:
        """As PostgreSQL writes an array. Raises: DataError for a character that it cannot hold."""
        element = self._element
        written = ",".join(["NULL" if one is None else element(one) for one in obj])
        if "\0" in written:
            raise DataError("text of PostgreSQL cannot hold a NUL character")
        return b"{" + written.encode() + b"}"


_OF: dict[type, _FlatDumper] = {
    str: _FlatDumper(_text, _UNKNOWN),
    UUID: _FlatDumper(lambda value: value.hex, _UUIDS),
    bytes: _FlatDumper(_bytes, _BYTES),
}


class FlatListDumper(ListDumper):
    """psycopg's for lists, which hands the frequent kinds to one that knows their type."""

    def get_key(self, obj: list[Any], format: PyFormat) -> DumperKey:
        """What a dumper is remembered by: psycopg's are by the type in the innermost of nested lists."""
        found = _type_of(obj)
        return super().get_key(obj, format) if found is None else (_FlatDumper, found)

    def upgrade(self, obj: list[Any], format: PyFormat) -> Any:
        """The dumper of such a list."""
        found = _type_of(obj)
        return super().upgrade(obj, format) if found is None else _OF[found]


def _type_of(obj: list[Any]) -> type | None:
    """The one type of the elements that are there, where it is one of those here."""
    types = set(map(type, obj))
    types.discard(type(None))
    if len(types) != 1:
        return None
    (found,) = types
    return found if found in _OF else None
