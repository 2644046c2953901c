"""Sign-ins from one address: so many may go wrong in a while, whoever they are tried for."""

import pytest

from server.access.passwords import Passwords
from server.access.sign_in_throttle import MOST_FAILURES, WINDOW_SECONDS, SignInThrottle
from tenants.errors import RateLimited


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_an_address_that_fails_often_waits() -> None:
    clock = Clock()
    throttle = SignInThrottle(clock=clock)
    for n in range(MOST_FAILURES):
        throttle.check(f"2001:db8::{n}")  # one household
        throttle.failed(f"2001:db8::{n}")
    with pytest.raises(RateLimited):
        throttle.check("2001:db8::ffff")
    throttle.check("203.0.113.9")
    clock.now += WINDOW_SECONDS + 1
    throttle.check("2001:db8::ffff")


def test_a_proxy_on_this_machine_is_not_counted() -> None:
    throttle = SignInThrottle()
    for _ in range(2 * MOST_FAILURES):
        throttle.failed("127.0.0.1")
    throttle.check("127.0.0.1")


async def test_only_the_right_password_fits_its_hash() -> None:
    passwords = Passwords(memory_kib=64)
    stored = await passwords.hash("correct horse")
    assert stored.startswith("$argon2id$")
    assert await passwords.matches("correct horse", stored)
    assert not await passwords.matches("correct house", stored)
    assert not await passwords.matches("nobody's", None)
    assert not await passwords.matches("x", "no hash")
