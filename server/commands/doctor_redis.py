"""The doctor's look at the Redis that replicas share, where one is configured."""

from urllib.parse import urlsplit

from server.commands.findings import Finding
from settings import Settings

TIMEOUT_SECONDS = 3.0
_MEND = (
    "check FRONTDESK_REDIS_URL; is that Redis running? Without it servers go on, each for itself"
)


async def look_at_redis(settings: Settings) -> Finding:
    """Whether it answers, takes a publication and keeps a list for a while."""
    if settings.redis_url is None:
        return Finding("redis", True, "not configured; one server needs none", absent=True)
    from redis.exceptions import RedisError  # loaded where it is configured: it takes a second

    from server.sharing.redis_client import open_redis
    from server.sharing.redis_parts import PREFIX

    url = settings.redis_url.get_secret_value()
    shown = urlsplit(url)._replace(netloc=urlsplit(url).netloc.rpartition("@")[2]).geturl()
    client = open_redis(url, timeout_seconds=TIMEOUT_SECONDS)
    try:
        version = (await client.info("server"))["redis_version"]
        async with client.pipeline(transaction=False) as tried:
            tried.set(f"{PREFIX}:doctor", "1", ex=1)
            tried.publish(f"{PREFIX}:doctor", "1")
            await tried.execute()
    except (RedisError, OSError, TimeoutError) as error:
        return Finding("redis", False, f"{shown}: {type(error).__name__}", _MEND)
    finally:
        await client.aclose()
    return Finding("redis", True, f"Redis {version} at {shown}")
