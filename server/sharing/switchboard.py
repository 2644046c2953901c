"""The parent's end of the lines between its processes: hands on what one tells the others, and counts."""

import asyncio
import json
import math
import time
from contextlib import suppress

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from server.sharing.siblings import COUNT, GONE, Lines

_COUNT = b'["count"'


class Switchboard:
    """All lines that are open; `line` makes the end for a process that calls."""

    def __init__(self) -> None:
        self._lines: set[_Line] = set()
        self._counting = SlidingWindowCounterRateLimiter(MemoryStorage())

    def line(self) -> "Lines":
        """The end for one more process."""
        return _Line(self)

    def close(self) -> None:
        """Cut all lines."""
        for line in list(self._lines):
            if line.transport is not None:
                line.transport.abort()

    def came(self, line: "_Line") -> None:
        """A process is there."""
        self._lines.add(line)

    def went(self, line: "_Line") -> None:
        """Its line has ended; the others are told."""
        self._lines.discard(line)
        gone = json.dumps([GONE, line.number, None]).encode()
        for other in self._lines:
            other.write(gone)

    def hand_on(self, told: bytes, by: "_Line") -> None:
        """One process has told something; counts are answered, all else is for the others."""
        if told.startswith(_COUNT):
            by.write(self._counted(told))
            return
        if by.number == 0:
            by.number = json.loads(told)[1]
        for other in self._lines:
            if other is not by:
                other.write(told)

    def _counted(self, told: bytes) -> bytes:
        _, asked, (policy, name, quota, window_seconds) = json.loads(told)
        item = RateLimitItemPerSecond(quota, window_seconds)
        allowed = self._counting.hit(item, policy, name)
        stands = self._counting.get_window_stats(item, policy, name)
        left = min(float(window_seconds), max(0.0, stands.reset_time - time.time()))
        remaining = max(0, math.floor(stands.remaining))
        return json.dumps([COUNT, asked, [allowed, remaining, left]]).encode()


class _Line(Lines):
    def __init__(self, board: Switchboard) -> None:
        super().__init__()
        self._board = board
        self.number = 0  # as its first words say

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._board.came(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._board.went(self)

    def heard(self, line: bytes) -> None:
        with suppress(ValueError):  # cut off in mid-line
            self._board.hand_on(line, self)
