"""Conversations that nobody writes in any more, pruned to their last checkpoint by periodic work."""

import asyncio
from collections.abc import AsyncGenerator
from uuid import UUID

import structlog

from server.job_run import JobHouse
from tenants import tenants
from tenants.connection import Pool, router_transaction, tenant_transaction
from tenants.pruning import SLICE, Pruned, prune_slice

log = structlog.get_logger()

EVERY_SECONDS = 900.0
PAUSE_SECONDS = 0.05  # between two slices: turns go first
MAX_SLICES = 40  # of one tenant in one round, so that the next one comes soon as well
_PAGE = 500


async def prune_idle(house: JobHouse) -> None:
    """One round over all tenants; what is left of one is taken up in the next round."""
    days = house.settings.prune_after_days
    async for tenant_id in _tenants(house.pool):
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


async def _tenants(pool: Pool) -> AsyncGenerator[UUID]:
    after: UUID | None = None
    while True:
        async with router_transaction(pool) as router:
            found = await tenants.routes(router, limit=_PAGE, after=after)
        for one in found:
            if one.status != "erasing":
                yield one.tenant_id
        if len(found) < _PAGE:
            return
        after = found[-1].tenant_id
