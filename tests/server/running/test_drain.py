"""The drain: from the signal on no more work is wanted here."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import cast

import pytest

from server.errors import Draining
from server.resources import Resources
from server.routes.health import get_readiness
from server.running.drain import Drain, Patience


@dataclass
class Going:
    """What is looked at of a process that goes."""

    drain: Drain = field(default_factory=Drain)


async def test_a_process_that_goes_is_not_ready_from_the_signal_on() -> None:
    held = Going()
    held.drain.start()
    with pytest.raises(Draining):
        await get_readiness(cast(Resources, held))


async def test_a_wait_that_is_over_as_the_drain_begins_keeps_nobody_from_hearing_of_it() -> None:
    drain, loop, told = Drain(), asyncio.get_running_loop(), asyncio.Event()
    patience = Patience(drain, drain_seconds=60)
    drain.listen(told.set)

    async def wait(seconds: float) -> None:
        async with patience.within(seconds):
            await asyncio.Event().wait()

    loop.call_later(0.01, drain.start)  # in the same pass of the loop as the end of the wait
    waiting = [asyncio.create_task(wait(0.01)), asyncio.create_task(wait(60))]
    await asyncio.sleep(0)
    time.sleep(0.05)  # noqa: ASYNC251 - both are due when the loop looks
    async with asyncio.timeout(5):
        await told.wait()
    for one in waiting:
        one.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
