"""What a transaction of one statement costs by how it is sent: `python benchmarks/trips.py`.

As the product sends it (`begin` with its tenant, the statement, `commit`: three trips, each waited
for, none with a cursor), the same with a cursor of psycopg's, in one trip through psycopg's pipeline,
and in one without `begin` and `commit`, which the pipeline's own end then stands for. All alternate;
printed are medians of the rounds, CPU of this process and of PostgreSQL, and ratios to the first.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import uvloop
from desk import cpu_seconds, own_cpu_seconds
from psycopg import AsyncRawCursor

from tenants.database.desk_connection import DeskConnection
from tenants.database.postgres import EmbeddedPostgres
from tenants.database.statements import Statement

ROWS = 1_000
STATEMENT = b"update kept set n = n + 1 where id = $1 returning n"
SCOPE = "select set_config('app.tenant_id', %s, true)"
BEGIN = b"begin; set local app.tenant_id = 'one'"
READY = Statement(STATEMENT, ("id",))
Way = Callable[[DeskConnection, int], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Kept:
    """The row that comes back."""

    n: int


async def three_trips(conn: DeskConnection, row: int) -> object:
    """As `tenant_transaction`."""
    await conn.command(BEGIN)
    found = (await conn.ask(READY, {"id": row})).rows(Kept)
    await conn.commit()
    return found


async def with_a_cursor(conn: DeskConnection, row: int) -> object:
    """The statement as psycopg would have it."""
    await conn.command(BEGIN)
    async with AsyncRawCursor(conn) as cursor:
        await cursor.execute(STATEMENT, [row], prepare=True, binary=True)
        found = await cursor.fetchall()
    await conn.commit()
    return found


async def one_trip(conn: DeskConnection, row: int) -> object:
    """Four messages that go together."""
    async with conn.pipeline(), AsyncRawCursor(conn) as cursor:
        await conn.execute("begin", prepare=True)
        await conn.execute(SCOPE, ("one",), prepare=True)
        await cursor.execute(STATEMENT, [row], prepare=True, binary=True)
        await conn.execute("commit", prepare=True)
        return await cursor.fetchall()


async def two_messages(conn: DeskConnection, row: int) -> object:
    """Scope and statement; what was sent until the pipeline's end is one transaction."""
    async with conn.pipeline(), AsyncRawCursor(conn) as cursor:
        await conn.execute(SCOPE, ("one",), prepare=True)
        await cursor.execute(STATEMENT, [row], prepare=True, binary=True)
        return await cursor.fetchall()


WAYS: dict[str, Way] = {
    "begin, statement, commit: three trips": three_trips,
    "the same, the statement with a cursor": with_a_cursor,
    "the same in one trip": one_trip,
    "scope and statement in one trip": two_messages,
}


async def measure(conn: DeskConnection, way: Way, times: int, postgres: int) -> tuple[float, ...]:
    """Milliseconds a transaction: passed, computed here, computed by PostgreSQL."""
    began = time.perf_counter(), own_cpu_seconds(os.getpid()), cpu_seconds(postgres)
    for n in range(times):
        await way(conn, n % ROWS)
    ended = time.perf_counter(), own_cpu_seconds(os.getpid()), cpu_seconds(postgres)
    return tuple(1_000 * (b - a) / times for a, b in zip(began, ended, strict=True))


async def run(postgres: EmbeddedPostgres, times: int, rounds: int) -> None:
    """Warm up, alternate, print."""
    assert postgres.pid is not None
    seen: dict[str, list[tuple[float, ...]]] = {name: [] for name in WAYS}
    async with await DeskConnection.connect(postgres.urls.owner, autocommit=True) as conn:
        conn.opens_for(None)
        await conn.execute("create temp table kept (id int primary key, n int)")
        filled = "insert into kept select id, 0 from generate_series(0, %s) as id"
        await conn.execute(filled, (ROWS,))
        for way in WAYS.values():
            await measure(conn, way, 50, postgres.pid)
        for _ in range(rounds):
            for name, way in WAYS.items():
                seen[name].append(await measure(conn, way, times, postgres.pid))
    print("| sent as | ms | CPU here ms | CPU of PostgreSQL ms | ms, CPU here: to the first |")
    print("| --- | ---: | ---: | ---: | --- |")
    figures = {name: [median(part) for part in zip(*of, strict=True)] for name, of in seen.items()}
    floor = figures[next(iter(WAYS))]
    for name, (passed, here, there) in figures.items():
        ratios = f"{passed / floor[0]:.2f}, {here / floor[1]:.2f}"
        print(f"| {name} | {passed:.3f} | {here:.3f} | {there:.3f} | {ratios} |")


def main() -> None:
    """Ask the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=2_000, help="of a round")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="trips-") as folder:
        Path(folder).chmod(0o711)  # PostgreSQL runs as another user where we are root
        with EmbeddedPostgres(Path(folder)) as postgres:
            uvloop.run(run(postgres, asked.times, asked.rounds))


if __name__ == "__main__":
    main()
