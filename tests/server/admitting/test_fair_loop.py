"""The loop's time goes to the tenant that has had least of it."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

import pytest

from server.admitting.fair_loop import (
    ALONE_SECONDS,
    LONGEST_HOLD_SECONDS,
    MOST_KEPT,
    FairLoop,
    going_first,
    request_goes_first,
    time_is_of,
)
from server.admitting.intake import Intake
from tenants.database.connection import make_pool
from tenants.ids import new_id
from tests.databases import Database, keyring_of_tests

CROWD, QUIET = new_id(), new_id()
STEP_SECONDS = 0.001


def run(work: Coroutine[Any, Any, Any]) -> Any:
    with asyncio.Runner(loop_factory=FairLoop) as runner:
        return runner.run(asyncio.wait_for(work, 30))


def compute(seconds: float = STEP_SECONDS) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


async def steps(
    tenant: UUID | None, number: int, done: list[UUID | None], *, apart: bool = False
) -> None:
    """So many steps of the loop, each of a millisecond."""
    time_is_of(tenant, apart=apart)
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


def test_a_tenants_own_message_does_not_stand_behind_each_of_its_many_turns() -> None:
    async def go() -> tuple[int, int]:
        done: list[UUID | None] = []
        turns = [asyncio.create_task(steps(CROWD, 20, done, apart=True)) for _ in range(40)]
        while len(done) < 100:
            await asyncio.sleep(0)
        before = len(done)
        with request_goes_first():
            await asyncio.create_task(steps(CROWD, 10, done))
            between = len(done) - before - 10
            await asyncio.sleep(0.02)
            waiting = len(done) - before - 10 - between
        await asyncio.gather(*turns)
        return between, waiting

    between, waiting = run(go())
    assert between <= 20
    assert waiting >= 5  # it holds nothing of its own tenant's back


def test_tenants_with_as_much_to_do_have_as_much_time_however_many_tasks_they_have() -> None:
    async def go() -> None:
        done: list[UUID | None] = []
        tasks = await crowd(done)
        del done[:]
        few = [asyncio.create_task(steps(QUIET, 150, done)) for _ in range(2)]
        while done.count(QUIET) < 250:
            await asyncio.sleep(0)
        assert 120 <= done.count(CROWD) <= 300  # a hundred steps ahead are the sleeper's
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


async def busy_crowd(done: list[UUID | None]) -> list[asyncio.Task[None]]:
    """A crowd that has had much of the loop's time, and goes on for seconds."""
    tasks = await crowd(done, each=500)
    while len(done) < 150:
        await asyncio.sleep(0)
    return tasks


async def let_go(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def beside_a_crowd(act: Callable[[list[UUID | None]], Coroutine[Any, Any, Any]]) -> Any:
    """What is done in a task of its own beside a busy crowd, whose steps it is given."""
    done: list[UUID | None] = []
    tasks = await busy_crowd(done)
    found = await asyncio.create_task(act(done))
    await let_go(tasks)
    return found


def test_a_request_goes_first_also_while_it_waits_for_the_database() -> None:
    async def request(done: list[UUID | None]) -> tuple[int, int]:
        with request_goes_first() as first:
            time_is_of(QUIET)
            await asyncio.sleep(0)
            before = len(done)
            await asyncio.sleep(0.02)
            waiting = len(done) - before
            first.end()
            await asyncio.sleep(0.02)
            return waiting, len(done) - before

    waiting, after = run(beside_a_crowd(request))
    assert waiting <= 1
    assert after >= 5


def test_a_message_by_a_websocket_goes_first_too() -> None:
    async def take(done: list[UUID | None]) -> int:
        time_is_of(QUIET)
        with going_first():
            await asyncio.sleep(0)
            before = len(done)
            await asyncio.sleep(0.02)
            return len(done) - before

    assert run(beside_a_crowd(take)) <= 1


def test_a_request_that_takes_long_holds_nobody_back_for_long() -> None:
    async def go() -> int:
        done: list[UUID | None] = []
        tasks = await busy_crowd(done)

        async def request() -> None:
            with request_goes_first():
                time_is_of(QUIET)
                await asyncio.sleep(0)
                await asyncio.sleep(0.5)

        requesting = asyncio.create_task(request())
        await asyncio.sleep(0)
        before = len(done)
        await asyncio.sleep(4 * LONGEST_HOLD_SECONDS)
        found = len(done) - before
        await let_go([*tasks, requesting])
        return found

    assert run(go()) >= 50  # of some 150 that there was time for


def test_who_is_held_back_does_not_keep_a_connection_from_who_holds(database: Database) -> None:
    async def go() -> float:
        done: list[UUID | None] = []
        pool = make_pool(
            database.app, min_size=1, max_size=1, timeout_seconds=20, keys=keyring_of_tests()
        )
        async with pool:
            await pool.wait()
            tasks = await busy_crowd(done)
            has_it = asyncio.Event()

            async def has_the_only_one() -> None:
                time_is_of(CROWD)
                async with pool.lent() as conn:
                    has_it.set()
                    await steps(CROWD, 5, done)
                    await conn.execute("select 1")

            async def request() -> float:
                with request_goes_first():
                    time_is_of(QUIET)
                    began = time.perf_counter()
                    async with pool.lent() as conn:
                        await conn.execute("select 1")
                    return time.perf_counter() - began

            tasks.append(asyncio.create_task(has_the_only_one()))
            await has_it.wait()
            found = await asyncio.create_task(request())
            await let_go(tasks)
        return found

    assert min(run(go()) for _ in range(3)) < 0.8 * LONGEST_HOLD_SECONDS


def test_who_holds_others_back_again_and_again_has_no_more_than_its_share() -> None:
    async def request() -> None:
        with request_goes_first():
            time_is_of(QUIET)
            await asyncio.sleep(0)
            await asyncio.sleep(0.8 * LONGEST_HOLD_SECONDS)

    async def requests(done: list[UUID | None]) -> float:
        before = len(done)
        await asyncio.sleep(0.5)
        alone, before, ends_at = len(done) - before, len(done), time.perf_counter() + 1.5
        while time.perf_counter() < ends_at:
            await asyncio.create_task(request())
        return (len(done) - before) / (3 * alone)

    # what the crowd has beside them, of what it had alone; were holding for nothing, a tenth
    share = run(beside_a_crowd(requests))
    assert share >= 0.18


def test_a_tenant_that_had_as_much_as_others_holds_nobody_back() -> None:
    async def request(done: list[UUID | None]) -> int:
        with request_goes_first():
            time_is_of(CROWD)
            await asyncio.sleep(0)
            before = len(done)
            await asyncio.create_task(steps(QUIET, 20, done))
            return len(done) - before

    assert run(beside_a_crowd(request)) >= 20


def test_the_server_knows_when_a_request_begins_and_its_answer() -> None:
    async def request(done: list[UUID | None]) -> tuple[int, int]:
        seen: list[int] = []

        async def app(_scope: Any, _receive: Any, send: Any) -> None:
            time_is_of(QUIET)  # as a credential does
            await asyncio.sleep(0)
            seen.append(len(done))
            await asyncio.sleep(0.02)
            seen.append(len(done))
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"first", "more_body": True})
            await asyncio.sleep(0.02)
            seen.append(len(done))
            await send({"type": "http.response.body", "body": b""})

        async def nothing(*_: Any) -> Any:
            return {"type": "http.request", "body": b""}

        scope = {"type": "http", "path": "/", "query_string": b"", "headers": []}
        await Intake(app, max_body_bytes=1_000)(scope, nothing, nothing)
        return seen[1] - seen[0], seen[2] - seen[1]

    waiting, streaming = run(beside_a_crowd(request))
    assert waiting <= 1
    assert streaming >= 5
