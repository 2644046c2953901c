"""Lists as parameters reach PostgreSQL as psycopg's own would."""

from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import DataError

from tenants.database.desk_connection import DeskConnection
from tenants.ids import new_id
from tests.conftest import Database

ODD = [
    "",
    "NULL",
    "null",
    'a "quote"',
    "back\\slash",
    "{a,b}",
    " blank ",
    "new\nline",
    "ä→😀",
    "',;",
]
IDS = [new_id(), UUID(int=0), UUID(int=2**128 - 1)]
LISTS: list[tuple[str, Sequence[Any]]] = [
    ("text", ODD),
    ("text", [None, "a", None]),
    ("text", [None, None]),
    ("text", []),
    ("jsonb", ['{"a": "b \\\\ \\"c\\""}', "null"]),
    ("uuid", IDS),
    ("uuid", [None, *IDS]),
    ("bytea", [b"", b"\x00\\x\xff", bytes(range(256)), None]),
    ("bigint", [1, 70_000, -(2**40)]),
    ("boolean", [True, None, False]),
    ("float8", [0.1, -1e300]),
    ("text", [["a", 'b"'], ["c", None]]),
]


@pytest.fixture
async def conn(database: Database) -> AsyncIterator[DeskConnection]:
    """One that writes lists as the pool's do."""
    async with await DeskConnection.connect(database.app, autocommit=True) as opened:
        opened.opens_for(None)
        yield opened


@pytest.mark.parametrize(("element", "values"), LISTS)
async def test_a_list_arrives_as_it_was_given(
    conn: DeskConnection, database: Database, element: str, values: Sequence[Any]
) -> None:
    query = f"select %s::{element}[], pg_typeof(%s::{element}[])::text"
    given = [list(values)] * 2
    async with await psycopg.AsyncConnection.connect(database.app, autocommit=True) as plain:
        expected = await (await plain.execute(query.encode(), given)).fetchone()
    assert await (await conn.execute(query.encode(), given)).fetchone() == expected


async def test_ids_need_no_word_of_their_type(conn: DeskConnection) -> None:
    found = await (await conn.execute("select %s = any(%s)", (IDS[1], IDS))).fetchone()
    assert found == (True,)


async def test_one_statement_takes_one_kind_of_list_after_another(conn: DeskConnection) -> None:
    for values in (ODD, [None], [], ["x"], ODD[:1]):
        cursor = await conn.execute("select %s::text[]", (values,), prepare=True)
        assert await cursor.fetchone() == (values,)


@pytest.mark.parametrize(
    ("element", "values"),
    [("text", ["a", 'b"']), ("uuid", IDS), ("bytea", [b"\\x", b""]), ("text", ["a", None])],
)
async def test_one_statement_takes_flat_and_nested_lists_of_a_type(
    conn: DeskConnection, element: str, values: list[Any]
) -> None:
    query = f"select %s::{element}[], %s::{element}[]".encode()
    for given in ([values, [values, values[:]]], [[values], values]):
        assert await (await conn.execute(query, given)).fetchone() == tuple(given)


async def test_a_character_that_postgresql_cannot_hold_is_refused(conn: DeskConnection) -> None:
    with pytest.raises(DataError, match="NUL"):
        await conn.execute("select %s::text[]", (["a", "b\0c"],))
    assert await (await conn.execute("select 1")).fetchone() == (1,)
