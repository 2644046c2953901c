"""What was found in this turn already: a turn that starts afresh does not search the same again.

A turn pins the versions it reads, so that the same question finds the same until it ends. Held in a
context variable: the graph's tasks inherit it, and it is gone with the turn.
"""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from tenants.finding.search import Passage

_FOUND: ContextVar[dict[Any, list[Passage]] | None] = ContextVar("turn_searches", default=None)


@contextmanager
def turn_searches() -> Generator[None]:
    """Keep what is found inside, to be found again at once."""
    token = _FOUND.set({})
    try:
        yield
    finally:
        _FOUND.reset(token)


def found_before(key: Any) -> list[Passage] | None:
    """What this turn has found for the same question, if it has asked it."""
    held = _FOUND.get()
    return held.get(key) if held is not None else None


def keep_found(key: Any, passages: list[Passage]) -> None:
    """Keep it for the rest of the turn; nothing outside of one."""
    held = _FOUND.get()
    if held is not None:
        held[key] = passages
