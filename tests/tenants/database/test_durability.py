"""What a commit waits for: everything but what a turn may lose (decision 0053)."""

from collections.abc import AsyncIterator

import pytest

from graphs.keeping.checkpoints import DeliveryFence, Fence, PostgresSavers, TenantSaver
from tenants.database.connection import Pool, TenantConnection, make_pool, tenant_transaction
from tenants.ids import new_id
from tests.conftest import Database
from tests.seeds import Seeded

WAITS_FOR = "select current_setting('synchronous_commit')"


@pytest.fixture
async def lasting(database: Database) -> AsyncIterator[Pool]:
    """Connections as a server's: the tests' own database waits for no disk at all."""
    opened = make_pool(
        database.app,
        min_size=1,
        max_size=2,
        timeout_seconds=20,
        role_options="-c role=frontdesk_app -c synchronous_commit=on",
    )
    async with opened:
        await opened.wait()
        yield opened


async def waits_for(conn: TenantConnection) -> str:
    row = await (await conn.execute(WAITS_FOR)).fetchone()
    assert row is not None
    return str(row[0])


async def test_only_what_may_be_lost_is_not_waited_for(lasting: Pool, neighbour: Seeded) -> None:
    for _ in range(2):  # the setting goes with its transaction
        async with tenant_transaction(lasting, neighbour.tenant_id, may_be_lost=True) as conn:
            assert await waits_for(conn) == "off"
        async with tenant_transaction(lasting, neighbour.tenant_id) as conn:
            assert await waits_for(conn) == "on"
        async with tenant_transaction(lasting, neighbour.tenant_id, snapshot=True) as conn:
            assert await waits_for(conn) == "on"


async def test_a_turns_checkpoint_may_be_lost_and_an_actions_may_not(
    lasting: Pool, neighbour: Seeded
) -> None:
    async def of(fence: Fence | DeliveryFence | None) -> str:
        saver = PostgresSavers(lasting).saver(neighbour.tenant_id, fence)
        assert isinstance(saver, TenantSaver)
        async with saver._cursor() as cursor:  # pyright: ignore[reportPrivateUsage] - what it opens
            await cursor.execute("select current_setting('synchronous_commit') as waits")
            row = await cursor.fetchone()
        assert row is not None
        return str(row["waits"])

    assert await of(Fence(new_id(), 1)) == "off"
    assert await of(DeliveryFence(new_id(), 1)) == "on"
    assert await of(None) == "on"
