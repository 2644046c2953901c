"""The end of a process: within its time, whatever does not want to end.

Everything that must not be lost has been closed or handed on by then, or lies in the database under
leases that run out. What is left are threads whose results nobody wants any more, and the
interpreter's own tidying up: neither is waited for (decision 0040).
"""

import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import NoReturn

import structlog

log = structlog.get_logger()
LAST_WORDS_SECONDS = 0.5  # for a log whose reader stands still


class ThreadsLeftBehind(ThreadPoolExecutor):
    """The threads of an event loop that waits for none of them at its end."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Begin nothing more, and return at once."""
        super().shutdown(wait=False, cancel_futures=True)


class Leaving:
    """The bound on an end: so many seconds after `begin` the process goes as it stands."""

    def __init__(self, seconds: float, *, on_late: Callable[[], None]) -> None:
        self._seconds = seconds
        self._on_late = on_late
        self._begun = threading.Event()
        # waiting from the start: a thread cannot be started in a signal handler
        threading.Thread(target=self._watch, name="leaving", daemon=True).start()

    def begin(self) -> None:
        """Start the clock; safe in a signal handler and when called again."""
        self._begun.set()

    def _watch(self) -> None:
        self._begun.wait()
        threading.Event().wait(self._seconds)
        last = threading.Thread(target=self._late, name="last-words", daemon=True)
        last.start()
        last.join(LAST_WORDS_SECONDS)
        os._exit(0)

    def _late(self) -> None:
        with suppress(Exception):  # nothing may keep a process that is late
            self._on_late()
        log.warning("left_without_waiting", seconds=self._seconds)
        _flush()


def leave(status: int) -> NoReturn:
    """End the process here and now: what was said is flushed, no thread is waited for."""
    _flush()
    os._exit(status)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
