"""Clients of the Redis that replicas share: short time-outs, no tries again, so that nobody waits.

Loaded only where one is configured: the package takes a second to load.
"""

from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

MOST_CONNECTIONS = 64


def open_pool(url: str, *, timeout_seconds: float) -> ConnectionPool:
    """Connections that are made when they are needed."""
    return ConnectionPool.from_url(
        url,
        max_connections=MOST_CONNECTIONS,
        socket_timeout=timeout_seconds,
        socket_connect_timeout=timeout_seconds,
        socket_keepalive=True,
        health_check_interval=0,
        retry=Retry(NoBackoff(), 0),
        retry_on_error=[],
    )


def open_redis(url: str, *, timeout_seconds: float) -> Redis:
    """A client over connections of its own; close it."""
    return Redis.from_pool(open_pool(url, timeout_seconds=timeout_seconds))
