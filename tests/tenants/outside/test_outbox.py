"""The outbox: one row a cause, one sender at a time, in order where order matters, fair, forgotten."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from tenants.database.connection import Pool, router_transaction, tenant_transaction
from tenants.errors import Conflict, NotFound
from tenants.ids import new_id
from tenants.keeping import conversation_erasing
from tenants.outside import deliveries, outbox
from tenants.outside.outbox import Claimed, Due, NewDelivery, Try
from tests.seeds import Seeded, seed_tenant

NOTHING_LEFT = 10_000  # more than any test queues


@pytest.fixture
async def shop(pool: Pool) -> Seeded:
    return await seed_tenant(pool, "Outbox")


def new(target: UUID, **more: object) -> NewDelivery:
    made = NewDelivery("webhook", f"k:{new_id()}", "turn_ended", target, {"type": "turn_ended"})
    return replace(made, **more)  # pyright: ignore[reportArgumentType]  # fields by name


async def put(pool: Pool, shop: Seeded, *made: NewDelivery) -> list[UUID]:
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        return await outbox.put(conn, made)


async def claim(pool: Pool, shop: Seeded, outbox_id: UUID, seconds: float = 60) -> Claimed | None:
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        return await outbox.claim(conn, outbox_id, lease_seconds=seconds)


async def due(pool: Pool, *shops: Seeded, of_a_target: int = NOTHING_LEFT) -> list[Due]:
    async with router_transaction(pool) as router:
        found = await outbox.due(router, limit=NOTHING_LEFT, of_a_target=of_a_target)
    return [one for one in found if one.tenant_id in {shop.tenant_id for shop in shops}]


def told(status: int | None = 200) -> Try:
    return Try(datetime.now(UTC), 5, status, error="" if status == 200 else "no")


async def test_a_cause_that_comes_again_writes_nothing(
    pool: Pool, shop: Seeded, neighbour: Seeded
) -> None:
    one = new(new_id())
    await put(pool, shop, one)
    await put(pool, shop, one, one)
    await put(pool, neighbour, one)
    assert len(await due(pool, shop)) == 1
    async with tenant_transaction(pool, neighbour.tenant_id) as conn:
        [theirs] = await deliveries.list_page(conn, limit=10, target_id=one.target_id)
        with pytest.raises(NotFound):
            await deliveries.get(conn, (await due(pool, shop))[0].outbox_id)
    assert await claim(pool, shop, theirs.outbox_id) is None


async def test_one_has_it_until_its_lease_is_over_and_then_its_record_counts_no_more(
    pool: Pool, shop: Seeded
) -> None:
    [outbox_id] = await put(pool, shop, new(new_id()))
    late = await claim(pool, shop, outbox_id, seconds=0)
    assert late is not None
    taken = await claim(pool, shop, outbox_id)
    assert taken is not None and taken.fence > late.fence and taken.round_attempts == 2
    assert await claim(pool, shop, outbox_id) is None
    assert await due(pool, shop) == []
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        assert not await outbox.record_sent(conn, late, told())
        assert not await outbox.record_dead(conn, late, told(500))
        assert not await outbox.record_failed(conn, late, told(500), again_in_seconds=0)
        assert (await deliveries.get(conn, outbox_id)).state == "queued"
        assert await outbox.record_sent(conn, taken, told())
        assert not await outbox.record_sent(conn, taken, told())
        assert (await deliveries.get(conn, outbox_id)).state == "sent"


async def test_what_is_ordered_waits_for_what_was_written_before_it(
    pool: Pool, shop: Seeded
) -> None:
    target, other = new_id(), await seed_tenant(pool, "Other")
    made = [new(target, conversation_id=shop.conversation_id, is_ordered=True) for _ in range(3)]
    first, second, third = await put(pool, shop, *made)
    [elsewhere] = await put(
        pool, other, new(target, conversation_id=shop.conversation_id, is_ordered=True)
    )
    assert [one.outbox_id for one in await due(pool, shop)] == [first]
    assert await claim(pool, shop, second) is None
    taken = await claim(pool, shop, first)
    assert taken is not None
    assert await due(pool, shop) == [] and await claim(pool, shop, third) is None
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        await outbox.record_failed(conn, taken, told(500), again_in_seconds=3_600)
    assert await due(pool, shop) == [], "a failed one holds back the rest until it is tried again"
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        await conn.execute(
            "update outbox_queue set available_at = now() where tenant_id = %(tenant_id)s"
        )
    again = await claim(pool, shop, first)
    assert again is not None
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        await outbox.record_dead(conn, again, told(500))
    assert [one.outbox_id for one in await due(pool, shop)] == [second]
    assert await claim(pool, other, elsewhere) is not None


async def test_a_crowd_of_one_tenant_or_one_target_holds_nobody_back(pool: Pool) -> None:
    loud, quiet = await seed_tenant(pool, "Loud"), await seed_tenant(pool, "Quiet")
    slow, quick = new_id(), new_id()
    await put(pool, loud, *(new(slow) for _ in range(200)))
    await put(pool, loud, *(new(quick) for _ in range(2)))
    await put(pool, quiet, new(new_id()))
    found = await due(pool, loud, quiet, of_a_target=4)
    places = [(one.tenant_id, one.target_id) for one in found]
    assert places.count((loud.tenant_id, slow)) == 4
    assert places.count((loud.tenant_id, quick)) == 2
    assert quiet.tenant_id in {tenant for tenant, _ in places[:2]}
    assert quick in {target for _, target in places[:3]}


async def test_only_the_dead_are_driven_and_keep_their_tries(pool: Pool, shop: Seeded) -> None:
    target = new_id()
    [outbox_id] = await put(pool, shop, new(target))
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        with pytest.raises(Conflict):
            await deliveries.redrive(conn, outbox_id)
    taken = await claim(pool, shop, outbox_id)
    assert taken is not None
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        await outbox.record_dead(conn, taken, told(500))
        driven = await deliveries.redrive(conn, outbox_id)
    assert (driven.state, driven.attempts, len(driven.shown_tries)) == ("queued", 1, 1)
    again = await claim(pool, shop, outbox_id)
    assert again is not None and again.round_attempts == 1
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        await outbox.record_sent(conn, again, told())
        done = await deliveries.get(conn, outbox_id)
        assert [one["status"] for one in done.shown_tries] == [200, 500]
        assert await deliveries.redrive_all(conn, target) == 0


async def test_what_ended_long_ago_goes_and_what_waits_stays(pool: Pool, shop: Seeded) -> None:
    ids = await put(pool, shop, *(new(new_id()) for _ in range(4)))
    taken = [await claim(pool, shop, one) for one in ids[:3]]
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        for one, record in zip(
            taken, (outbox.record_sent, outbox.record_dead, outbox.record_sent), strict=True
        ):
            assert one is not None
            await record(conn, one, told())
        await conn.execute(
            """
            update outbox
               set finished_at = now() - interval '8 days', created_at = now() - interval '90 days'
             where tenant_id = %(tenant_id)s and outbox_id = any(%(old)s)
            """,
            {"old": [ids[0], ids[1], ids[3]]},
        )
        await conn.execute(
            """
            update outbox set finished_at = null
             where tenant_id = %(tenant_id)s and outbox_id = %(waiting)s
            """,
            {"waiting": ids[3]},
        )
        assert await outbox.prune(conn) == 1
        left = await deliveries.list_page(conn, limit=10)
    assert {one.outbox_id for one in left} == set(ids[1:])


async def test_an_erased_conversation_takes_what_waits_with_it(pool: Pool, shop: Seeded) -> None:
    ours = new(new_id(), conversation_id=shop.conversation_id)
    other = new(new_id())
    ids = await put(pool, shop, ours, other)
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        await conversation_erasing.erase_conversation(conn, shop.conversation_id)
    assert [one.outbox_id for one in await due(pool, shop)] == [ids[1]]
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        with pytest.raises(NotFound):
            await deliveries.get(conn, ids[0])
