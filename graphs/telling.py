"""What nodes tell while they run goes straight to whoever runs the turn.

LangGraph's own stream hands every word over by a task and a queue, which costs more than all that
is done with it. It is still what a graph tells through that nobody of ours runs.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from langgraph.types import StreamWriter

Listener = Callable[[dict[str, Any]], bool]
LOOK = {"kind": "look"}  # goes through the stream, so that who reads it looks at what was heard

_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def listening(listener: Listener) -> Generator[None]:
    """Hear what the nodes of a run tell; `listener` says whether the run is to be looked at now."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def teller(stream: StreamWriter) -> StreamWriter:
    """What a node tells by: to the listener where there is one, else into the stream."""
    listener = _listener.get()
    if listener is None:
        return stream

    def tell(event: dict[str, Any]) -> None:
        if listener(event):
            stream(LOOK)

    return tell
