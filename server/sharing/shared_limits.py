"""Limits counted for all replicas together, in Redis; while it is away each process counts alone."""

import hashlib
import math
import time
from dataclasses import dataclass

from limits import RateLimitItemPerSecond
from limits.aio.storage import RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from redis.asyncio import ConnectionPool, Redis
from redis.exceptions import RedisError

from server.sharing.redis_client import open_pool
from tenants.keys.secrets import derived_key

PURPOSE = "shared-limits"
TIMEOUT_SECONDS = 0.25  # a request waits for so long at most, and only one of a second
PAUSE_SECONDS = 1.0  # after a failure, in which nobody asks


@dataclass(frozen=True, slots=True)
class Counted:
    """How one limit stands after a request was counted."""

    allowed: bool
    remaining: int
    reset_seconds: float


class SharedLimits:
    """Counts for every limiter of the process; names are hashed before they leave it."""

    def __init__(self, pool: ConnectionPool, master_key: bytes) -> None:
        storage = RedisStorage(
            "async+redis://",
            implementation="redispy",
            key_prefix="frontdesk:limits",
            connection_pool=pool,  # pyright: ignore[reportArgumentType]  # passed on as it is
        )
        self.client = Redis(connection_pool=pool)
        self._pool = pool
        self._strategy = SlidingWindowCounterRateLimiter(storage)
        self._key = derived_key(master_key, PURPOSE)
        self._away_until = -math.inf

    @property
    def is_away(self) -> bool:
        """Whether Redis failed so lately that nobody asks it."""
        return time.monotonic() < self._away_until

    def try_again(self) -> None:
        """Ask it at once, whatever it did before."""
        self._away_until = -math.inf

    async def count(
        self, policy: str, name: str, *, quota: int, window_seconds: int
    ) -> Counted | None:
        """Count one; None where Redis is away."""
        if self.is_away:
            return None
        item = RateLimitItemPerSecond(quota, window_seconds)
        hidden = hashlib.blake2b(name.encode(), key=self._key[:32], digest_size=16).hexdigest()
        try:
            allowed = await self._strategy.hit(item, policy, hidden)
            stands = await self._strategy.get_window_stats(item, policy, hidden)
        except (RedisError, OSError, TimeoutError):
            self._away_until = time.monotonic() + PAUSE_SECONDS
            return None
        left = min(float(window_seconds), max(0.0, stands.reset_time - time.time()))
        return Counted(allowed, max(0, int(stands.remaining)), left)

    async def aclose(self) -> None:
        """Let the connections go."""
        await self._pool.aclose()


def open_shared_limits(url: str, master_key: bytes) -> SharedLimits:
    """Over connections of its own; close it."""
    return SharedLimits(open_pool(url, timeout_seconds=TIMEOUT_SECONDS), master_key)
