"""What keeps one tool's trouble to itself: a breaker, a bulkhead and a cache for each tenant and tool."""

import asyncio
import random
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar
from uuid import UUID

from graphs.asking.breaker import Breaker
from tools.contract import Tool, ToolResult
from tools.errors import ArgumentRejected, ToolUnavailable

AT_ONCE = 4  # calls of one tool for one tenant; more wait their turn
MOST_WAITING = 16
MOST_CACHED = 2_000
MOST_GUARDED = 10_000
RETRY_SECONDS = (0.05, 0.25)  # drawn between them, before the one more try of a read
GRACE_SECONDS = 1.0  # beyond a call's own time, for waiting and the second try
_Key = tuple[UUID, str]
One = TypeVar("One")


class ToolGuard:
    """The tools of this process, each tenant's apart from every other's."""

    def __init__(
        self,
        *,
        make_breaker: Callable[[], Breaker] = Breaker,
        clock: Callable[[], float] = time.monotonic,
        at_once: int = AT_ONCE,
    ) -> None:
        self._make_breaker = make_breaker
        self._clock = clock
        self._at_once = at_once
        self._breakers: dict[_Key, Breaker] = {}
        self._places: dict[_Key, asyncio.Semaphore] = {}
        self._waiting: dict[_Key, int] = {}
        self._cached: OrderedDict[tuple[object, ...], tuple[float, ToolResult]] = OrderedDict()

    def cached(self, key: tuple[object, ...]) -> ToolResult | None:
        """What was read a moment ago under this key, while it may be told again."""
        held = self._cached.get(key)
        if held is None or held[0] <= self._clock():
            return None
        self._cached.move_to_end(key)
        return held[1]

    def keep(self, key: tuple[object, ...], result: ToolResult, seconds: float) -> None:
        """Keep what was read; the entry used longest ago goes."""
        if seconds <= 0:
            return
        self._cached[key] = (self._clock() + seconds, result)
        if len(self._cached) > MOST_CACHED:
            self._cached.popitem(last=False)

    def forget(self, tenant_id: UUID) -> None:
        """What was read for a tenant is read anew: something was changed there."""
        for key in [key for key in self._cached if key[0] == tenant_id]:
            del self._cached[key]

    def trust(self, tenant_id: UUID) -> None:
        """Every tool of a tenant's is tried again at once: somebody has seen to what failed."""
        for key in [key for key in self._breakers if key[0] == tenant_id]:
            del self._breakers[key]

    async def read(self, tenant_id: UUID, tool: Tool, call: Callable[[], Awaitable[One]]) -> One:
        """What a call that changes nothing gives, tried once more after a moment where it failed.

        Raises: ToolUnavailable, ArgumentRejected.
        """
        most = tool.timeout_seconds + GRACE_SECONDS
        try:
            async with asyncio.timeout(most), self.place(tenant_id, tool.name):
                try:
                    return await self.once(tenant_id, tool.name, call)
                except ToolUnavailable:
                    await asyncio.sleep(random.uniform(*RETRY_SECONDS))
                    return await self.once(tenant_id, tool.name, call)
        except TimeoutError:
            raise ToolUnavailable(f"{tool.name} took too long.", cause="timeout") from None

    async def once(self, tenant_id: UUID, name: str, call: Callable[[], Awaitable[One]]) -> One:
        """One try behind the breaker. Raises: ToolUnavailable, ArgumentRejected."""
        breaker = self._of(self._breakers, (tenant_id, name), self._make_breaker)
        if not breaker.allows():
            raise ToolUnavailable(f"{name} fails at the moment and is left alone.")
        try:
            result = await call()
        except ToolUnavailable:
            breaker.failed()
            raise
        except ArgumentRejected:  # it is there and answers
            breaker.succeeded()
            raise
        except BaseException:  # given up by us
            breaker.abandoned()
            raise
        breaker.succeeded()
        return result

    @asynccontextmanager
    async def place(self, tenant_id: UUID, name: str) -> AsyncGenerator[None]:
        """A place among the calls of a tenant's tool. Raises: ToolUnavailable where too many wait."""
        key = (tenant_id, name)
        places = self._of(self._places, key, lambda: asyncio.Semaphore(self._at_once))
        if self._waiting.get(key, 0) >= MOST_WAITING:
            raise ToolUnavailable(f"{name} is asked too often at the moment.")
        self._waiting[key] = self._waiting.get(key, 0) + 1
        try:
            await places.acquire()
        finally:
            self._leave(key)
        try:
            yield
        finally:
            places.release()

    def open_breakers(self) -> int:
        """How many tools are being left alone now."""
        return sum(breaker.is_open for breaker in self._breakers.values())

    def _leave(self, key: _Key) -> None:
        self._waiting[key] -= 1
        if not self._waiting[key]:
            del self._waiting[key]

    def _of(self, held: dict[_Key, One], key: _Key, make: Callable[[], One]) -> One:
        if key not in held:
            if len(held) >= MOST_GUARDED:
                held.pop(next(iter(held)))
            held[key] = make()
        return held[key]
