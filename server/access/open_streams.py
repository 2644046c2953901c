"""Streams of server-sent events end within seconds of the right behind them, as sockets do."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import TypeVar

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
    over: asyncio.Future[DeskError] = asyncio.get_running_loop().create_future()

    async def end(why: DeskError) -> None:
        if not over.done():
            over.set_result(why)

    following: asyncio.Task[Item] | None = None
    with sockets.watching(caller, end):
        try:
            while True:
                following = asyncio.ensure_future(_next(items))
                await asyncio.wait({following, over}, return_when=asyncio.FIRST_COMPLETED)
                if over.done():
                    yield last(over.result())
                    return
                try:
                    item = following.result()
                except StopAsyncIteration:
                    return
                yield item
        finally:
            if following is not None and not following.done():
                following.cancel()
                await asyncio.gather(following, return_exceptions=True)
            if isinstance(items, AsyncGenerator):
                await items.aclose()


async def _next(items: AsyncIterator[Item]) -> Item:
    return await anext(items)
