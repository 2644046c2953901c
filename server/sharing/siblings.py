"""The line between the processes of one command: JSON lines over a socket file, through their parent.

    process → [kind, number, body] → parent → every other process

It carries what the log does not hold yet, counts and figures; while it is broken every process goes
on alone, as servers without Redis do. The folder of the socket file is the owner's alone.
"""

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

AGAIN_SECONDS = 0.2  # after a broken line
COUNT_SECONDS = 0.5  # a request waits so long at most for a count
UNREAD_BYTES = 16_000_000  # of a process that reads nothing; then its line is cut, and begins anew

COUNT = "count"  # of one limit: the parent answers it
GONE = "gone"  # a process is no more: the parent tells it

Heard = Callable[[int, Any], None]  # from which process, and what


@dataclass(frozen=True, slots=True)
class Sibling:
    """Which of how many processes this is, and where their line is."""

    number: int  # from 1
    of: int
    socket: Path
    demo_port: int = 0  # of the demo's service, which the first of them runs


@dataclass(frozen=True, slots=True)
class Counted:
    """How one limit stands after a request was counted."""

    allowed: bool
    remaining: int
    reset_seconds: float


class Lines(asyncio.Protocol, ABC):
    """One end of the line: whole lines are handed on, others wait for their end."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The line is open."""
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is none by its class

    def data_received(self, data: bytes) -> None:
        """Hand on what is whole."""
        *whole, self._rest = (self._rest + data).split(b"\n")
        for line in whole:
            self.heard(line)

    @abstractmethod
    def heard(self, line: bytes) -> None:
        """One line, without its end."""

    def write(self, line: bytes) -> None:
        """Send one line; who has not read for long is cut off."""
        if self.transport is None or self.transport.is_closing():
            return
        self.transport.write(line + b"\n")
        if self.transport.get_write_buffer_size() > UNREAD_BYTES:
            self.transport.abort()


class Siblings(Lines):
    """This process's end of the line; `work_forever` beside the server."""

    def __init__(self, sibling: Sibling) -> None:
        super().__init__()
        self.sibling = sibling
        self.is_connected = False
        self.on_connected: list[Callable[[], None]] = []
        self._heard: dict[str, Heard] = {}
        self._counts: dict[int, asyncio.Future[Counted]] = {}
        self._asked = 0
        self._over: asyncio.Future[None] | None = None

    def on(self, kind: str, heard: Heard) -> None:
        """Hand what others tell of one kind to `heard`."""
        self._heard[kind] = heard

    def tell(self, kind: str, body: Any) -> None:
        """Tell all others; lost where the line is broken."""
        if self.is_connected:
            told = json.dumps([kind, self.sibling.number, body])
            self.write(told.encode())

    async def count(
        self, policy: str, name: str, *, quota: int, window_seconds: int
    ) -> Counted | None:
        """Count one for all processes together; None where nobody can tell now."""
        if not self.is_connected:
            return None
        self._asked += 1
        asked = self._asked
        answer = self._counts[asked] = asyncio.get_running_loop().create_future()
        self.write(json.dumps([COUNT, asked, [policy, name, quota, window_seconds]]).encode())
        try:
            async with asyncio.timeout(COUNT_SECONDS):
                return await answer
        except TimeoutError:
            return None
        finally:
            del self._counts[asked]

    async def work_forever(self, *, on_error: Callable[[Exception], None]) -> None:
        """Hold the line until cancelled; one that breaks is taken up again."""
        loop = asyncio.get_running_loop()
        while True:
            self._over, self._rest = loop.create_future(), b""
            try:
                await loop.create_unix_connection(lambda: self, str(self.sibling.socket))
                await self._over
            except OSError as error:
                on_error(error)
            finally:
                self.is_connected = False
                if self.transport is not None:
                    self.transport.abort()
            await asyncio.sleep(AGAIN_SECONDS)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say who this is; what others missed is told anew."""
        super().connection_made(transport)
        self.is_connected = True
        self.tell("here", None)
        for connected in self.on_connected:
            connected()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is heard any more."""
        self.is_connected = False
        if self._over is not None and not self._over.done():
            self._over.set_result(None)

    def heard(self, line: bytes) -> None:
        """Hand on what somebody told; a count goes to whoever asked for it."""
        kind, number, body = json.loads(line)
        if kind == COUNT:
            answer = self._counts.get(number)
            if answer is not None and not answer.done():
                answer.set_result(Counted(*body))
        elif (take := self._heard.get(kind)) is not None:
            take(number, body)
