"""Fair turns at something scarce: whoever has least of it goes first, and a crowd leaves room.

`FairSlots` lets so many in at once. `Turnstile` lets everybody in, one after the other, where there
is more than one tenant, and nobody while a message of another tenant is being taken in.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from contextvars import Context
from uuid import UUID

from server.admitting.loop_pace import LoopPace
from server.errors import Busy
from tenants.ids import parse_id

LONGEST_YIELD_SECONDS = 0.05  # a step waits so long at most for others' messages to be taken in


class _Waiting:
    """Who waits, by tenant, in order; who was served last is last."""

    def __init__(self) -> None:
        self._by_tenant: OrderedDict[UUID, deque[asyncio.Future[None]]] = OrderedDict()

    def __len__(self) -> int:
        return sum(map(len, self._by_tenant.values()))

    def of(self, tenant_id: UUID) -> int:
        return len(self._by_tenant.get(tenant_id, ()))

    def add(self, tenant_id: UUID) -> "asyncio.Future[None]":
        future = asyncio.get_running_loop().create_future()
        self._by_tenant.setdefault(tenant_id, deque()).append(future)
        return future

    def remove(self, tenant_id: UUID, future: "asyncio.Future[None]") -> None:
        queue = self._by_tenant.get(tenant_id)
        if queue is not None and future in queue:
            queue.remove(future)
            if not queue:
                del self._by_tenant[tenant_id]

    def tenants(self) -> list[UUID]:
        return list(self._by_tenant)

    def pop(self, tenant_id: UUID) -> "asyncio.Future[None]":
        queue = self._by_tenant[tenant_id]
        future = queue.popleft()
        if queue:
            self._by_tenant.move_to_end(tenant_id)
        else:
            del self._by_tenant[tenant_id]
        return future


class FairSlots:
    """So many inside at once; the last free slot is for tenants with nobody inside."""

    def __init__(self, slots: int, *, most_waiting_of_a_tenant: int) -> None:
        self._slots = slots
        self._reserve = 1 if slots > 1 else 0
        self._most_waiting = most_waiting_of_a_tenant
        self._inside: dict[UUID, int] = {}
        self._waiting = _Waiting()

    @asynccontextmanager
    async def of(self, tenant_id: UUID) -> AsyncGenerator[None]:
        """A slot, held until the end. Raises: Busy, where too many of the tenant wait already."""
        if self._may_enter(tenant_id) and not self._waiting.of(tenant_id):
            self._enter(tenant_id)
        else:
            await self._wait(tenant_id)
        try:
            yield
        finally:
            self._leave(tenant_id)

    async def _wait(self, tenant_id: UUID) -> None:
        if self._waiting.of(tenant_id) >= self._most_waiting:
            raise Busy("too many messages of this tenant are being taken in", retry_after_seconds=1)
        future = self._waiting.add(tenant_id)
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                self._leave(tenant_id)
            self._waiting.remove(tenant_id, future)
            raise

    def _may_enter(self, tenant_id: UUID) -> bool:
        free = self._slots - sum(self._inside.values())
        return free > (self._reserve if self._inside.get(tenant_id) else 0)

    def _enter(self, tenant_id: UUID) -> None:
        self._inside[tenant_id] = self._inside.get(tenant_id, 0) + 1

    def _leave(self, tenant_id: UUID) -> None:
        self._inside[tenant_id] -= 1
        if not self._inside[tenant_id]:
            del self._inside[tenant_id]
        while True:
            next_one = min(
                filter(self._may_enter, self._waiting.tenants()),
                key=lambda tenant: self._inside.get(tenant, 0),
                default=None,
            )
            if next_one is None:
                return
            future = self._waiting.pop(next_one)
            if not future.done():  # else who waited was stopped, and does not know it yet
                self._enter(next_one)
                future.set_result(None)


class Turnstile:
    """The order in which turns begin their steps, where several tenants' turns run or the loop is behind."""

    def __init__(
        self,
        loop: LoopPace | None = None,
        *,
        longest_yield_seconds: float = LONGEST_YIELD_SECONDS,
    ) -> None:
        self.loop = loop or LoopPace()
        self._longest_yield_seconds = longest_yield_seconds
        self._taking_in: dict[UUID, int] = {}
        self._running: dict[UUID, int] = {}
        self._waiting = _Waiting()
        self._pump: asyncio.Task[None] | None = None
        self._still = asyncio.Event()  # nothing is being taken in

    @contextmanager
    def taking_in(self, tenant_id: UUID) -> Generator[None]:
        """Hold back the steps of tenants with more turns running, as long as this lasts."""
        self._taking_in[tenant_id] = self._taking_in.get(tenant_id, 0) + 1
        try:
            yield
        finally:
            _less(self._taking_in, tenant_id)
            self._still.set()

    @contextmanager
    def running(self, tenant_id: UUID) -> Generator[None]:
        """A turn of this tenant runs."""
        self._running[tenant_id] = self._running.get(tenant_id, 0) + 1
        try:
            yield
        finally:
            _less(self._running, tenant_id)

    async def step(self, tenant_id: UUID) -> None:
        """Return when a step of this tenant may begin; at once where no other tenant is here and the
        loop keeps up.
        """
        if not self._waiting and not self.loop.is_behind() and self._is_alone(tenant_id):
            return
        future = self._waiting.add(tenant_id)
        if self._pump is None:
            self._pump = asyncio.create_task(self._let_through(), context=Context())
        try:
            await future
        finally:
            self._waiting.remove(tenant_id, future)

    def _is_alone(self, tenant_id: UUID) -> bool:
        return not (self._running.keys() | self._taking_in.keys()) - {tenant_id}

    async def _let_through(self) -> None:
        """One step in one pass of the loop, so that what has come in meanwhile is read first."""
        try:
            while self._waiting:
                tenant_id = min(
                    self._waiting.tenants(), key=lambda tenant: self._running.get(tenant, 0)
                )
                await self._give_way(tenant_id)
                if self._waiting.of(tenant_id):
                    future = self._waiting.pop(tenant_id)
                    if not future.done():
                        future.set_result(None)
                await asyncio.sleep(0)
        finally:
            self._pump = None

    async def _give_way(self, tenant_id: UUID) -> None:
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + self._longest_yield_seconds
        mine = self._running.get(tenant_id, 0)
        while loop.time() < ends_at and any(
            other != tenant_id and self._running.get(other, 0) < mine for other in self._taking_in
        ):
            self._still.clear()
            try:
                async with asyncio.timeout_at(ends_at):
                    await self._still.wait()
            except TimeoutError:
                return


class StepsInTurn:
    """`graphs.ports.Pace` by a turnstile, and words as the loop keeps up."""

    def __init__(self, turnstile: Turnstile) -> None:
        self._turnstile = turnstile

    async def words(self) -> None:
        """Return when the next words of a model may be read."""
        await self._turnstile.loop.words()

    async def step(self, tenant_id: str) -> None:
        """Return when a step of this tenant's turns may begin."""
        known = parse_id(tenant_id)
        if known is not None:
            await self._turnstile.step(known)


def _less(counts: dict[UUID, int], tenant_id: UUID) -> None:
    counts[tenant_id] -= 1
    if not counts[tenant_id]:
        del counts[tenant_id]
