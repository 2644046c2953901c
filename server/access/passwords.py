"""Passwords: hashed with argon2id away from the event loop, at most two at once.

One hash takes 32 MB and most of a tenth of a second by design, so what waits is bounded too. Where
there is nothing to compare with the same work is done, so that the time tells nothing.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from server.errors import Busy
from tenants.errors import Invalid

AT_ONCE = 2
MOST_WAITING = 64
LEAST_CHARS = 12
MOST_CHARS = 200
_LEAST_DIFFERENT = 5
_MEMORY_KIB = 32_768
_ROUNDS = 3


class Passwords:
    """Makes and checks the hashes of one process."""

    def __init__(self, *, memory_kib: int = _MEMORY_KIB) -> None:
        argon2id = Argon2Hasher(time_cost=_ROUNDS, memory_cost=memory_kib, parallelism=1)
        self._hasher = PasswordHash((argon2id,))
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._nobody = ""

    async def hash(self, password: str) -> str:
        """What may be stored. Raises: Busy."""
        async with self._slot():
            return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, password: str, stored: str | None) -> bool:
        """Whether it is the password of a hash; never where there is none. Raises: Busy."""
        async with self._slot():
            if not self._nobody:
                self._nobody = await asyncio.to_thread(self._hasher.hash, "nobody's")
            fits = await asyncio.to_thread(self._fits, password, stored or self._nobody)
        return fits and stored is not None

    def _fits(self, password: str, stored: str) -> bool:
        try:
            return self._hasher.verify(password, stored)
        except UnknownHashError:
            return False

    @asynccontextmanager
    async def _slot(self) -> AsyncGenerator[None]:
        if self._waiting >= MOST_WAITING:
            raise Busy("too many sign-ins at once", retry_after_seconds=2)
        self._waiting += 1
        try:
            async with self._slots:
                yield
        finally:
            self._waiting -= 1


def check_password(password: str, *, email: str) -> None:
    """Raises: Invalid where a password is too easily guessed."""
    plain = password.casefold()
    if len(set(plain)) < _LEAST_DIFFERENT:
        raise Invalid(f"password: at least {_LEAST_DIFFERENT} different characters")
    name = email.partition("@")[0].casefold()
    if plain in (email.casefold(), name * (len(plain) // max(1, len(name)))):
        raise Invalid("password: anything but your own address")
