"""Statements asked without a cursor: what a cursor of psycopg's would have given, whatever happens between."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from psycopg.errors import DivisionByZero, QueryCanceled
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from tenants.database.connection import Pool, tenant_transaction
from tenants.database.desk_connection import DeskConnection, OpeningRawCursor
from tenants.database.statements import Statement
from tenants.ids import new_id

VALUES: dict[str, Any] = {
    "id": UUID(int=7),
    "words": "Grüezi, 'quoted' \\ and %",
    "none": None,
    "small": 3,
    "large": 2**40,
    "share": 0.25,
    "cost": Decimal("0.000300"),
    "yes": True,
    "at": datetime(2026, 3, 1, 12, 30, tzinfo=UTC),
    "bytes": b"\x00\xff",
    "json": Jsonb({"a": [1, None]}),
    "texts": ["a", None, "c,d"],
    "ids": [UUID(int=1), UUID(int=2)],
    "numbers": [1, 2**33],
}
ALL = Statement.of(
    """
    select %(id)s::uuid as id, %(words)s::text as words, %(none)s::text as none,
           %(small)s::int as small, %(large)s::bigint as large, %(share)s::float8 as share,
           %(cost)s::numeric as cost, %(yes)s::bool as yes, %(at)s::timestamptz as at,
           %(bytes)s::bytea as bytes, %(json)s::jsonb as json, %(texts)s::text[] as texts,
           %(ids)s::uuid[] as ids, %(numbers)s::bigint[] as numbers, n
      from generate_series(1, 3) as n
    """
)
DIVIDE = Statement.of("select 1 / %(by)s::int as found")
SLEEP = Statement.of("select pg_sleep(%(seconds)s::float8)")


@dataclass(frozen=True, slots=True)
class Found:
    found: int


async def test_rows_are_those_of_a_cursor(pool: Pool) -> None:
    async with pool.lent() as conn:
        async with OpeningRawCursor(conn, row_factory=dict_row) as cursor:
            given = [VALUES[name] for name in ALL.names]
            await cursor.execute(ALL.text, given, binary=True)
            by_cursor = await cursor.fetchall()
        for _ in range(3):
            answer = await conn.ask(ALL, VALUES)
            for _again in range(2):
                assert answer.rows(dict) == by_cursor and len(by_cursor) == 3


async def test_an_error_is_psycopg_s_and_the_next_transaction_goes_on(pool: Pool) -> None:
    tenant_id = new_id()
    for _ in range(3):  # a rollback forgets what is prepared on the connection
        async with tenant_transaction(pool, tenant_id) as conn:
            assert await conn.read(Found, DIVIDE, {"by": 1}) == [Found(1)]
        with pytest.raises(DivisionByZero):
            async with tenant_transaction(pool, tenant_id) as conn:
                await conn.run(DIVIDE, {"by": 0})


async def test_what_psycopg_forgets_is_prepared_anew(pool: Pool) -> None:
    async with pool.lent() as conn:
        for _ in range(3):
            assert (await conn.ask(DIVIDE, {"by": 1})).rows(Found) == [Found(1)]
            await conn.execute("create temporary table passing (n int)")
            await conn.execute("drop table passing")


async def test_more_statements_than_a_connection_keeps(pool: Pool) -> None:
    many = [Statement(f"select {n} + $1::int as found".encode(), ("by",)) for n in range(130)]
    async with pool.lent() as conn:
        for _ in range(2):
            for n, one in enumerate(many):
                assert (await conn.ask(one, {"by": 1})).rows(Found) == [Found(n + 1)]


async def test_one_statement_with_values_of_other_types(pool: Pool) -> None:
    echo = Statement.of("select coalesce(%(by)s::bigint, 0) as found")
    async with pool.lent() as conn:
        for value in (1, None, 2**40, 2**15, -1, None):
            assert (await conn.ask(echo, {"by": value})).rows(Found) == [Found(value or 0)]


async def test_who_is_stopped_leaves_a_connection_that_can_be_used(pool: Pool) -> None:
    async with pool.lent() as conn:
        began = asyncio.get_running_loop().time()
        with pytest.raises((TimeoutError, QueryCanceled)):
            async with asyncio.timeout(0.2):
                await conn.ask(SLEEP, {"seconds": 20})
        assert (await conn.ask(DIVIDE, {"by": 1})).rows(Found) == [Found(1)]
        assert asyncio.get_running_loop().time() - began < 5


async def test_several_at_once_on_one_connection_each_get_their_own(pool: Pool) -> None:
    kinds: list[tuple[str, list[Any]]] = [
        ("uuid", [UUID(int=n) for n in range(5)]),
        ("text", ["a", "", "c", "%", "e"]),
        ("bigint", [1, 2**40, -3, 2**20, 5]),
        ("bytea", [b"", b"1", b"2", b"3", b"4"]),
    ]
    names = ("a", "b")
    asked = [
        (
            Statement(
                f"select $1::{kind} as a, $2::text as b, pg_sleep(0.005)::text".encode(), names
            ),
            value,
        )
        for kind, values in kinds
        for value in values
    ]
    async with pool.lent() as conn:

        async def one(statement: Statement, value: Any) -> Any:
            given = {"a": value, "b": str(value)}
            [row] = (await conn.ask(statement, given)).rows(dict)
            return row["a"], row["b"]

        found = await asyncio.gather(*(one(*each) for each in asked))
    assert found == [(value, str(value)) for _, value in asked]


async def test_what_is_written_with_changing_types_is_prepared_late(pool: Pool) -> None:
    counted = "select count(*)::int as found from pg_prepared_statements where statement like 'select 7171%%'"
    times: list[int] = []
    async with tenant_transaction(pool, new_id()) as conn:
        for _ in range(7):
            await conn.run(Statement(b"select 7171 / $1::int", ("by",)), {"by": 1})
            [row] = await conn.rows(Found, counted)
            times.append(row.found)
    assert times == [0, 0, 0, 0, 0, 1, 1]


async def test_within_a_pipeline_psycopg_asks(pool: Pool) -> None:
    async with tenant_transaction(pool, new_id()) as conn:
        assert isinstance(conn.raw, DeskConnection)
        async with conn.pipeline():
            assert conn.raw.is_in_pipeline
            assert await conn.read(Found, DIVIDE, {"by": 1}) == [Found(1)]
            await conn.run(DIVIDE, {"by": 1})
        assert not conn.raw.is_in_pipeline
