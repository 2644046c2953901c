"""Words are read at once while the loop keeps up, and together where it is behind."""

import asyncio
import time

from server.admitting.loop_pace import BEHIND_SECONDS, LoopPace


async def fall_behind(pace: LoopPace) -> None:
    """Let the loop be found late a few times: something computes before the look's turn comes."""
    for _ in range(20):
        pace.lag_seconds()
        time.sleep(2 * BEHIND_SECONDS)  # noqa: ASYNC251 - what makes a loop late
        await asyncio.sleep(0)
        await asyncio.sleep(0)


async def test_nobody_waits_while_the_loop_keeps_up() -> None:
    pace = LoopPace()
    going_on = pace.words()
    try:
        going_on.send(None)
    except StopIteration:
        return
    raise AssertionError("words waited on a loop that is not behind")


async def test_a_loop_that_computes_between_its_steps_is_behind() -> None:
    pace = LoopPace()
    assert not pace.is_behind()
    await fall_behind(pace)
    assert pace.is_behind()


async def test_behind_its_time_the_loop_lets_everybody_through_in_order() -> None:
    pace = LoopPace()
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
    pace = LoopPace()
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
    pace = LoopPace()
    await fall_behind(pace)
    gone = asyncio.create_task(pace.words())
    stays = asyncio.create_task(pace.words())
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.wait_for(stays, 30)
