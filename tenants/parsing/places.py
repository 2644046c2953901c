"""How many files are read at the same time: two, and slow ones do not keep the others waiting.

A child that takes longer than most files do goes on at the lowest priority beside the two places,
so that hostile files of one sender do not hold up good ones of another.
"""

import asyncio
import contextlib
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary

_QUICK = 2
_ALTOGETHER = 4  # memory: each may take what `ParseLimits.memory_bytes` says
_PATIENCE_SECONDS = 2.0
_LOWEST_PRIORITY = 19

_gates: WeakKeyDictionary[asyncio.AbstractEventLoop, "_Gate"] = WeakKeyDictionary()


class _Gate:
    def __init__(self) -> None:
        self.quick = asyncio.Semaphore(_QUICK)
        self.altogether = asyncio.Semaphore(_ALTOGETHER)


class Place:
    """A place among the quick ones, given up after a while."""

    def __init__(self, quick: asyncio.Semaphore) -> None:
        self._quick = quick
        self._held = True
        self._pid: int | None = None
        self._timer = asyncio.get_running_loop().call_later(_PATIENCE_SECONDS, self._step_aside)

    def taken_by(self, pid: int) -> None:
        """Say which process sits here."""
        self._pid = pid

    def leave(self) -> None:
        """Give the place back, if it is still held."""
        self._timer.cancel()
        if self._held:
            self._held = False
            self._quick.release()

    def _step_aside(self) -> None:
        if self._pid is not None:
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self._pid, _LOWEST_PRIORITY)
        self.leave()


@asynccontextmanager
async def places() -> AsyncGenerator[Place]:
    """Wait for a place; it is free again when the block ends."""
    gate = _gates.setdefault(asyncio.get_running_loop(), _Gate())
    async with gate.altogether:
        await gate.quick.acquire()
        place = Place(gate.quick)
        try:
            yield place
        finally:
            place.leave()
