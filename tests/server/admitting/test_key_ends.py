"""What became of a key whose request was cut off from the database."""

import asyncio
from functools import partial

import pytest
from psycopg import OperationalError

from server.admitting.idempotency import KeyEnds
from tenants.database.connection import Pool, TenantConnection, tenant_transaction
from tenants.errors import IdempotencyInFlight
from tenants.working import idempotency
from tests.seeds import Seeded, seed_tenant

KEY = {"caller": "api_key:1", "key": "k-1"}


async def begun(pool: Pool, shop: Seeded) -> idempotency.Remembered | None:
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        return await idempotency.begin(conn, "api_key:1", "k-1", b"asked")


async def test_a_key_is_let_go_of_as_soon_as_the_database_is_back(
    pool: Pool, neighbour: Seeded
) -> None:
    shop = await seed_tenant(pool, "Cut off")
    tries, may_end = 0, asyncio.Event()

    async def forget(conn: TenantConnection) -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise OperationalError("the database is away")
        await may_end.wait()
        await idempotency.forget(conn, **KEY)

    assert await begun(pool, shop) is None
    ends = KeyEnds(pool, again_seconds=0.01)
    await ends.write(shop.tenant_id, forget)
    with pytest.raises(IdempotencyInFlight):
        await begun(pool, shop)
    may_end.set()
    await ends.settled()
    assert await begun(pool, shop) is None and tries == 3


async def test_an_answer_is_kept_as_soon_as_the_database_is_back(
    pool: Pool, neighbour: Seeded
) -> None:
    shop = await seed_tenant(pool, "Cut off behind its work")
    kept, is_away = partial(idempotency.finish, **KEY, status=201, body={"made": 1}), True

    async def finish(conn: TenantConnection) -> None:
        nonlocal is_away
        if is_away:
            is_away = False
            raise OperationalError("the database is away")
        await kept(conn)

    assert await begun(pool, shop) is None
    ends = KeyEnds(pool, again_seconds=0.01)
    await ends.write(shop.tenant_id, finish)
    await ends.settled()
    assert await begun(pool, shop) == idempotency.Remembered(201, {"made": 1})


async def test_what_is_no_absence_is_told(pool: Pool, neighbour: Seeded) -> None:
    async def broken(_conn: TenantConnection) -> None:
        raise KeyError("ours")

    with pytest.raises(KeyError):
        await KeyEnds(pool).write(neighbour.tenant_id, broken)
