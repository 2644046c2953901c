"""Limits that two processes count together, over a real Redis, and each alone while it is away."""

from collections.abc import Iterator

import pytest

from server.admitting.limits import Limiter, noting_limits, rate_limit_headers
from server.sharing.shared_limits import SharedLimits, open_shared_limits
from tenants.errors import RateLimited
from tests.redis_process import RedisProcess, redis_process

MASTER_KEY = b"k" * 32
SLOW = 0.02  # one in a hundred seconds, at once: no machine is so slow


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisProcess]:
    with redis_process() as process:
        yield process


def limiter(shared: SharedLimits, policy: str = "turns") -> Limiter:
    return Limiter(SLOW, what="turns", policy=policy, shared=shared)


async def test_two_processes_count_together(redis: RedisProcess) -> None:
    here, there = (open_shared_limits(redis.url, MASTER_KEY) for _ in range(2))
    await limiter(here).take("a")
    with noting_limits() as noted, pytest.raises(RateLimited) as refused:
        await limiter(there).take("a")
    assert 0 < refused.value.extra["retry_after_seconds"] <= 50
    assert rate_limit_headers(noted)["ratelimit"].startswith('"turns";r=0;t=')
    await limiter(there).take("b")
    await limiter(there, "requests").take("a")
    for one in (here, there):
        await one.aclose()


async def test_names_do_not_stand_in_redis(redis: RedisProcess) -> None:
    shared = open_shared_limits(redis.url, MASTER_KEY)
    await limiter(shared, "address").take("192.0.2.77")
    keys = [key async for key in shared.client.scan_iter()]
    assert keys and all(b"192.0.2.77" not in key for key in keys)
    await shared.aclose()


async def test_each_counts_alone_while_redis_is_away() -> None:
    with redis_process() as away:
        shared = open_shared_limits(away.url, MASTER_KEY)
        one = limiter(shared)
        away.kill()
        await one.take("a")
        with pytest.raises(RateLimited):
            await one.take("a")
        assert shared.is_away
        away.start()
        shared.try_again()
        await one.take("b")
        assert not shared.is_away
        with pytest.raises(RateLimited):
            await limiter(shared).take("b")
        await shared.aclose()
