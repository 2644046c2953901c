"""Conversations that nobody writes in any more, pruned to their last checkpoint by periodic work."""

import asyncio
from uuid import UUID

import structlog

from server.working.every_tenant import every_tenant
from server.working.job_run import JobHouse
from tenants.database.connection import Pool, tenant_transaction
from tenants.keeping.pruning import SLICE, Pruned, prune_slice

log = structlog.get_logger()

EVERY_SECONDS = 900.0
PAUSE_SECONDS = 0.05  # between two slices: turns go first
MAX_SLICES = 40  # of one tenant in one round, so that the next one comes soon as well


async def prune_idle(house: JobHouse) -> None:
    """One round over all tenants; what is left of one is taken up in the next round."""
    days = house.settings.prune_after_days
    async for tenant_id in every_tenant(house.pool):
        pruned = await _prune_tenant(house.pool, tenant_id, days)
        if pruned.conversations:
            log.info(
                "conversations_pruned",
                tenant_id=str(tenant_id),
                conversations=pruned.conversations,
                checkpoints=pruned.checkpoints,
                recordings=pruned.recordings,
            )


async def _prune_tenant(pool: Pool, tenant_id: UUID, days: int) -> Pruned:
    total = Pruned()
    for _ in range(MAX_SLICES):
        async with tenant_transaction(pool, tenant_id) as conn:
            done = await prune_slice(conn, default_days=days)
        total += done
        if done.conversations < SLICE:
            break
        await asyncio.sleep(PAUSE_SECONDS)
    return total
