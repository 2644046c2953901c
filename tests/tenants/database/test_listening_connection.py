"""Connections whose socket stays with the loop: stopped, ended, full and closed, on both kinds of loop."""

import asyncio
import select
import socket
import struct
import threading
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import psycopg
import pytest
import uvloop
from psycopg import OperationalError
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tenants.database.listening_connection import ListeningConnection
from tests.conftest import Database

Runs = Callable[[Awaitable[None]], None]


@pytest.fixture(params=[asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def runs(request: pytest.FixtureRequest) -> Runs:
    """Both loops: a server runs on uvloop."""
    return request.param


@asynccontextmanager
async def _connected(database: Database) -> AsyncGenerator[ListeningConnection]:
    conn = await ListeningConnection.connect(database.app, autocommit=True)
    try:
        yield conn
    finally:
        await conn.close()


async def _answers(conn: ListeningConnection) -> None:
    async with asyncio.timeout(5):
        for number in range(3):
            cursor = await conn.execute("select %s::int", (number,))
            assert await cursor.fetchone() == (number,)


def _end(database: Database, conn: ListeningConnection) -> None:
    """As a database that goes away does."""
    with psycopg.connect(database.superuser, autocommit=True) as other:
        other.execute("select pg_terminate_backend(%s)", (conn.info.backend_pid,))


async def _another_socket_works(number: int) -> None:
    """A stream of the loop's own, on a socket that was given that number."""
    here, there = socket.socketpair()
    assert here.fileno() == number
    reader, writer = await asyncio.open_unix_connection(sock=here)
    there.send(b"x")
    assert await asyncio.wait_for(reader.read(1), 5) == b"x"
    writer.close()
    await writer.wait_closed()
    there.close()


class _Road:
    """A way to the database by TCP for one connection; it breaks within an answer once it is told to."""

    LETS_THROUGH = 5_000  # bytes of the answer that it breaks within

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._breaks = threading.Event()
        self._lasts = threading.Thread(target=self._carry, daemon=True)
        self._lasts.start()

    @property
    def url(self) -> str:
        """Of the database, along this road."""
        port = self._listening.getsockname()[1]
        return make_conninfo(self._database.app, host="127.0.0.1", port=port, sslmode="disable")

    def break_within_an_answer(self) -> None:
        self._breaks.set()

    def wait_until_broken(self) -> None:
        self._lasts.join(10)
        assert not self._lasts.is_alive()

    def _carry(self) -> None:
        with self._listening:
            here, _ = self._listening.accept()
        named = conninfo_to_dict(self._database.app)
        with here, socket.socket(socket.AF_UNIX) as there:
            there.connect(f"{named['host']}/.s.PGSQL.{named.get('port') or 5432}")
            while True:
                for one in select.select([here, there], [], [])[0]:
                    said = one.recv(65_536)
                    if not said:
                        return
                    if one is there and self._breaks.is_set():
                        here.sendall(said[: self.LETS_THROUGH])
                        # closed at once with all that lies there: the other side is told of an error
                        reset = struct.pack("ii", 1, 0)
                        here.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
                        return
                    (there if one is here else here).sendall(said)


def test_a_way_that_breaks_within_an_answer_is_told(runs: Runs, database: Database) -> None:
    async def go() -> None:
        road = _Road(database)
        conn = await ListeningConnection.connect(road.url, autocommit=True)
        await _answers(conn)
        road.break_within_an_answer()
        asked = asyncio.ensure_future(conn.execute("select repeat('x', 100000)"))
        await asyncio.sleep(0)  # it is sent
        road.wait_until_broken()  # the loop stands still: it hears of the answer and the error at once
        done, _ = await asyncio.wait({asked}, timeout=5)
        assert done, "nobody was told"
        assert isinstance(asked.exception(), OperationalError)
        await conn.close()

    runs(go())


def test_a_statement_whose_caller_is_stopped_is_ended_in_the_database(
    runs: Runs, database: Database
) -> None:
    async def go() -> None:
        async with _connected(database) as conn:
            began = time.monotonic()
            asked = asyncio.ensure_future(conn.execute("select pg_sleep(20)"))
            await asyncio.sleep(0.2)
            asked.cancel()
            with suppress(asyncio.CancelledError):
                await asked
            await _answers(conn)
            assert time.monotonic() - began < 10
            assert asked.cancelled()

    runs(go())


def test_a_connection_that_ends_while_nobody_waits_costs_nothing_and_is_told_at_its_next_use(
    runs: Runs, database: Database
) -> None:
    async def go() -> None:
        async with _connected(database) as conn:
            await _answers(conn)
            _end(database, conn)
            await asyncio.sleep(0.1)
            used = time.process_time()
            await asyncio.sleep(0.5)
            assert time.process_time() - used < 0.25  # a loop that is told again and again: 0.5
            with pytest.raises(OperationalError):
                await conn.execute("select 1")

    runs(go())


def test_a_connection_that_ends_within_a_statement_leaves_its_number_to_the_next(
    runs: Runs, database: Database
) -> None:
    async def go() -> None:
        async with _connected(database) as conn:
            number = conn.pgconn.socket
            asked = asyncio.ensure_future(conn.execute("select pg_sleep(20)"))
            await asyncio.sleep(0.2)
            _end(database, conn)
            with pytest.raises(OperationalError):
                await asyncio.wait_for(asked, 10)
            await _another_socket_works(number)

    runs(go())


def test_a_closed_connection_leaves_its_number_to_the_next(runs: Runs, database: Database) -> None:
    async def go() -> None:
        async with _connected(database) as conn:
            await _answers(conn)
            number = conn.pgconn.socket
        await _another_socket_works(number)

    runs(go())


def test_what_is_longer_than_the_socket_holds_arrives_and_answers_go_on(
    runs: Runs, database: Database
) -> None:
    async def go() -> None:
        async with _connected(database) as conn:
            await _answers(conn)
            long = "x" * 20_000_000
            cursor = await conn.execute("select %s::text", (long,))
            assert await cursor.fetchone() == (long,)
            await _answers(conn)

    runs(go())


def test_statements_go_on_behind_a_wait_with_an_end_and_behind_a_pipeline(
    runs: Runs, database: Database
) -> None:
    async def go() -> None:
        async with _connected(database) as conn:
            await _answers(conn)
            assert [one async for one in conn.notifies(timeout=0.1)] == []
            await _answers(conn)
            async with conn.pipeline():
                cursors = [await conn.execute("select %s::int", (n,)) for n in range(5)]
                assert [await one.fetchone() for one in cursors] == [(n,) for n in range(5)]
            await _answers(conn)

    runs(go())


def test_commands_that_fail_say_so_and_leave_a_connection_that_works(
    runs: Runs, database: Database
) -> None:
    async def go() -> None:
        async with _connected(database) as conn:
            with pytest.raises(psycopg.errors.UndefinedObject):
                await conn.command(b"begin; set local no_such_setting = 1")
            await conn.rollback()
            await conn.command(b"begin; set local application_name = 'x'")
            cursor = await conn.execute("select current_setting('application_name')")
            assert await cursor.fetchone() == ("x",)
            await conn.commit()
            _end(database, conn)
            with pytest.raises(OperationalError):
                await conn.command(b"begin")

    runs(go())
