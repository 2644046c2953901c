"""One tool's trouble stays its own: breaker, bulkhead, cache and second tries."""

import asyncio
from dataclasses import replace

import pytest

from graphs.acting.tool_guard import MOST_WAITING, ToolGuard
from graphs.asking.breaker import Breaker
from tenants.ids import new_id
from tools.contract import Tool, ToolResult
from tools.errors import ArgumentRejected, ToolUnavailable
from tools.order_status import order_status_tool
from tools.stock_level import stock_level_tool

GOOD = ToolResult({"n": 1}, "One.")
QUICK: Tool = replace(order_status_tool, timeout_seconds=5)


class _Service:
    """Fails so many times, then answers; counts how it was asked."""

    def __init__(self, failures: int = 0, error: Exception | None = None) -> None:
        self.failures = failures
        self.error = error or ToolUnavailable("down")
        self.asked = 0

    async def __call__(self) -> ToolResult:
        self.asked += 1
        if self.asked <= self.failures:
            raise self.error
        return GOOD


async def test_a_read_that_fails_once_is_tried_once_more() -> None:
    service = _Service(failures=1)
    assert await ToolGuard().read(new_id(), QUICK, service) is GOOD
    assert service.asked == 2
    stubborn = _Service(failures=9)
    with pytest.raises(ToolUnavailable):
        await ToolGuard().read(new_id(), QUICK, stubborn)
    assert stubborn.asked == 2


async def test_arguments_that_were_refused_are_not_tried_again() -> None:
    service = _Service(failures=1, error=ArgumentRejected("no"))
    with pytest.raises(ArgumentRejected):
        await ToolGuard().read(new_id(), QUICK, service)
    assert service.asked == 1


async def test_what_keeps_failing_is_left_alone_for_that_tenant_and_tool_only() -> None:
    now = [0.0]
    guard = ToolGuard(make_breaker=lambda: Breaker(failures=4, clock=lambda: now[0]))
    mine, other = new_id(), new_id()
    down = _Service(failures=99)
    for _ in range(3):
        with pytest.raises(ToolUnavailable):
            await guard.read(mine, QUICK, down)
    assert (down.asked, guard.open_breakers()) == (4, 1)
    assert await guard.read(other, QUICK, _Service()) is GOOD
    assert await guard.read(mine, stock_level_tool, _Service()) is GOOD
    now[0] += 31
    assert await guard.read(mine, QUICK, _Service()) is GOOD
    assert guard.open_breakers() == 0


async def test_a_tool_that_hangs_holds_its_own_places_and_nobody_elses() -> None:
    guard, tenant_id, release = ToolGuard(at_once=2), new_id(), asyncio.Event()
    entered: list[int] = []

    async def hangs() -> ToolResult:
        entered.append(1)
        await release.wait()
        return GOOD

    held = [
        asyncio.create_task(guard.read(tenant_id, QUICK, hangs)) for _ in range(2 + MOST_WAITING)
    ]
    while len(entered) < 2:
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    with pytest.raises(ToolUnavailable, match="too often"):
        await guard.read(tenant_id, QUICK, _Service())
    assert await guard.read(tenant_id, stock_level_tool, _Service()) is GOOD
    assert await guard.read(new_id(), QUICK, _Service()) is GOOD
    assert len(entered) == 2
    release.set()
    assert await asyncio.gather(*held) == [GOOD] * len(held)


def test_what_was_read_is_told_again_for_its_seconds_to_the_same_tenant() -> None:
    now = [0.0]
    guard = ToolGuard(clock=lambda: now[0])
    mine, other = new_id(), new_id()
    guard.keep((mine, "c-1", "order_status"), GOOD, 20)
    guard.keep((mine, "c-1", "never"), GOOD, 0)
    assert guard.cached((mine, "c-1", "order_status")) is GOOD
    assert guard.cached((mine, "c-2", "order_status")) is None
    assert guard.cached((other, "c-1", "order_status")) is None
    assert guard.cached((mine, "c-1", "never")) is None
    now[0] += 21
    assert guard.cached((mine, "c-1", "order_status")) is None
    guard.keep((mine, "c-1", "order_status"), GOOD, 20)
    guard.forget(mine)
    assert guard.cached((mine, "c-1", "order_status")) is None
