"""Words are read at once while the loop keeps up, and together where it is behind."""

import asyncio
import time
from uuid import UUID

from server.admitting.fair_loop import FairLoop, time_is_of
from server.admitting.loop_pace import BEHIND_SECONDS, MOST_KEPT, LoopPace, SharePace

CROWD, QUIET = UUID(int=1), UUID(int=2)


async def fall_behind(pace: SharePace) -> None:
    """Let the loop be found late a few times: something computes before the look's turn comes."""
    for _ in range(20):
        pace.lag_seconds()
        time.sleep(2 * BEHIND_SECONDS)  # noqa: ASYNC251 - what makes a loop late
        await asyncio.sleep(0)
        await asyncio.sleep(0)


async def test_nobody_waits_while_the_loop_keeps_up() -> None:
    pace = SharePace()
    going_on = pace.words()
    try:
        going_on.send(None)
    except StopIteration:
        return
    raise AssertionError("words waited on a loop that is not behind")


async def test_a_loop_that_computes_between_its_steps_is_behind() -> None:
    pace = SharePace()
    assert not pace.is_behind()
    await fall_behind(pace)
    assert pace.is_behind()


async def test_behind_its_time_the_loop_lets_everybody_through_in_order() -> None:
    pace = SharePace()
    await fall_behind(pace)
    through: list[int] = []

    async def read(number: int) -> None:
        await pace.words()
        through.append(number)

    readers = [asyncio.create_task(read(number)) for number in range(9)]
    await asyncio.sleep(0)
    assert through == []
    await asyncio.wait_for(asyncio.gather(*readers), 30)
    assert through == sorted(through)
    assert len(through) == 9


async def test_who_was_let_through_reads_all_that_is_there_in_one_go() -> None:
    pace = SharePace()
    await fall_behind(pace)
    passes: list[int] = []
    count = 0

    async def read() -> None:
        for _ in range(5):
            await pace.words()
            passes.append(count)

    async def tick() -> None:
        nonlocal count
        while len(passes) < 5:
            count += 1
            await asyncio.sleep(0)

    await asyncio.wait_for(asyncio.gather(read(), tick()), 30)
    assert len(set(passes)) == 1


async def test_who_gives_up_holds_nobody() -> None:
    pace = SharePace()
    await fall_behind(pace)
    gone = asyncio.create_task(pace.words())
    stays = asyncio.create_task(pace.words())
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.wait_for(stays, 30)


def test_a_tenants_words_do_not_wait_for_a_crowds_share() -> None:
    pace = LoopPace()

    async def write(tenant: UUID, seconds_a_word: float, words: int) -> float:
        time_is_of(tenant)
        waited = 0.0
        for _ in range(words):
            time.sleep(seconds_a_word)  # noqa: ASYNC251 - what the loop does for this word
            asked = time.perf_counter()
            await pace.words()
            waited = max(waited, time.perf_counter() - asked)
            await asyncio.sleep(0)
        return waited

    async def beside() -> tuple[float, float]:
        crowd = [asyncio.create_task(write(CROWD, BEHIND_SECONDS / 4, 12)) for _ in range(40)]
        await asyncio.sleep(0.3)
        quiet = await asyncio.create_task(write(QUIET, 0, 10))
        return quiet, max(await asyncio.gather(*crowd))

    with asyncio.Runner(loop_factory=FairLoop) as runner:
        quiet, crowd = runner.run(beside())
    assert crowd > 20 * BEHIND_SECONDS  # it was held, so there was something to wait for
    assert quiet < 10 * BEHIND_SECONDS


async def test_tenants_whose_models_are_silent_are_forgotten() -> None:
    pace = LoopPace()

    async def read(number: int) -> None:
        time_is_of(UUID(int=number))
        await pace.words()

    for number in range(MOST_KEPT):
        await asyncio.create_task(read(number))
    time.sleep(0.6)  # noqa: ASYNC251 - until a look says nothing any more
    await asyncio.create_task(read(MOST_KEPT))
    assert pace.tenants_known == 1
