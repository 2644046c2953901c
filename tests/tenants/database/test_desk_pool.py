"""Running turns leave connections to whoever is waited for."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from psycopg_pool import PoolTimeout

from tenants.database.connection import Pool, make_pool
from tenants.database.desk_pool import for_a_turn
from tests.conftest import Database


@pytest.fixture
async def small(database: Database) -> AsyncIterator[Pool]:
    """Two connections, of which turns may have one."""
    opened = make_pool(database.app, min_size=2, max_size=2, timeout_seconds=20)
    opened.share_with_turns(1)
    async with opened:
        await opened.wait()
        yield opened


async def test_a_second_turn_waits_while_others_find_a_connection(small: Pool) -> None:
    had = asyncio.Event()

    async def second() -> None:
        with for_a_turn():
            async with small.connection():
                had.set()

    with for_a_turn():
        first = await small.getconn()
    waiting = asyncio.create_task(second())
    async with small.connection() as conn:
        assert await (await conn.execute("select 1")).fetchone() == (1,)
        assert not had.is_set()
    await small.putconn(first)
    await asyncio.wait_for(waiting, 20)


async def test_a_turn_that_waits_too_long_is_told_so_and_takes_nothing_with_it(
    small: Pool,
) -> None:
    with for_a_turn():
        async with small.connection():
            with pytest.raises(PoolTimeout):
                await small.getconn(timeout=0.05)
        for _ in range(3):
            async with small.connection():
                pass


async def test_a_turn_that_is_stopped_while_it_waits_leaves_its_place(small: Pool) -> None:
    with for_a_turn():
        first = await small.getconn()
        stopped = asyncio.create_task(small.getconn())
        await asyncio.sleep(0)
        stopped.cancel()
        await asyncio.gather(stopped, return_exceptions=True)
        await small.putconn(first)
        async with asyncio.timeout(20), small.connection():
            pass
