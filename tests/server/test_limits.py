"""Token buckets: a burst, a steady rate, and a time to come again."""

import pytest

from server.limits import BURST_SECONDS, Limiter
from tenants.errors import RateLimited


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_quiet_caller_may_burst_and_then_goes_at_the_rate() -> None:
    clock = Clock()
    limiter = Limiter(10, what="requests", clock=clock)
    for _ in range(int(10 * BURST_SECONDS)):
        limiter.take("a")
    with pytest.raises(RateLimited) as refused:
        limiter.take("a")
    assert 0 < refused.value.extra["retry_after_seconds"] <= 0.1
    clock.now += 0.1
    limiter.take("a")
    with pytest.raises(RateLimited):
        limiter.take("a")


def test_callers_do_not_share_a_bucket() -> None:
    limiter = Limiter(1, what="requests", clock=Clock())
    limiter.take("a")
    limiter.take("a")
    with pytest.raises(RateLimited):
        limiter.take("a")
    limiter.take("b")
