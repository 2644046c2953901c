"""How gently a site is read: at most two calls at once, and a pause between two beginnings.

The pace of a host is shared by all jobs of a process.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary, WeakValueDictionary

AT_ONCE = 2
PAUSE_SECONDS = 0.25


class HostPace:
    """The calls of one host."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(AT_ONCE)
        self._next_at = 0.0

    @asynccontextmanager
    async def turn(self, pause_seconds: float) -> AsyncGenerator[None]:
        """One call's time: waits for a place, and until the last beginning is long enough ago."""
        async with self._places:
            now = time.monotonic()
            begin = max(now, self._next_at)
            self._next_at = begin + pause_seconds
            if begin > now:
                await asyncio.sleep(begin - now)
            yield


_hosts: WeakKeyDictionary[asyncio.AbstractEventLoop, WeakValueDictionary[str, HostPace]] = (
    WeakKeyDictionary()
)


def pace_of(host: str) -> HostPace:
    """The pace of a host, the same for everybody who holds it now."""
    hosts = _hosts.setdefault(asyncio.get_running_loop(), WeakValueDictionary())
    found = hosts.get(host)
    if found is None:
        found = hosts[host] = HostPace()
    return found
