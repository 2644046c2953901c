"""What replicas share over Redis, where one is configured: counts of limits, and live streams.

The package behind it takes a second to load and is loaded nowhere else.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from uuid import UUID

from server.admitting.limits import Counter
from server.running.streams import Hub
from server.watching.metrics import Metrics
from settings import Settings
from tenants.database.connection import Pool, tenant_transaction
from tenants.keys.sealing import Sealer
from tenants.running import leases

STREAM_TIMEOUT_SECONDS = 2.0


@asynccontextmanager
async def shared_limits(settings: Settings, master_key: bytes) -> AsyncGenerator[Counter | None]:
    """A counter for all replicas; None without Redis: each counts for itself."""
    if settings.redis_url is None:
        yield None
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
    *,
    metrics: Metrics,
    on_error: Callable[[Exception], None],
) -> AsyncGenerator[None]:
    """While it is open the hub hears what turns say in other replicas; nothing without Redis."""
    if settings.redis_url is None:
        yield
        return
    from server.sharing.redis_client import open_redis
    from server.sharing.redis_fanout import RedisFanout
    from server.sharing.redis_parts import PURPOSE

    async def fence_of(tenant_id: UUID, turn_id: UUID) -> int | None:
        async with tenant_transaction(pool, tenant_id) as conn:
            return await leases.fence_of(conn, turn_id)

    url = settings.redis_url.get_secret_value()
    client = open_redis(url, timeout_seconds=STREAM_TIMEOUT_SECONDS)
    fanout = RedisFanout(client, hub, fence_of, Sealer(master_key, PURPOSE))
    metrics.watch("redis_connected", "Whether Redis is there", lambda: fanout.is_connected)
    hub.fanout = fanout
    working = asyncio.create_task(fanout.work_forever(on_error=on_error))
    try:
        yield
    finally:
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working
        await client.aclose()
