"""The moment a process begins to go: set once, from a signal handler, seen by everyone."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress

LISTENS_SECONDS = 0.5  # on after SIGTERM, so that whoever asks `/readyz` is told and goes elsewhere
TELL_SECONDS = 1.0  # before the end of a drain, whoever waits is told how things stand


class Drain:
    """`started` turns true at the first signal; listeners are called in the event loop."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listeners: list[Callable[[], None]] = []
        self._started_at: float | None = None

    @property
    def started(self) -> bool:
        """Whether this process takes no new work any more."""
        return self._started_at is not None

    def seconds_left(self, allowed: float) -> float:
        """What remains of `allowed` seconds since the signal; all of it before one."""
        if self._started_at is None:
            return allowed
        return max(0.0, allowed - (time.monotonic() - self._started_at))

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` in the running loop when the drain starts."""
        self._loop = asyncio.get_running_loop()
        self._listeners.append(listener)

    def start(self) -> None:
        """Begin; safe in a signal handler and when called again."""
        if self._started_at is not None:
            return
        self._started_at = time.monotonic()
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()


class Patience:
    """How long callers may wait for something: in a drain they are told before it is over."""

    def __init__(self, drain: Drain, drain_seconds: float) -> None:
        self._drain = drain
        self._drain_seconds = drain_seconds
        self._waits: set[asyncio.Timeout] = set()
        drain.listen(self._hurry)

    @asynccontextmanager
    async def within(self, seconds: float) -> AsyncGenerator[None]:
        """Wait inside for so long at most; what takes longer is left without an error."""
        if self._drain.started:
            seconds = min(seconds, self._left())
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds) as wait:
                self._waits.add(wait)
                try:
                    yield
                finally:
                    self._waits.discard(wait)

    def _left(self) -> float:
        return max(0.0, self._drain.seconds_left(self._drain_seconds) - TELL_SECONDS)

    def _hurry(self) -> None:
        until = asyncio.get_running_loop().time() + self._left()
        for wait in self._waits:
            if not wait.expired():  # else it is about to be left
                wait.reschedule(min(until, wait.when() or until))
