"""Whoever follows a whole tenant, an inbox for one, is woken by its commits and by the clock."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

POLL_SECONDS = 1.0


class TenantWakes:
    """Who waits for changes of which tenant in this process."""

    def __init__(self) -> None:
        self._waiting: dict[UUID, set[asyncio.Event]] = {}
        self._stopping = False

    def wake(self, tenant_id: UUID) -> None:
        """Something of the tenant has changed."""
        for wake in self._waiting.get(tenant_id, ()):
            wake.set()

    def stop(self) -> None:
        """Let everybody come to an end, now and from now on."""
        self._stopping = True
        for tenant_id in self._waiting:
            self.wake(tenant_id)

    async def changes(self, tenant_id: UUID) -> AsyncIterator[bool]:
        """True whenever something of the tenant may have changed, at least every second; False at the end."""
        wake = asyncio.Event()
        self._waiting.setdefault(tenant_id, set()).add(wake)
        try:
            while not self._stopping:
                yield True
                await woken(wake, POLL_SECONDS)
            yield False
        finally:
            self._waiting[tenant_id].discard(wake)
            if not self._waiting[tenant_id]:
                del self._waiting[tenant_id]


async def woken(wake: asyncio.Event, seconds: float) -> bool:
    """Whether something came within the time; the next wait starts anew."""
    try:
        async with asyncio.timeout(seconds):
            await wake.wait()
    except TimeoutError:
        return False
    wake.clear()
    return True
