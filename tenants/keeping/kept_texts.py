"""What a process remembers of texts that come again, and that it forgets them.

A passage is weighed in every answer that it is found for, so what is read out of it is kept by its
text. Such a store gives the same to everybody who has the same text, and nothing to who has not; but a
text must not outlive its erasure in it. So all of them are emptied where something was erased, and in
every process again and again.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol, TypeVar

FORGET_SECONDS = 600.0


class _Cached(Protocol):
    cache_clear: Callable[[], None]


Function = TypeVar("Function", bound=_Cached)
_REMEMBER: list[_Cached] = []  # functions, made once


def forgettable(function: Function) -> Function:
    """Put over `lru_cache` of a function of people's or passages' texts."""
    _REMEMBER.append(function)
    return function


def forget_texts() -> None:
    """Remember nothing of any text."""
    for function in _REMEMBER:
        function.cache_clear()


async def forget_forever(*, every_seconds: float = FORGET_SECONDS) -> None:
    """Forget again and again, until cancelled: what another process erased is gone here as well."""
    while True:
        await asyncio.sleep(every_seconds)
        forget_texts()
