"""The event loop, with its time shared between tenants as a system's is between programs.

An event loop does what is ready in the order in which it became so: beside another tenant's hundred
turns each answer of the database that a lone message waits for stands behind a hundred steps. Here
what is done for a tenant stands in that tenant's own queue. The next step is of the tenant that has
had least of the loop's time, and between a few steps the loop hears what has come in meanwhile.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from contextvars import Context, ContextVar
from typing import TypeVarTuple
from uuid import UUID

import uvloop

Given = TypeVarTuple("Given")

AT_A_TIME_SECONDS = 0.0005  # of steps, before the loop hears what has come in
AHEAD_SECONDS = (
    0.05  # some turns' worth, that who was idle may take at once before they wait like all
)
ALONE_SECONDS = 1.0  # without a step of another tenant: then one needs no queue
MOST_KEPT = 1_000  # tenants whose time is remembered

_tenant: ContextVar[int | None] = ContextVar("loop_time_of", default=None)


def time_is_of(tenant_id: UUID | None) -> None:
    """From here on this task's time, and that of tasks it begins, is this tenant's; or nobody's."""
    _tenant.set(None if tenant_id is None else tenant_id.int)


class FairLoop(uvloop.Loop):
    """uvloop, but for the order of what tasks have to do (`time_is_of`).

    What is of no tenant, and everything while there is one tenant alone, is left in uvloop's order.
    """

    def __init__(self) -> None:
        super().__init__()
        self._soon = super().call_soon
        self._ready: dict[int, deque[asyncio.Handle]] = {}  # by tenants who have something to do
        self._taken: dict[int, float] = {}  # seconds of the loop, counted from the hindmost's
        self._hindmost = 0.0  # what the tenant had who was served last, before it was
        self._is_serving = False
        self._alone: int | None = None  # who has the loop without a queue
        self._last: int | None = None  # served
        self._changed_at = 0.0  # when another tenant was served than the one before

    @property
    def tenants_known(self) -> int:
        """How many tenants' time is remembered."""
        return len(self._taken)

    def call_soon(
        self,
        callback: Callable[[*Given], object],
        *args: *Given,
        context: Context | None = None,
    ) -> asyncio.Handle:
        """Do this next, or when it is its tenant's turn."""
        tenant = _tenant.get() if context is None else context.get(_tenant)
        if tenant is None or tenant == self._alone:
            return self._soon(callback, *args, context=context)
        self._alone = None
        handle = asyncio.Handle(callback, args, self, context)
        queue = self._ready.get(tenant)
        if queue is None:
            queue = self._ready[tenant] = deque()
            least = self._hindmost - AHEAD_SECONDS
            self._taken[tenant] = max(self._taken.pop(tenant, least), least)  # it came last
        queue.append(handle)
        if not self._is_serving:
            self._is_serving = True
            self._soon(self._serve, context=_NOBODY)
        return handle

    def _serve(self) -> None:
        began_at = now = time.perf_counter()
        try:
            while self._ready and now - began_at < AT_A_TIME_SECONDS:
                self._step(now)
                now = time.perf_counter()
        finally:
            self._is_serving = bool(self._ready)
            if self._is_serving:
                self._soon(self._serve, context=_NOBODY)
        if not self._is_serving and now - self._changed_at > ALONE_SECONDS:
            self._alone = self._last
        if len(self._taken) > MOST_KEPT:
            self._forget()

    def _forget(self) -> None:
        """Let the time of those go who were here longest ago: they are idle, as who never came."""
        for tenant in list(self._taken)[: MOST_KEPT // 2]:
            if tenant not in self._ready:
                del self._taken[tenant]

    def _step(self, now: float) -> None:
        """One step of who has had least."""
        ready, taken = self._ready, self._taken
        tenant = min(ready, key=taken.__getitem__)
        queue = ready[tenant]
        handle = queue.popleft()
        if not queue:
            del ready[tenant]
        self._hindmost = max(self._hindmost, taken[tenant])
        if tenant != self._last:
            self._last, self._changed_at = tenant, now
        if not handle.cancelled():
            handle._run()
        taken[tenant] += time.perf_counter() - now


_NOBODY = Context()
