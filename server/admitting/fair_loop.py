"""The event loop, with its time shared between tenants as a system's is between programs.

An event loop does what is ready in the order in which it became so: beside another tenant's hundred
turns each answer of the database that a lone message waits for stands behind a hundred steps. Here
what is done for a tenant stands in that tenant's own queue. The next step is of the tenant that has
had least of the loop's time, and between a few steps the loop hears what has come in meanwhile.
A request mostly waits for the database, which computes on the same cores: so while one of a tenant
who had little is under way, those who had much wait with it for a moment (`GoingFirst`).
"""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import Context, ContextVar
from typing import TypeVarTuple
from uuid import UUID

import uvloop

from tenants.database.desk_pool import has_connection

Given = TypeVarTuple("Given")

AT_A_TIME_SECONDS = 0.0005  # of steps, before the loop hears what has come in
AHEAD_SECONDS = 0.1  # some turns' worth, that who was idle may take at once before they wait
MUCH_SECONDS = 0.08  # more than another: more than a turn alone takes
LONGEST_HOLD_SECONDS = 0.05  # that a request holds others back
ALONE_SECONDS = 1.0  # without a step of another tenant: then one needs no queue
MOST_KEPT = 1_000  # tenants whose time is remembered

_tenant: ContextVar[int | None] = ContextVar("loop_time_of", default=None)
_request: "ContextVar[GoingFirst | None]" = ContextVar("request_going_first", default=None)


def time_is_of(tenant_id: UUID | None, *, apart: bool = False) -> None:
    """From here on this task's time, and that of tasks it begins, is this tenant's; or nobody's.

    What is `apart` has a share of its own: the rest that is the tenant's does not wait for it.
    """
    tenant = None if tenant_id is None else 2 * tenant_id.int + apart
    _tenant.set(tenant)
    if tenant is not None and (request := _request.get()) is not None:
        request.begin(tenant)


def whose_time() -> int | None:
    """The tenant whose time this task's is, as a key; None: nobody's."""
    return _tenant.get()


def context_of(tenant: int | None) -> Context:
    """An empty context, for a task whose time is this tenant's (`whose_time`)."""
    context = Context()
    context.run(_tenant.set, tenant)
    return context


class GoingFirst:
    """One request: it goes first from when its tenant is known until its answer begins."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._tenant: int | None = None
        self._is_over = False

    @property
    def is_on(self) -> bool:
        """Whether it goes first now."""
        return self._tenant is not None and not self._is_over

    def begin(self, tenant: int) -> None:
        """From here on, once."""
        if self._is_over or self._tenant is not None or not isinstance(self._loop, FairLoop):
            return
        self._tenant = tenant
        self._loop.hold_back(tenant)
        self._loop.call_later(LONGEST_HOLD_SECONDS, self.end)

    def end(self) -> None:
        """No longer; as often as one likes."""
        if not self._is_over and self._tenant is not None and isinstance(self._loop, FairLoop):
            self._loop.let_go(self._tenant)
        self._is_over = True


@contextmanager
def request_goes_first() -> Generator[GoingFirst]:
    """What is done inside is one request: it goes first as soon as `time_is_of` names its tenant."""
    first = GoingFirst()
    token = _request.set(first)
    try:
        yield first
    finally:
        _request.reset(token)
        first.end()


@contextmanager
def going_first() -> Generator[None]:
    """What is done inside goes first, also where no request is: a message by a WebSocket."""
    request, tenant = _request.get(), _tenant.get()
    if tenant is None or (request is not None and request.is_on):
        yield
        return
    first = GoingFirst()
    first.begin(tenant)
    try:
        yield
    finally:
        first.end()


class _Steps:
    """What is ready of one tenant: first what has a connection that others may wait for."""

    __slots__ = ("lent", "rest")

    def __init__(self) -> None:
        self.lent: deque[asyncio.Handle] = deque()
        self.rest: deque[asyncio.Handle] = deque()

    def __bool__(self) -> bool:
        return bool(self.lent or self.rest)


class FairLoop(uvloop.Loop):
    """uvloop, but for the order of what tasks have to do (`time_is_of`).

    What is of no tenant, and everything while there is one tenant alone, is left in uvloop's order.
    """

    def __init__(self) -> None:
        super().__init__()
        self._soon = super().call_soon
        self._ready: dict[int, _Steps] = {}  # by tenants who have something to do
        self._taken: dict[int, float] = {}  # seconds of the loop, counted from the hindmost's
        self._hindmost = 0.0  # what the tenant had who was served last, before it was
        self._is_serving = False
        self._alone: int | None = None  # who has the loop without a queue
        self._last: int | None = None  # served
        self._first = Counter[int]()  # requests that go first, by tenants
        self._held_since: float | None = None  # nothing is served, though something is ready
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
        steps = self._ready.get(tenant)
        if steps is None:
            steps = self._ready[tenant] = _Steps()
            least = self._hindmost - AHEAD_SECONDS
            self._taken[tenant] = max(self._taken.pop(tenant, least), least)  # it came last
        is_lent = has_connection(context)
        (steps.lent if is_lent else steps.rest).append(handle)
        if self._held_since is None or is_lent or not self._is_held(tenant):
            self._go_on()
        return handle

    def hold_back(self, tenant: int) -> None:
        """Hold those back who had much more than this tenant, until `let_go`."""
        self._first[tenant] += 1

    def let_go(self, tenant: int) -> None:
        """The end of one `hold_back`."""
        self._go_on()
        self._first[tenant] -= 1
        if not self._first[tenant]:
            del self._first[tenant]

    def _is_held(self, tenant: int) -> bool:
        most = self._taken[tenant] - MUCH_SECONDS
        return any(
            self._taken.get(other, most) < most and other // 2 != tenant // 2
            for other in self._first
        )

    def _go_on(self) -> None:
        """Serve what is ready. How long others were held back counts as the holders' own time."""
        if self._held_since is not None:
            held = time.perf_counter() - self._held_since
            self._held_since = None
            for tenant in self._first.keys() & self._taken.keys():
                self._taken[tenant] += held
        if self._ready and not self._is_serving:
            self._is_serving = True
            self._soon(self._serve, context=_NOBODY)

    def _serve(self) -> None:
        began_at = now = time.perf_counter()
        try:
            while self._ready and now - began_at < AT_A_TIME_SECONDS:
                tenant = self._next()
                if tenant is None:
                    self._held_since = now
                    break
                self._step(tenant, now)
                now = time.perf_counter()
        finally:
            self._is_serving = bool(self._ready) and self._held_since is None
            if self._is_serving:
                self._soon(self._serve, context=_NOBODY)
        if not self._ready and now - self._changed_at > ALONE_SECONDS:
            self._alone = self._last
        if len(self._taken) > MOST_KEPT:
            self._forget()

    def _next(self) -> int | None:
        """Whose step is next; None where all that is ready is held back."""
        tenant = min(self._ready, key=self._taken.__getitem__)
        if not self._first or not self._is_held(tenant):
            return tenant
        lent = [one for one, steps in self._ready.items() if steps.lent]
        return min(lent, key=self._taken.__getitem__, default=None)

    def _forget(self) -> None:
        """Let the time of those go who were here longest ago: they are idle, as who never came."""
        for tenant in list(self._taken)[: MOST_KEPT // 2]:
            if tenant not in self._ready:
                del self._taken[tenant]

    def _step(self, tenant: int, now: float) -> None:
        ready, taken = self._ready, self._taken
        steps = ready[tenant]
        handle = (steps.lent or steps.rest).popleft()
        if not steps:
            del ready[tenant]
        self._hindmost = max(self._hindmost, taken[tenant])
        if tenant != self._last:
            self._last, self._changed_at = tenant, now
        if not handle.cancelled():
            handle._run()
        taken[tenant] += time.perf_counter() - now


_NOBODY = Context()
