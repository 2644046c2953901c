"""No socket is opened, bound or connected inside the block, by whatever library."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

_REFUSED = (
    "socket.__new__",
    "socket.connect",
    "socket.bind",
    "socket.getaddrinfo",
    "socket.sendto",
)
_blocked = False
_installed = False


class SocketOpened(Exception):
    """Somebody has tried."""


@contextmanager
def no_sockets() -> Generator[None]:
    """Raises: SocketOpened at the place that tries."""
    global _blocked, _installed
    if not _installed:
        sys.addaudithook(_refuse)  # for as long as the interpreter lives; idle outside of blocks
        _installed = True
    _blocked = True
    try:
        yield
    finally:
        _blocked = False


def _refuse(event: str, args: tuple[Any, ...]) -> None:
    if _blocked and event in _REFUSED:
        raise SocketOpened(event)
