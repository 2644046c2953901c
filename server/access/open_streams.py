"""Streams of server-sent events end within seconds of the right behind them, as sockets do."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Any, TypeVar, cast

from server.access.callers import Caller
from server.access.open_sockets import OpenSockets
from server.problems import problem
from server.running.streams import Frame
from tenants.errors import DeskError

Item = TypeVar("Item")


def refused(why: DeskError) -> Frame:
    """The last frame of a stream whose reader may not stay."""
    return Frame("problem", problem(why))


async def while_allowed(
    items: AsyncIterator[Item],
    sockets: OpenSockets,
    caller: Caller,
    last: Callable[[DeskError], Item],
) -> AsyncGenerator[Item]:
    """The items as they come, until the caller may not stay: then what `last` makes of the reason."""
    over: DeskError | None = None
    waiting: asyncio.Task[Any] | None = None  # for an item; who takes one is never stopped

    async def end(why: DeskError) -> None:
        nonlocal over
        if over is None:
            over = why
            if waiting is not None:
                waiting.cancel()

    with sockets.watching(caller, end):
        try:
            while over is None:
                reader = waiting = cast(asyncio.Task[Any], asyncio.current_task())
                before = reader.cancelling()
                try:
                    item = await anext(items)
                except Exception as error:
                    if over is not None:
                        reader.uncancel()  # it had ended all the same
                    if isinstance(error, StopAsyncIteration):
                        return
                    raise
                except asyncio.CancelledError:
                    if over is None or reader.uncancel() > before:
                        raise  # the reader has gone, whoever else has asked for the end
                    break
                finally:
                    waiting = None
                if over is not None:
                    reader.uncancel()  # it had come all the same
                yield item
            if over is not None:
                yield last(over)
        finally:
            if isinstance(items, AsyncGenerator):
                await items.aclose()
