"""Locks on files that processes of one data folder share; the kernel drops them with the process."""

import fcntl
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

POLL_SECONDS = 0.02


def take(path: Path, *, seconds: float) -> int | None:
    """The file's lock as a descriptor to close, or None where it stays taken that long."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + seconds
    while not upgrade(descriptor):
        if time.monotonic() >= deadline:
            os.close(descriptor)
            return None
        time.sleep(POLL_SECONDS)
    return descriptor


def share(path: Path) -> int:
    """The file's lock shared with others, as a descriptor to close."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def upgrade(descriptor: int) -> bool:
    """Take the lock alone, at once or not at all; False where others share it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@contextmanager
def exclusive(path: Path) -> Generator[None]:
    """The file's lock while the block runs, however long others take."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
