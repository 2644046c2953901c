"""Who is stopped as a pipeline begins leaves no connection that fails whoever uses it next."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from uuid import UUID

import pytest
from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from tenants.database.connection import Pool, make_pool, tenant_transaction
from tests.conftest import Database

NOBODY = UUID(int=7)
# Where a loop has been busy for so long, psycopg lets others run within each of its calls, also in
# one that waits for nothing: work can be stopped there, as it is on a machine with much to do.
BUSY_SECONDS = 0.02


@pytest.fixture
async def single(database: Database) -> AsyncIterator[Pool]:
    """One connection, which everybody uses after each other."""
    opened = make_pool(database.app, min_size=1, max_size=1, timeout_seconds=20)
    async with opened:
        await opened.wait()
        yield opened


async def in_a_pipeline(conn: AsyncConnection[TupleRow], begins: asyncio.Event) -> None:
    begins.set()
    time.sleep(BUSY_SECONDS)  # noqa: ASYNC251 - the loop is to be late
    async with conn.pipeline():
        await conn.execute("select 1")
        await conn.execute("select 2")


async def of_a_tenant(pool: Pool, begins: asyncio.Event) -> None:
    async with tenant_transaction(pool, NOBODY) as conn:
        await in_a_pipeline(conn.raw, begins)


async def of_a_run(pool: Pool, begins: asyncio.Event) -> None:
    """As a saver does: the transaction begins within the pipeline, and is taken back behind it."""
    async with pool.connection() as conn:
        try:
            await in_a_pipeline(conn, begins)
        except BaseException:
            await conn.rollback()
            raise


@pytest.mark.parametrize("passes", range(4))
@pytest.mark.parametrize("work", [of_a_tenant, of_a_run])
async def test_who_is_stopped_as_a_pipeline_begins_hands_on_a_connection_that_works(
    single: Pool, work: Callable[[Pool, asyncio.Event], Awaitable[None]], passes: int
) -> None:
    begins = asyncio.Event()
    working = asyncio.ensure_future(work(single, begins))
    await begins.wait()
    for _ in range(passes):
        await asyncio.sleep(0)
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working
    async with asyncio.timeout(10), tenant_transaction(single, NOBODY) as conn:
        cursor = await conn.execute("select current_setting('app.tenant_id')")
        assert await cursor.fetchone() == (str(NOBODY),)
