"""Words of messages that cannot be searched yet, made up for by periodic work, a slice at a time."""

import asyncio
from uuid import UUID

import structlog

from server.working.every_tenant import every_tenant
from server.working.job_run import JobHouse
from tenants.database.connection import Pool, tenant_transaction
from tenants.transcripts import words_behind

log = structlog.get_logger()

EVERY_SECONDS = 60.0
PAUSE_SECONDS = 0.05  # between two slices: turns go first
MAX_SLICES = 200  # of one tenant in one round, so that the next one comes soon as well


async def catch_up(house: JobHouse) -> None:
    """One round over all tenants; what is left of one is taken up in the next round."""
    async for tenant_id in every_tenant(house.pool):
        done = await catch_up_tenant(house.pool, tenant_id)
        if done:
            log.info("words_caught_up", tenant_id=str(tenant_id), conversations=done)


async def catch_up_tenant(pool: Pool, tenant_id: UUID) -> int:
    """How many conversations had words that were missing."""
    total = 0
    for _ in range(MAX_SLICES):
        async with tenant_transaction(pool, tenant_id) as conn:
            done = await words_behind.catch_up(conn)
        total += done
        if not done:
            break
        await asyncio.sleep(PAUSE_SECONDS)
    return total
