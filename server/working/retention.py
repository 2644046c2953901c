"""Every night what a tenant's rules keep no longer is let go of, a slice at a time."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from uuid import UUID

import structlog

from server.working.every_tenant import every_tenant
from server.working.job_run import JobHouse
from tenants.database.connection import Pool, TenantConnection, tenant_transaction
from tenants.keeping import retention

log = structlog.get_logger()

EVERY_SECONDS = 600.0  # looks whether it is night
NIGHT_HOUR = 2  # UTC; the first look after it does the work
PAUSE_SECONDS = 0.05  # between two slices: turns go first
Forget = Callable[[TenantConnection, int, datetime], Awaitable[Counter[str]]]
Clock = Callable[[], datetime]


def _now() -> datetime:
    return datetime.now(UTC)


class Nightly:
    """Applies every tenant's rules once a night."""

    def __init__(self, clock: Clock = _now) -> None:
        self._clock = clock
        self._done: date | None = None

    async def __call__(self, house: JobHouse) -> None:
        """The night's work, where it is night and not done yet."""
        await self.look(house.pool)

    async def look(self, pool: Pool) -> Counter[str]:
        """What went, by table; nothing by day, and the second time in a night."""
        now = self._clock()
        if now.hour < NIGHT_HOUR or self._done == now.date():
            return Counter()
        gone = await apply_rules(pool, now)
        self._done = now.date()
        return gone


async def apply_rules(pool: Pool, now: datetime) -> Counter[str]:
    """Let go of what every tenant's rules keep no longer; rows by table."""
    total: Counter[str] = Counter()
    async for tenant_id in every_tenant(pool):
        total += await _apply(pool, tenant_id, now)
    return total


async def _apply(pool: Pool, tenant_id: UUID, now: datetime) -> Counter[str]:
    async with tenant_transaction(pool, tenant_id) as conn:
        rules = await retention.rules_of(conn)
    works: list[tuple[str, Forget, int | None]] = [
        ("messages", retention.forget_messages, rules.message_days),
        ("files", retention.forget_files, rules.file_days),
        ("logs", retention.forget_logs, rules.log_days),
        ("checkpoints", retention.forget_checkpoints, rules.checkpoint_days),
    ]
    gone: Counter[str] = Counter()
    for what, forget, days in works:
        while days is not None:
            async with tenant_transaction(pool, tenant_id) as conn:
                some = await forget(conn, days, now)
            gone += some
            if not some.total():
                break
            log.info("retention", tenant_id=str(tenant_id), what=what, rows=some.total())
            await asyncio.sleep(PAUSE_SECONDS)
    return gone


nightly = Nightly()
