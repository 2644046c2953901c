"""How long the models of a turn may still write: less than the turn, so that something is said.

Held in a context variable, like the turn's searches: the graph's tasks inherit it.
"""

import math
import time
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

RESERVE_SHARE = 0.2  # of a turn's time, for what comes after the models
RESERVE_SECONDS = 10.0  # at most

_MODELS_UNTIL: ContextVar[float] = ContextVar("models_until", default=math.inf)


@contextmanager
def turn_clock(seconds: float) -> Generator[None]:
    """A turn that has so many seconds left; its models have a little less."""
    reserve = min(RESERVE_SECONDS, RESERVE_SHARE * seconds)
    token = _MODELS_UNTIL.set(time.monotonic() + seconds - reserve)
    try:
        yield
    finally:
        _MODELS_UNTIL.reset(token)


def seconds_for_models(at_most: float) -> float:
    """How long a call may take now, never longer than `at_most`; 0 where the time is up."""
    return max(0.0, min(at_most, _MODELS_UNTIL.get() - time.monotonic()))
