"""Limits against abuse: token buckets in memory, one for each key and each tenant.

With several processes each keeps its own buckets; quotas that must hold exactly live in Postgres.
"""

import time
from collections import OrderedDict
from collections.abc import Callable

from tenants.errors import RateLimited

MAX_BUCKETS = 50_000
BURST_SECONDS = 2.0  # a caller who was quiet may send this much of its rate at once


class Limiter:
    """So many a second for each name, with a burst of two seconds' worth."""

    def __init__(
        self,
        per_second: float,
        *,
        what: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._per_second = per_second
        self._capacity = max(1.0, per_second * BURST_SECONDS)
        self._what = what
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str) -> None:
        """Count one. Raises: RateLimited, with the seconds until there is room."""
        now = self._clock()
        tokens, seen = self._buckets.get(name, (self._capacity, now))
        tokens = min(self._capacity, tokens + (now - seen) * self._per_second)
        allowed = tokens > 1 - 1e-9
        self._buckets[name] = (max(0.0, tokens - 1) if allowed else tokens, now)
        self._buckets.move_to_end(name)
        if len(self._buckets) > MAX_BUCKETS:
            self._buckets.popitem(last=False)
        if not allowed:
            raise RateLimited(
                f"more than {self._per_second:g} {self._what} a second",
                retry_after_seconds=round((1 - tokens) / self._per_second, 3),
            )
