"""Limits against abuse: token buckets in memory, one for each tenant, key, contact and address.

With several processes each keeps its own buckets; quotas that must hold exactly live in Postgres.
What was counted during a request is noted, so that its answer can say how much is left.
"""

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

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


def count_address(limiter: "Limiter", host: str) -> None:
    """Count a request from this address; this machine's own are a proxy's, and everybody's.

    Raises: RateLimited.
    """
    try:
        if ipaddress.ip_address(host).is_loopback:
            return
    except ValueError:
        return  # a socket file's
    limiter.take(host)


class Limiter:
    """So many a second for each name, with a burst of two seconds' worth."""

    def __init__(
        self,
        per_second: float,
        *,
        what: str,
        policy: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._per_second = per_second
        self._capacity = max(1.0, per_second * BURST_SECONDS)
        self._what = what
        self._policy = policy
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str) -> None:
        """Count one. Raises: RateLimited, with the seconds until there is room."""
        tokens, now = self._filled(name)
        allowed = tokens > 1 - 1e-9
        left = max(0.0, tokens - 1) if allowed else tokens
        self._buckets[name] = (left, now)
        self._buckets.move_to_end(name)
        if len(self._buckets) > MAX_BUCKETS:
            self._buckets.popitem(last=False)
        self._note(left)
        if not allowed:
            raise RateLimited(
                f"more than {self._per_second:g} {self._what} a second",
                retry_after_seconds=round((1 - tokens) / self._per_second, 3),
            )

    def _filled(self, name: str) -> tuple[float, float]:
        now = self._clock()
        tokens, seen = self._buckets.get(name, (self._capacity, now))
        return min(self._capacity, tokens + (now - seen) * self._per_second), now

    def _note(self, left: float) -> None:
        noted = _noted.get()
        if noted is None or not self._policy:
            return
        noted.append(
            Standing(
                self._policy,
                quota=math.floor(self._capacity),
                window_seconds=max(1, math.ceil(self._capacity / self._per_second)),
                remaining=math.floor(left + 1e-9),
                reset_seconds=math.ceil((self._capacity - left) / self._per_second),
            )
        )
