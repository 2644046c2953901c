"""Every model call of a run as it is made, for runs that are given up before their state is kept.

Held in a context variable, like the turn's searches: the graph's tasks inherit it.
"""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

from graphs.state import UsageEntry

_CALLS: ContextVar[list[UsageEntry] | None] = ContextVar("model_calls", default=None)


@contextmanager
def model_calls() -> Generator[list[UsageEntry]]:
    """The list that calls inside are put into, those too that are stopped half way."""
    made: list[UsageEntry] = []
    token = _CALLS.set(made)
    try:
        yield made
    finally:
        _CALLS.reset(token)


def note_call(entry: UsageEntry) -> UsageEntry:
    """The entry, noted for the run that makes the call."""
    made = _CALLS.get()
    if made is not None:
        made.append(entry)
    return entry
