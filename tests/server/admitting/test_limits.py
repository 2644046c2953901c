"""Token buckets: a burst, a steady rate, and a time to come again."""

import pytest

from server.admitting.limits import (
    BURST_SECONDS,
    Limiter,
    count_address,
    noting_limits,
    rate_limit_headers,
)
from tenants.errors import RateLimited


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def test_a_quiet_caller_may_burst_and_then_goes_at_the_rate() -> None:
    clock = Clock()
    limiter = Limiter(10, what="requests", clock=clock)
    for _ in range(int(10 * BURST_SECONDS)):
        await limiter.take("a")
    with pytest.raises(RateLimited) as refused:
        await limiter.take("a")
    assert 0 < refused.value.extra["retry_after_seconds"] <= 0.1
    clock.now += 0.1
    await limiter.take("a")
    with pytest.raises(RateLimited):
        await limiter.take("a")


async def test_callers_do_not_share_a_bucket() -> None:
    limiter = Limiter(1, what="requests", clock=Clock())
    await limiter.take("a")
    await limiter.take("a")
    with pytest.raises(RateLimited):
        await limiter.take("a")
    await limiter.take("b")


async def test_an_answer_says_how_every_counted_limit_stands() -> None:
    keys = Limiter(50, what="requests", policy="key", clock=Clock())
    turns = Limiter(0.5, what="turns", policy="tenant-turns", clock=Clock())
    with noting_limits() as noted:
        await keys.take("a")
        await turns.take("t")
    assert rate_limit_headers(noted) == {
        "ratelimit-policy": '"key";q=100;w=2, "tenant-turns";q=1;w=2',
        "ratelimit": '"key";r=99;t=1, "tenant-turns";r=0;t=2',
    }


async def test_a_refusal_says_which_limit_it_was() -> None:
    turns = Limiter(0.5, what="turns", policy="tenant-turns", clock=Clock())
    await turns.take("t")
    with noting_limits() as noted, pytest.raises(RateLimited):
        await turns.take("t")
    assert rate_limit_headers(noted)["ratelimit"] == '"tenant-turns";r=0;t=2'
    assert rate_limit_headers([]) == {}


async def test_addresses_are_counted_but_this_machines_own() -> None:
    limiter = Limiter(0.5, what="requests", policy="address", clock=Clock())
    for _ in range(5):
        await count_address(limiter, "127.0.0.1")
        await count_address(limiter, "::1")
    await count_address(limiter, "192.0.2.7")
    with pytest.raises(RateLimited):
        await count_address(limiter, "192.0.2.7")
    await count_address(limiter, "192.0.2.8")
