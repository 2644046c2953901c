"""What changes is told to consoles by the database's clock, whatever that of the server says."""

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import cast

import psycopg

from server.resources import Resources
from server.routes.events import inbox_frames
from server.running.stream_queue import Frame
from server.running.tenant_wakes import TenantWakes
from tenants.database.connection import Pool, make_pool, tenant_transaction
from tests.databases import Database, keyring_of_tests
from tests.seeds import Seeded, seed_tenant

# With this schema in front it is ten minutes earlier than the server believes.
_SLOW_CLOCK = """
create schema slow;
create function slow.now() returns timestamptz language sql stable
    as $$ select pg_catalog.now() - interval '10 minutes' $$;
grant usage on schema slow to public;
"""
_OPTIONS = "-c role=frontdesk_app -c search_path=slow,public,pg_catalog"


async def test_a_server_whose_clock_is_ahead_tells_what_changes(
    pool: Pool, database: Database, neighbour: Seeded
) -> None:
    shop = await seed_tenant(pool, "Ahead")
    with psycopg.connect(database.superuser, autocommit=True) as conn:
        conn.execute(_SLOW_CLOCK)
    async with make_pool(
        database.app, min_size=1, max_size=2, timeout_seconds=20, role_options=_OPTIONS,
        keys=keyring_of_tests(),
    ) as slow:  # fmt: skip
        held = cast(Resources, SimpleNamespace(pool=slow, hub=TenantWakes()))
        await _write(slow, shop, minutes_ago=60)
        frames = inbox_frames(held, shop.tenant_id)
        reading = asyncio.create_task(_first(frames))
        await asyncio.sleep(1.5)  # it has begun
        await _write(slow, shop, minutes_ago=0)
        async with asyncio.timeout(10):
            frame = await reading
    assert frame.data["conversation_id"] == str(shop.conversation_id)


async def _first(frames: AsyncIterator[Frame]) -> Frame:
    return await anext(frames)


async def _write(slow: Pool, shop: Seeded, *, minutes_ago: int) -> None:
    async with tenant_transaction(slow, shop.tenant_id) as conn:
        await conn.execute(
            """
            update conversations
               set last_active_at = now() - make_interval(mins => %(minutes)s)
             where tenant_id = %(tenant_id)s
            """,
            {"minutes": minutes_ago},
        )
