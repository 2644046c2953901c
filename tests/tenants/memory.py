"""How much a piece of work makes this process grow, its children left aside."""

import asyncio
import contextlib
import resource
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

_STATM = Path("/proc/self/statm")
_PAUSE_SECONDS = 0.01


@asynccontextmanager
async def growth_mb() -> AsyncGenerator[Callable[[], float]]:
    """The most memory above what is held at the start, in MB, as of when it is asked."""
    base = _resident_mb()
    most = base

    async def watch() -> None:
        nonlocal most
        while True:
            most = max(most, _resident_mb())
            await asyncio.sleep(_PAUSE_SECONDS)

    watching = asyncio.create_task(watch())
    try:
        yield lambda: max(most, _resident_mb()) - base
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching


def _resident_mb() -> float:
    if not _STATM.exists():  # without /proc only the highest is known, which still bounds growth
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return int(_STATM.read_text().split()[1]) * resource.getpagesize() / 1e6
