"""The process's connections: who works for a turn leaves some of them to who is being waited for.

A turn takes seconds and asks for a connection a few times; a message that is being taken in needs
one now. Among many running turns it would stand behind all of theirs.
"""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from contextvars import Context, ContextVar

from psycopg_pool import AsyncConnectionPool, PoolTimeout

from tenants.database.desk_connection import DeskConnection

_for_turn: ContextVar[bool] = ContextVar("for_turn", default=False)
_is_lent: ContextVar[bool] = ContextVar("connection_is_lent", default=False)


def has_connection(context: Context | None = None) -> bool:
    """Whether what is done in this context (None: here) has a connection, or waits for one."""
    return _is_lent.get() if context is None else context.get(_is_lent, False)


@contextmanager
def for_a_turn() -> Generator[None]:
    """What is done inside, and in tasks begun there, is done for a turn."""
    token = _for_turn.set(True)
    try:
        yield
    finally:
        _for_turn.reset(token)


class DeskPool(AsyncConnectionPool[DeskConnection]):
    """A pool of which turns together use a part; before `share_with_turns` they may use all."""

    _places: asyncio.Semaphore | None = None
    _of_turns: set[DeskConnection]

    def share_with_turns(self, connections: int) -> None:
        """Let turns have so many connections at once, and others all of them."""
        self._places = asyncio.Semaphore(connections)
        self._of_turns = set()

    @asynccontextmanager
    async def lent(self) -> AsyncGenerator[DeskConnection]:
        """A connection for whoever begins and ends transactions by itself.

        The pool's own `connection` commits once more behind them, which costs every transaction the
        half of a statement; what is left open or broken is seen to where it is given back.
        """
        before = _is_lent.get()
        _is_lent.set(True)  # from now on: who wakes up with a connection has not gone on yet
        try:
            conn = await self.getconn()
            try:
                yield conn
            finally:
                await self.putconn(conn)
        finally:
            _is_lent.set(before)  # no token: a stream may be put away by another task

    async def getconn(self, timeout: float | None = None) -> DeskConnection:  # noqa: ASYNC109
        """As the pool's. Raises: PoolTimeout."""
        if self._places is None or not _for_turn.get():
            return await super().getconn(timeout)
        try:
            async with asyncio.timeout(self.timeout if timeout is None else timeout):
                await self._places.acquire()
        except TimeoutError:
            raise PoolTimeout("other turns held all connections that turns may have") from None
        try:
            conn = await super().getconn(timeout)
        except BaseException:
            self._places.release()
            raise
        self._of_turns.add(conn)
        return conn

    async def putconn(self, conn: DeskConnection) -> None:
        """As the pool's."""
        try:
            await super().putconn(conn)
        finally:
            if self._places is not None and conn in self._of_turns:
                self._of_turns.remove(conn)
                self._places.release()
