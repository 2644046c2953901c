"""After a key was renewed: what still lies under its old versions is sealed anew, beside the turns."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import structlog

from server.working.every_tenant import every_tenant
from server.working.job_run import JobHouse
from tenants.database.connection import Pool, tenant_transaction
from tenants.errors import DeskError
from tenants.keys import resealing
from tenants.keys.resealing import SETTLED_AFTER, OldKey, Place

log = structlog.get_logger()

EVERY_SECONDS = 600.0
PAUSE_SECONDS = 0.05  # between two slices: turns go first
Tell = Callable[[str, int], None]


async def reseal_due(house: JobHouse) -> None:
    """One round over all tenants that have an old key with something left under it."""
    await reseal_all(house.pool)


def _nobody(_table: str, _n: int) -> None:
    """Nobody listens."""


async def reseal_all(pool: Pool, *, on_slice: Tell = _nobody) -> int:
    """How many values were sealed anew; `on_slice` hears of each slice, by table.

    A tenant whose keys cannot be unwrapped keeps no other one waiting.
    """
    total = 0
    async for tenant_id in every_tenant(pool):
        try:
            done = await reseal_tenant(pool, tenant_id, on_slice=on_slice)
        except DeskError as error:
            log.warning("keys_not_resealed", tenant_id=str(tenant_id), error=error.code)
            continue
        if done:
            log.info("keys_resealed", tenant_id=str(tenant_id), values=done)
        total += done
    return total


async def left(pool: Pool, tenant_id: UUID) -> int:
    """How many values lie under an old key."""
    async with tenant_transaction(pool, tenant_id) as conn:
        keys = [one for one in await resealing.old_keys(conn) if one.resealed_at is None]
        places = await resealing.places(conn) if keys else []
    n = 0
    for place in places:
        async with tenant_transaction(pool, tenant_id) as conn:
            n += await resealing.count_left(conn, place, keys)
    return n


async def reseal_tenant(
    pool: Pool, tenant_id: UUID, *, on_slice: Tell = _nobody, now: datetime | None = None
) -> int:
    """As `reseal_all`, of one tenant; `now` is the clock's unless it is given. Raises: Unavailable."""
    async with tenant_transaction(pool, tenant_id) as conn:
        keys = [one for one in await resealing.old_keys(conn) if one.resealed_at is None]
        places = await resealing.places(conn) if keys else []
    of_owner: dict[UUID | None, list[OldKey]] = defaultdict(list)
    for one in keys:
        of_owner[one.contact_id].append(one)
    done = 0
    for owned in of_owner.values():
        for place in places:
            done += await _reseal_place(pool, tenant_id, place, owned, on_slice)
        asked_at = now or datetime.now(UTC)
        if all(asked_at - one.newest_at > SETTLED_AFTER for one in owned):
            await _mark_where_nothing_is_left(pool, tenant_id, places, owned)
    return done


async def _reseal_place(
    pool: Pool, tenant_id: UUID, place: Place, keys: list[OldKey], on_slice: Tell
) -> int:
    done = 0
    while True:
        async with tenant_transaction(pool, tenant_id) as conn:
            n = await resealing.reseal_slice(conn, place, keys)
        done += n
        if n:
            on_slice(place.table, n)
        if n < resealing.SLICE:
            return done
        await asyncio.sleep(PAUSE_SECONDS)


async def _mark_where_nothing_is_left(
    pool: Pool, tenant_id: UUID, places: list[Place], keys: list[OldKey]
) -> None:
    for place in places:
        async with tenant_transaction(pool, tenant_id) as conn:
            if await resealing.count_left(conn, place, keys):
                return
    async with tenant_transaction(pool, tenant_id) as conn:
        await resealing.mark(conn, keys)
