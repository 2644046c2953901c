"""The loop's time goes to the tenant that has had least of it."""

import asyncio
import time
from collections.abc import Coroutine
from typing import Any
from uuid import UUID

import pytest

from server.admitting.fair_loop import ALONE_SECONDS, MOST_KEPT, FairLoop, time_is_of
from tenants.ids import new_id

CROWD, QUIET = new_id(), new_id()
STEP_SECONDS = 0.001


def run(work: Coroutine[Any, Any, Any]) -> Any:
    with asyncio.Runner(loop_factory=FairLoop) as runner:
        return runner.run(asyncio.wait_for(work, 30))


def compute(seconds: float = STEP_SECONDS) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


async def steps(tenant: UUID | None, number: int, done: list[UUID | None]) -> None:
    """So many steps of the loop, each of a millisecond."""
    time_is_of(tenant)
    for _ in range(number):
        await asyncio.sleep(0)
        compute()
        done.append(tenant)


async def crowd(
    done: list[UUID | None], *, of: int = 40, each: int = 20
) -> list[asyncio.Task[None]]:
    tasks = [asyncio.create_task(steps(CROWD, each, done)) for _ in range(of)]
    while len(done) < of:
        await asyncio.sleep(0)
    return tasks


def test_a_lone_request_does_not_stand_behind_each_step_of_a_crowd() -> None:
    async def go() -> int:
        done: list[UUID | None] = []
        tasks = await crowd(done)
        before = len(done)
        await steps(QUIET, 10, done)
        between = len(done) - before - 10
        await asyncio.gather(*tasks)
        assert len(done) == 810
        return between

    # in the order of arrival each of the ten would wait for forty steps
    assert run(go()) <= 20


def test_tenants_with_as_much_to_do_have_as_much_time_however_many_tasks_they_have() -> None:
    async def go() -> None:
        done: list[UUID | None] = []
        tasks = await crowd(done)
        del done[:]
        few = [asyncio.create_task(steps(QUIET, 150, done)) for _ in range(2)]
        while done.count(QUIET) < 250:
            await asyncio.sleep(0)
        assert 120 <= done.count(CROWD) <= 300  # fifty steps ahead are the sleeper's
        await asyncio.gather(*tasks, *few)

    run(go())


def test_what_is_of_nobody_goes_on_between_a_few_steps_of_a_crowd() -> None:
    async def go() -> None:
        done: list[UUID | None] = []
        tasks = await crowd(done)
        before = len(done)
        await steps(None, 10, done)
        assert len(done) - before <= 10 + 25
        await asyncio.gather(*tasks)

    run(go())


def test_steps_of_one_tenant_stay_in_their_order() -> None:
    async def go() -> None:
        time_is_of(CROWD)
        loop, seen, n = asyncio.get_running_loop(), list[int](), 0
        end = time.perf_counter() + 2 * ALONE_SECONDS  # from its queue to the loop for itself
        while time.perf_counter() < end:
            for _ in range(50):
                loop.call_soon(seen.append, n)
                n += 1
            await asyncio.sleep(0.001)
        time_is_of(QUIET)
        loop.call_soon(seen.append, n)  # and back
        time_is_of(CROWD)
        for more in range(n + 1, n + 50):
            loop.call_soon(seen.append, more)
        await asyncio.sleep(0.05)
        assert [one for one in seen if one != n] == [*range(n), *range(n + 1, n + 50)]

    run(go())


def test_what_a_task_begins_is_of_the_same_tenant_and_what_is_called_off_is_not_done() -> None:
    async def go() -> None:
        done: list[UUID | None] = []
        tasks = await crowd(done)
        time_is_of(QUIET)
        called_off = asyncio.get_running_loop().call_soon(done.append, None)
        called_off.cancel()
        before = len(done)
        await asyncio.create_task(_inherits(done))
        assert len(done) - before <= 5 + 20
        await asyncio.gather(*tasks)
        assert None not in done

    run(go())


async def _inherits(done: list[UUID | None]) -> None:
    for _ in range(5):
        await asyncio.sleep(0)
        compute()
        done.append(QUIET)


@pytest.mark.parametrize("tenant", [CROWD, None])
def test_a_step_that_fails_is_told_and_the_others_go_on(tenant: UUID | None) -> None:
    async def go() -> None:
        loop, told = asyncio.get_running_loop(), list[dict[str, Any]]()
        loop.set_exception_handler(lambda _loop, context: told.append(context))
        time_is_of(tenant)
        loop.call_soon(_fail)
        await asyncio.sleep(0.01)
        assert [str(one["exception"]) for one in told] == ["as it happens"]

    run(go())


def _fail() -> None:
    raise ValueError("as it happens")


def test_an_interrupt_in_a_tenants_step_leaves_nobody_behind() -> None:
    ended: list[str] = []

    async def waits() -> None:
        time_is_of(QUIET)
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0)
            ended.append("put away")

    async def go() -> None:
        time_is_of(CROWD)
        waiting = asyncio.create_task(waits())
        await asyncio.sleep(0.01)
        asyncio.get_running_loop().call_soon(_interrupt)
        await waiting

    with pytest.raises(KeyboardInterrupt):
        run(go())
    assert ended == ["put away"]


def _interrupt() -> None:
    raise KeyboardInterrupt


def test_tenants_that_have_gone_are_forgotten() -> None:
    async def one(tenant: UUID) -> None:
        time_is_of(tenant)
        await asyncio.sleep(0)
        compute(0.0001)

    async def go() -> int:
        for _ in range(60):
            await asyncio.gather(*(asyncio.create_task(one(new_id())) for _ in range(50)))
        loop = asyncio.get_running_loop()
        assert isinstance(loop, FairLoop)
        return loop.tenants_known

    assert run(go()) <= MOST_KEPT + 50
