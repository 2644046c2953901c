"""A crowd leaves room: slots go to whoever has least."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from server.admitting.fair_slots import FairSlots
from server.errors import Busy
from tenants.ids import new_id

CROWD, QUIET = new_id(), new_id()


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_crowd_leaves_the_last_slot_to_others() -> None:
    slots = FairSlots(3, most_waiting_of_a_tenant=10)
    order: list[str] = []
    async with AsyncExitStack() as crowd:
        await crowd.enter_async_context(slots.of(CROWD))
        await crowd.enter_async_context(slots.of(CROWD))

        async def enter(name: str, tenant: object) -> None:
            async with slots.of(CROWD if tenant is CROWD else QUIET):
                order.append(name)

        waiting = asyncio.create_task(enter("crowd", CROWD))
        await settle()
        assert order == []
        await enter("quiet", QUIET)
        await settle()
        assert order == ["quiet"]
    await waiting
    assert order == ["quiet", "crowd"]


async def test_of_those_who_wait_the_tenant_with_fewest_inside_is_next() -> None:
    slots = FairSlots(1, most_waiting_of_a_tenant=10)
    order: list[str] = []

    async def enter(name: str, tenant: object) -> None:
        async with slots.of(CROWD if tenant is CROWD else QUIET):
            order.append(name)
            await asyncio.sleep(0)

    async with slots.of(CROWD):
        tasks = [asyncio.create_task(enter(f"crowd {n}", CROWD)) for n in range(3)]
        await settle()
        tasks.append(asyncio.create_task(enter("quiet", QUIET)))
        await settle()
    await asyncio.gather(*tasks)
    assert order == ["crowd 0", "quiet", "crowd 1", "crowd 2"]


async def test_too_many_who_wait_are_told_to_come_again() -> None:
    slots = FairSlots(1, most_waiting_of_a_tenant=1)
    async with slots.of(CROWD):
        waiting = asyncio.ensure_future(slots.of(CROWD).__aenter__())
        await settle()
        with pytest.raises(Busy):
            async with slots.of(CROWD):
                pass
        waiting.cancel()
        await settle()
    async with slots.of(CROWD):
        pass  # who gave up waiting holds nothing


async def test_who_is_stopped_while_waiting_is_passed_over_when_a_place_comes_free() -> None:
    slots = FairSlots(1, most_waiting_of_a_tenant=10)

    async def enter() -> None:
        async with slots.of(CROWD):
            pass

    async with slots.of(CROWD):
        stopped, next_one = asyncio.create_task(enter()), asyncio.create_task(enter())
        await settle()
        stopped.cancel()  # and the place comes free before it has noticed
    async with asyncio.timeout(5):
        await next_one
        await enter()
    assert stopped.cancelled()
