"""Fair turns at something scarce: whoever has least of it goes first, and a crowd leaves room."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import UUID

from server.errors import Busy


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
