"""The line between processes of one command: what travels, what does not, and what a broken one costs."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from server.running.stream_queue import Frame, Voice
from server.running.streams import Hub
from server.sharing.figures import Figures
from server.sharing.sibling_fanout import SiblingFanout
from server.sharing.siblings import Sibling, Siblings
from server.sharing.switchboard import Switchboard
from server.watching.metrics import Metrics
from tenants.ids import new_id
from tenants.running.leases import Lease
from tenants.transcripts.events import Some

TENANT, CONVERSATION = new_id(), new_id()
LEASE = Lease(TENANT, new_id(), CONVERSATION, new_id(), fence=2, attempts=1)


async def _nothing_read(*_: Any) -> Some:
    return Some(())


async def _nothing_new(*_: Any) -> dict[UUID, int]:
    return {}


def _fail(error: Exception) -> None:
    raise AssertionError from error


class Process:
    """One of several: a hub with its part in the line."""

    def __init__(self, sibling: Sibling) -> None:
        self.hub = Hub(_nothing_read, _nothing_new)
        self.line = Siblings(sibling)
        self.fanout = self.hub.fanout = SiblingFanout(self.line, self.hub, self._fence_of)
        self.metrics = Metrics()
        self.figures = Figures(self.metrics, self.line)
        self.looks: list[UUID] = []

    async def _fence_of(self, tenant_id: UUID, turn_id: UUID) -> int | None:
        return LEASE.fence

    def say(self, *words: str) -> None:
        for word in words:
            self.hub.live(LEASE, "message_delta", {"text": word})

    @asynccontextmanager
    async def reader(self) -> AsyncGenerator[list[str]]:
        """What a reader is shown while the block runs: words, and typing as `…`."""
        shown: list[str] = []

        async def read() -> None:
            async for frame in self.hub.read(TENANT, CONVERSATION, 0, pings=False):
                shown.append(frame.data.get("text", "…"))

        reading = asyncio.create_task(read())
        while not self.hub.open_streams:
            await asyncio.sleep(0)
        yield shown
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


class Counting(Switchboard):
    """A switchboard that remembers what went through it."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[bytes] = []

    def hand_on(self, told: bytes, by: Any) -> None:
        self.told.append(told)
        super().hand_on(told, by)


class Company:
    """Processes behind one switchboard."""

    def __init__(self, folder: Path) -> None:
        self.board = Counting()
        self.path = folder / "line"
        self.stack = AsyncExitStack()
        self.processes: list[Process] = []

    async def open(self, count: int) -> None:
        answering = await asyncio.get_running_loop().create_unix_server(
            self.board.line, str(self.path)
        )
        self.stack.callback(answering.close)
        for number in range(1, count + 1):
            process = Process(Sibling(number, count, self.path))
            self.processes.append(process)
            for work in (
                process.line.work_forever(on_error=lambda _: None),
                process.fanout.work_forever(on_error=_fail),
            ):
                task = asyncio.create_task(work)
                self.stack.callback(task.cancel)
        await until(lambda: all(p.line.is_connected for p in self.processes))

    @property
    def parts(self) -> int:
        """How many parts have travelled."""
        return sum(told.startswith(b'["part"') for told in self.board.told)


async def until(holds: Any) -> None:
    async with asyncio.timeout(5):
        while not holds():
            await asyncio.sleep(0.002)


@pytest.fixture
async def company(tmp_path: Path) -> AsyncGenerator[Company]:
    made = Company(tmp_path)
    await made.open(3)
    async with made.stack:
        yield made


async def test_what_is_read_where_it_runs_does_not_travel(company: Company) -> None:
    here, *_ = company.processes
    async with here.reader() as shown:
        here.say("One ", "two.")
        await until(lambda: shown == ["One ", "two."])
        await asyncio.sleep(0.05)
    assert company.parts == 0


async def test_a_reader_elsewhere_hears_it_from_the_start_whenever_it_comes(
    company: Company,
) -> None:
    here, there, yonder = company.processes
    here.say("One ", "two ")
    async with there.reader() as early:
        await until(lambda: early == ["One ", "two "])
        here.say("three ")
        async with yonder.reader() as late:
            await until(lambda: late == ["One ", "two ", "three "])
            here.say("four.")
            here.hub.turn_over(LEASE)
            whole = ["One ", "two ", "three ", "four."]
            await until(lambda: early == whole and late == whole)
            here.hub.typing(TENANT, CONVERSATION, {"author": "contact"})
            await until(lambda: early == [*whole, "…"] and late == [*whole, "…"])


async def test_a_line_that_breaks_costs_no_word_of_a_turn_that_goes_on(company: Company) -> None:
    here, there, _ = company.processes
    async with there.reader() as shown:
        here.say("One ")
        await until(lambda: shown == ["One "])
        company.board.close()
        await until(lambda: not any(p.line.is_connected for p in company.processes))
        here.say("two ")
        await until(lambda: all(p.line.is_connected for p in company.processes))
        here.say("three.")
        await until(lambda: shown == ["One ", "two ", "three."])


async def test_a_dead_run_is_not_heard(company: Company) -> None:
    here, there, _ = company.processes
    stale = replace(LEASE, fence=1)
    async with there.reader() as shown:
        here.hub.live(stale, "message_delta", {"text": "I woke up late."})
        await asyncio.sleep(0.1)
        assert shown == [] and company.parts > 0


async def test_a_run_that_was_taken_over_is_told_to_nobody_any_more(company: Company) -> None:
    here, there, _ = company.processes
    here.say("I was first.")
    taker = Voice(TENANT, CONVERSATION, LEASE.turn_id, LEASE.fence + 1)
    here.hub.heard(taker, [Frame("message_delta", {"text": "I go on."})])
    here.hub.turn_over(LEASE)
    async with there.reader() as shown:
        await asyncio.sleep(0.1)
        assert shown == []


async def test_one_count_holds_for_all(company: Company) -> None:
    counted = [
        await process.line.count("turns", "somebody", quota=2, window_seconds=60)
        for process in company.processes
    ]
    assert [one and (one.allowed, one.remaining) for one in counted] == [
        (True, 1),
        (True, 0),
        (False, 0),
    ]
    company.board.close()
    here = company.processes[0]
    await until(lambda: not here.line.is_connected)
    assert await here.line.count("turns", "somebody", quota=2, window_seconds=60) is None


async def test_figures_of_all_stand_under_their_numbers(company: Company) -> None:
    here, there, _ = company.processes
    there.metrics.job_ended("import", "completed")
    text = (await here.figures.render()).decode()
    assert 'frontdesk_jobs_total{kind="import",process="2",status="completed"} 1.0' in text
    assert text.count("# TYPE frontdesk_jobs_total counter") == 1
