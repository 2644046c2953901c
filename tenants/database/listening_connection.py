"""A connection whose socket stays with the event loop from one answer of PostgreSQL to the next.

psycopg puts it there and takes it away at every wait, with a timer beside it: twelve system calls,
a third of what a short statement costs this process.
"""

import asyncio
from collections.abc import Generator
from typing import Any

from psycopg import AsyncConnection, generators
from psycopg.abc import RV, PQGen
from psycopg.errors import OperationalError, error_from_result
from psycopg.pq import ConnStatus, ExecStatus
from psycopg.rows import TupleRow
from psycopg.waiting import Ready, Wait


class _Ear:
    """Hears whether there is something to read; for one reader at a time, on one loop."""

    def __init__(self, socket: int) -> None:
        self._socket = socket
        self._loop = asyncio.get_running_loop()
        self._is_there = False
        self._waiting: asyncio.Future[None] | None = None

    @property
    def is_on_this_loop(self) -> bool:
        """False where another loop runs now than the one it was put to."""
        return self._loop is asyncio.get_running_loop()

    async def heard(self) -> None:
        """Returns once there is something to read."""
        self._listen()
        self._waiting = self._loop.create_future()
        try:
            await self._waiting
        finally:
            self._waiting = None

    def leave(self) -> None:
        """Must come before the socket is closed: its number may be given to another one."""
        if self._is_there:
            self._loop.remove_reader(self._socket)
            self._is_there = False

    def _listen(self) -> None:
        # Said anew each time, which costs no system call: uvloop lets go of a socket that it hears an
        # error of, tells nobody, and there may be something to read before the error.
        try:
            self._loop.add_reader(self._socket, self._hear)
        except RuntimeError:
            self._loop.remove_reader(self._socket)
            self._loop.add_reader(self._socket, self._hear)
        self._is_there = True

    def _hear(self) -> None:
        if self._waiting is None:
            self.leave()  # an idle connection that was ended would be told of without end
        elif not self._waiting.done():
            self._waiting.set_result(None)


class _Rest(Generator[Any, Any, RV]):
    """What is left of psycopg's generator: first a state it has told, or an end that came to who waits."""

    def __init__(self, gen: PQGen[RV], first: int | asyncio.CancelledError) -> None:
        self._gen = gen
        self._first: int | asyncio.CancelledError | None = first

    def send(self, value: Any) -> Any:
        """As the generator's own, after `first`."""
        first, self._first = self._first, None
        if isinstance(first, asyncio.CancelledError):
            raise first
        return self._gen.send(value) if first is None else first

    def throw(self, *error: Any) -> Any:
        """As the generator's own."""
        return self._gen.throw(*error)


class ListeningConnection(AsyncConnection[TupleRow]):
    """A connection that waits for its answers with less ado."""

    _ear: _Ear | None = None

    async def wait(
        self,
        gen: PQGen[RV],
        interval: float = 0.1,
        timeout: float | None = None,  # noqa: ASYNC109 - psycopg's name
    ) -> RV:
        """As psycopg's, of which the socket is put to the loop and taken away again at every answer.

        It stays there as long as answers alone are waited for; all else is psycopg's to do: room to
        write, a time to give up at, a statement whose caller is stopped.
        """
        if timeout is None:
            try:
                state = next(gen)
                while state == Wait.R:
                    if self._ear is None or not self._ear.is_on_this_loop:
                        self._ear = _Ear(self.pgconn.socket)
                    try:
                        await self._ear.heard()
                    except asyncio.CancelledError as stopped:
                        gen = _Rest(gen, stopped)
                        break
                    state = gen.send(Ready.R)
                else:
                    gen = _Rest(gen, state)
            except StopIteration as end:
                if self.pgconn.status != ConnStatus.OK:
                    self._leave_loop()
                return end.value
            except OSError as gone:
                self._leave_loop()
                raise OperationalError("the connection's socket is closed") from gone
            except BaseException:
                self._leave_loop()
                raise
        self._leave_loop()
        return await super().wait(gen, interval, timeout)

    async def command(self, statements: bytes) -> None:
        """Run what has no parameters and gives no rows, such as what begins a transaction.

        Without a cursor, which costs as much as the statements. Raises: psycopg's errors.
        """
        async with self.lock:
            await self.wait(self._commanded(statements))

    def _commanded(self, statements: bytes) -> PQGen[None]:
        self.pgconn.send_query(statements)
        for result in (yield from generators.execute(self.pgconn)):
            if result.status != ExecStatus.COMMAND_OK:
                raise error_from_result(result)

    async def close(self) -> None:
        """As psycopg's; the loop lets go of the socket before."""
        self._leave_loop()
        await super().close()

    def _leave_loop(self) -> None:
        if self._ear is not None:
            self._ear.leave()
            self._ear = None
