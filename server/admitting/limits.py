"""Limits against abuse: token buckets in memory, one for each tenant, key, contact and address.

With several processes each keeps its own buckets, unless a counter is given that they share; quotas
that must hold exactly live in Postgres. What was counted during a request is noted, so that its answer can say how much is left.
"""

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

from tenants.errors import RateLimited

MAX_BUCKETS = 50_000
BURST_SECONDS = 2.0  # a caller who was quiet may send this much of its rate at once


@dataclass(frozen=True, slots=True)
class Standing:
    """How one limit stands for a caller after a request was counted."""

    policy: str
    quota: int  # of a window
    window_seconds: int
    remaining: int
    reset_seconds: int  # until the quota is whole again


_noted: ContextVar[list[Standing] | None] = ContextVar("noted_limits", default=None)


@contextmanager
def noting_limits() -> Generator[list[Standing]]:
    """The limits that are counted inside, in their order."""
    noted: list[Standing] = []
    token = _noted.set(noted)
    try:
        yield noted
    finally:
        _noted.reset(token)


def rate_limit_headers(standings: Sequence[Standing]) -> dict[str, str]:
    """`RateLimit-Policy` and `RateLimit`; nothing where nothing was counted.

    Source: draft-ietf-httpapi-ratelimit-headers-10.
    """
    if not standings:
        return {}
    return {
        "ratelimit-policy": ", ".join(
            f'"{one.policy}";q={one.quota};w={one.window_seconds}' for one in standings
        ),
        "ratelimit": ", ".join(
            f'"{one.policy}";r={one.remaining};t={one.reset_seconds}' for one in standings
        ),
    }


async def count_address(limiter: "Limiter", host: str) -> None:
    """Count a request from this address; this machine's own are a proxy's, and everybody's.

    Raises: RateLimited.
    """
    try:
        if ipaddress.ip_address(host).is_loopback:
            return
    except ValueError:
        return  # a socket file's
    await limiter.take(host)


class Count(Protocol):
    """How one limit stands after a request was counted by all processes together."""

    @property
    def allowed(self) -> bool:
        """Whether there was room."""
        ...

    @property
    def remaining(self) -> int:
        """What is left."""
        ...

    @property
    def reset_seconds(self) -> float:
        """Until there is more."""
        ...


class Counter(Protocol):
    """Counts for all processes together."""

    async def count(
        self, policy: str, name: str, *, quota: int, window_seconds: int
    ) -> Count | None:
        """Count one; None where nobody can tell now."""
        ...


class Limiter:
    """So many a second for each name, with a burst of two seconds' worth."""

    def __init__(
        self,
        per_second: float,
        *,
        what: str,
        policy: str = "",
        clock: Callable[[], float] = time.monotonic,
        shared: Counter | None = None,
    ) -> None:
        self._per_second = per_second
        self._capacity = max(1.0, per_second * BURST_SECONDS)
        self._what = what
        self._policy = policy
        self._clock = clock
        self._shared = shared if policy else None
        self._quota = math.floor(self._capacity)
        self._window_seconds = max(1, math.ceil(self._capacity / per_second))
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def take(self, name: str) -> None:
        """Count one. Raises: RateLimited, with the seconds until there is room."""
        counted = await self._count_for_all(name)
        if counted is None:
            self._take_here(name)
            return
        self._note(counted.remaining, max(1, math.ceil(counted.reset_seconds)))
        if not counted.allowed:
            raise self._refusal(max(0.001, counted.reset_seconds))

    async def _count_for_all(self, name: str) -> Count | None:
        if self._shared is None:
            return None
        return await self._shared.count(
            self._policy, name, quota=self._quota, window_seconds=self._window_seconds
        )

    def _take_here(self, name: str) -> None:
        tokens, now = self._filled(name)
        allowed = tokens > 1 - 1e-9
        left = max(0.0, tokens - 1) if allowed else tokens
        self._buckets[name] = (left, now)
        self._buckets.move_to_end(name)
        if len(self._buckets) > MAX_BUCKETS:
            self._buckets.popitem(last=False)
        whole_again = math.ceil((self._capacity - left) / self._per_second)
        self._note(math.floor(left + 1e-9), whole_again)
        if not allowed:
            raise self._refusal((1 - tokens) / self._per_second)

    def _refusal(self, seconds: float) -> RateLimited:
        return RateLimited(
            f"more than {self._per_second:g} {self._what} a second",
            retry_after_seconds=round(seconds, 3),
        )

    def _filled(self, name: str) -> tuple[float, float]:
        now = self._clock()
        tokens, seen = self._buckets.get(name, (self._capacity, now))
        return min(self._capacity, tokens + (now - seen) * self._per_second), now

    def _note(self, remaining: int, reset_seconds: int) -> None:
        noted = _noted.get()
        if noted is not None and self._policy:
            noted.append(
                Standing(self._policy, self._quota, self._window_seconds, remaining, reset_seconds)
            )
