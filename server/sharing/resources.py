"""What replicas share: counts of limits, live streams and figures, over what is there to carry them.

Over Redis, where one is configured (its package takes a second to load and is loaded nowhere else);
else processes of one command over the line between them; else each is alone.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

from server.admitting.limits import Counter
from server.running.streams import Hub
from server.sharing.sibling_fanout import SiblingFanout
from server.sharing.siblings import Siblings
from server.watching.metrics import Metrics
from settings import Settings
from tenants.database.connection import Pool, tenant_transaction
from tenants.keys.sealing import Sealer
from tenants.running import leases

STREAM_TIMEOUT_SECONDS = 2.0


@asynccontextmanager
async def shared_limits(
    settings: Settings, master_key: bytes, line: Siblings | None
) -> AsyncGenerator[Counter | None]:
    """A counter for all replicas; None where nothing is shared: each counts for itself."""
    if settings.redis_url is None:
        yield line
        return
    from server.sharing.shared_limits import open_shared_limits

    shared = open_shared_limits(settings.redis_url.get_secret_value(), master_key)
    try:
        yield shared
    finally:
        await shared.aclose()


@asynccontextmanager
async def shared_streams(
    settings: Settings,
    master_key: bytes,
    pool: Pool,
    hub: Hub,
    line: Siblings | None,
    *,
    metrics: Metrics,
    on_error: Callable[[Exception], None],
) -> AsyncGenerator[None]:
    """While it is open the hub hears what turns say in other replicas, where something is shared."""

    async def fence_of(tenant_id: UUID, turn_id: UUID) -> int | None:
        async with tenant_transaction(pool, tenant_id) as conn:
            return await leases.fence_of(conn, turn_id)

    if settings.redis_url is None:
        if line is None:
            yield
            return
        beside = SiblingFanout(line, hub, fence_of)
        hub.fanout = beside
        async with _at_work(beside.work_forever(on_error=on_error)):
            yield
        return
    from server.sharing.redis_client import open_redis
    from server.sharing.redis_fanout import RedisFanout
    from server.sharing.redis_parts import PURPOSE

    url = settings.redis_url.get_secret_value()
    client = open_redis(url, timeout_seconds=STREAM_TIMEOUT_SECONDS)
    fanout = RedisFanout(client, hub, fence_of, Sealer(master_key, PURPOSE))
    metrics.watch("redis_connected", "Whether Redis is there", lambda: fanout.is_connected)
    hub.fanout = fanout
    try:
        async with _at_work(fanout.work_forever(on_error=on_error)):
            yield
    finally:
        await client.aclose()


@asynccontextmanager
async def _at_work(work: Coroutine[Any, Any, None]) -> AsyncGenerator[None]:
    working = asyncio.create_task(work)
    try:
        yield
    finally:
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working
