"""How far the event loop is behind, and words of models that wait until it has caught up.

Among a hundred answers that are being written every word is a step of the loop, and a message that
is taken in waits behind all of them, once for each answer of the database. So where the loop is
behind, words are read later and more of them together: they come in meanwhile all the same. Each
tenant has a share of the loop's time (`fair_loop`), and its words wait for that share alone.
"""

import asyncio
import time
import weakref
from collections import deque

from server.admitting.fair_loop import context_of, whose_time

BEHIND_SECONDS = 0.004  # that a step of the loop waits for its turn
HOLDS = 20  # times that long words are left to gather
LONGEST_HOLD_SECONDS = 0.4
AT_ONCE = 2  # answers that go on in one pass of the loop
FORGOTTEN_SECONDS = 0.5  # after which a look says nothing any more
MOST_KEPT = 1_000  # tenants, before those whose models say nothing now are forgotten


class LoopPace:
    """`graphs.ports.Pace`: words are read as their tenant's share of the loop keeps up."""

    def __init__(self) -> None:
        self._shares: dict[int | None, SharePace] = {}

    @property
    def tenants_known(self) -> int:
        """How many tenants' shares are remembered."""
        return len(self._shares)

    async def words(self) -> None:
        """Return when the next words may be read."""
        tenant = whose_time()
        share = self._shares.get(tenant)
        if share is None:
            if len(self._shares) >= MOST_KEPT:
                self._shares = {key: one for key, one in self._shares.items() if one.is_used}
            share = self._shares[tenant] = SharePace(tenant)
        await share.words()


class SharePace:
    """When the next words of one tenant's models are read; at once while its share keeps up."""

    def __init__(self, tenant: int | None = None) -> None:
        self._tenant = tenant
        self._lag = 0.0
        self._looked_at = 0.0
        self._is_looking = False
        self._waiting: deque[tuple[float, asyncio.Future[None]]] = deque()
        self._pump: asyncio.Task[None] | None = None
        self._reading: weakref.ref[asyncio.Task[object]] | None = None  # who went on last

    @property
    def is_used(self) -> bool:
        """Whether somebody waits, or asked a moment ago."""
        return bool(self._waiting) or time.perf_counter() - self._looked_at < FORGOTTEN_SECONDS

    def lag_seconds(self) -> float:
        """How long a step of this tenant's waits, as far as is known; asking looks anew."""
        if not self._is_looking:
            self._is_looking = True
            asyncio.get_running_loop().call_soon(self._looked, time.perf_counter())
        return self._lag if time.perf_counter() - self._looked_at < FORGOTTEN_SECONDS else 0.0

    def is_behind(self) -> bool:
        """Whether what can wait had better wait."""
        return self.lag_seconds() >= BEHIND_SECONDS

    async def words(self) -> None:
        """Return when the next words may be read; what is there already is read in one go."""
        lag = self.lag_seconds()
        if lag < BEHIND_SECONDS and not self._waiting:
            return
        if self._reading is not None and self._reading() is asyncio.current_task():
            return
        future = asyncio.get_running_loop().create_future()
        hold = min(HOLDS * lag, LONGEST_HOLD_SECONDS)
        self._waiting.append((time.perf_counter() + hold, future))
        if self._pump is None:
            self._pump = asyncio.create_task(self._let_through(), context=context_of(self._tenant))
        await future
        task = asyncio.current_task()
        self._reading = None if task is None else weakref.ref(task)

    def _looked(self, asked_at: float) -> None:
        self._is_looking = False
        self._looked_at = time.perf_counter()
        self._lag += (self._looked_at - asked_at - self._lag) / 4

    async def _let_through(self) -> None:
        """A few in one pass of the loop, so that what has come in meanwhile is done first."""
        try:
            while self._waiting:
                left = self._waiting[0][0] - time.perf_counter()
                if left > 0:
                    await asyncio.sleep(left)
                for _ in range(AT_ONCE):
                    if self._waiting and self._waiting[0][0] <= time.perf_counter():
                        _, future = self._waiting.popleft()
                        if not future.done():
                            future.set_result(None)
                await asyncio.sleep(0)
        finally:
            self._pump = None
