"""Work that comes round: done by one process at a time, the one that holds a lock in Postgres.

The lock lives as long as its connection, so a process that dies hands the lead on at once.
"""

import asyncio
from collections.abc import Mapping

import psycopg
import structlog

from server.working.job_run import JobHouse, PeriodicWork

log = structlog.get_logger()

ASK_SECONDS = 5.0  # between two tries to take the lead, and two looks whether it is still held
CONNECT_SECONDS = 10
_LOCK = 7_304_201  # of our advisory locks: who does the periodic work


class Periodic:
    """Runs each work every so many seconds while this process has the lead."""

    def __init__(
        self, database_url: str, house: JobHouse, works: Mapping[str, tuple[float, PeriodicWork]]
    ) -> None:
        self._database_url = database_url
        self._house = house
        self._works = works

    async def lead_forever(self) -> None:
        """Take the lead whenever it is free, through the database's absences."""
        while True:
            try:
                await self._lead()
            except (psycopg.OperationalError, OSError) as error:
                log.info("periodic_lead_lost", error=type(error).__name__)
            await asyncio.sleep(ASK_SECONDS)

    async def _lead(self) -> None:
        async with await psycopg.AsyncConnection.connect(
            self._database_url,
            autocommit=True,
            connect_timeout=CONNECT_SECONDS,
            application_name="frontdesk periodic",
        ) as conn:
            while not await _take(conn):
                await asyncio.sleep(ASK_SECONDS)
            async with asyncio.TaskGroup() as group:
                working = [
                    group.create_task(self._repeat(name, *every))
                    for name, every in self._works.items()
                ]
                try:
                    while True:
                        await asyncio.sleep(ASK_SECONDS)
                        await conn.execute("select 1")
                finally:
                    for one in working:
                        one.cancel()

    async def _repeat(self, name: str, seconds: float, work: PeriodicWork) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await work(self._house)
            except Exception as error:  # the outermost loop of periodic work: the next round comes
                log.warning("periodic_work_failed", work=name, exc_info=error)


async def _take(conn: psycopg.AsyncConnection) -> bool:
    cursor = await conn.execute("select pg_try_advisory_lock(%s)", (_LOCK,))
    row = await cursor.fetchone()
    return bool(row and row[0])
