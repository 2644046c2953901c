"""What is taken in, and when: before any work of a message is done.

Limits first (`RateLimited`, 429), then how many turns of the tenant wait already (`Busy`, 503), then
a fair place among those who are being written down. Whoever has nothing waiting is always taken.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from server.access.auth import Caller
from server.admitting.fair_loop import going_first
from server.admitting.fair_slots import FairSlots
from server.admitting.limits import Limiter
from server.errors import Busy

MOST_SECONDS = 30.0  # a longer wait than that is not announced


class Backlog(Protocol):
    """How much work there is in this process."""

    def waiting_of(self, tenant_id: UUID) -> int:
        """Accepted turns of a tenant that wait for a slot."""
        ...

    @property
    def waiting(self) -> int:
        """Those of all tenants."""
        ...

    def seconds_to_run(self, turns: int) -> float:
        """How long so many turns take at the pace of late."""
        ...


@dataclass(frozen=True, slots=True)
class AdmissionLimits:
    waiting_of_a_tenant: int
    waiting: int  # of all tenants; beyond it only those with less than their share are taken
    accepting: int  # written down at once: not the whole pool, so that turns find connections
    accepting_waiting_of_a_tenant: int = 256


class Admission:
    """Lets messages in, fairly between tenants."""

    def __init__(
        self,
        backlog: Backlog,
        *,
        tenants: Limiter,
        contacts: Limiter,
        limits: AdmissionLimits,
    ) -> None:
        self._backlog = backlog
        self._tenants = tenants
        self._contacts = contacts
        self._limits = limits
        self._slots = FairSlots(
            limits.accepting, most_waiting_of_a_tenant=limits.accepting_waiting_of_a_tenant
        )

    async def count(self, caller: Caller) -> None:
        """Count one turn against the caller's limits. Raises: RateLimited."""
        if caller.contact_id is not None:
            await self._contacts.take(str(caller.contact_id))
        await self._tenants.take(str(caller.tenant_id))

    @asynccontextmanager
    async def message(self, caller: Caller) -> AsyncGenerator[None]:
        """Take in one message of the caller's tenant. Raises: RateLimited, Busy."""
        await self.count(caller)
        tenant_id = caller.tenant_id
        self._check(tenant_id)
        with going_first():
            async with self._slots.of(tenant_id):
                yield

    def _check(self, tenant_id: UUID) -> None:
        waiting = self._backlog.waiting_of(tenant_id)
        full = self._backlog.waiting >= self._limits.waiting and waiting > 0
        if waiting < self._limits.waiting_of_a_tenant and not full:
            return
        seconds = self._backlog.seconds_to_run(max(1, waiting // 4))
        raise Busy(
            f"{waiting} turns of this tenant wait already",
            retry_after_seconds=round(min(MOST_SECONDS, max(1.0, seconds)), 3),
        )
