"""The doctor's look at Redis: there, away, or not wanted; never its password."""

from pydantic import SecretStr

from server.commands.doctor_redis import look_at_redis
from settings import Settings
from tests.redis_process import redis_process


async def _look(url: str | None) -> tuple[bool, bool, str]:
    settings = Settings(_env_file=None, redis_url=SecretStr(url) if url else None)  # pyright: ignore[reportCallIssue]
    found = await look_at_redis(settings)
    return found.well, found.absent, found.saw


async def test_what_is_not_configured_is_no_fault() -> None:
    assert (await _look(None))[:2] == (True, True)


async def test_one_that_answers_is_well_and_one_that_died_is_not() -> None:
    with redis_process() as process:
        well, _, saw = await _look(process.url)
        assert well and "Redis " in saw
        process.kill()
        secret = process.url.replace("redis://", "redis://:canary-7b@")
        well, _, saw = await _look(secret)
        assert not well and "canary" not in saw and str(process.port) in saw
