"""Frames of the hub as server-sent events."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any, cast

from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event
from starlette.types import Receive, Scope, Send

from server.running.stream_queue import Frame
from server.running.streams import PING

HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def as_sse(frame: Frame) -> bytes:
    """One frame on the wire: `event:` is its type, `id:` its number, `data:` the JSON."""
    if frame is PING:
        return KEEPALIVE_COMMENT
    return format_sse_event(
        event=frame.type,
        data_str=_ENCODER.encode(frame.data),
        id=str(frame.event_id) if frame.event_id is not None else None,
    )


class _Together(EventSourceResponse):
    """Whose head leaves with the first piece: where that is there at once, in one packet.

    It needs one task to hear that the reader has gone, where Starlette's needs a group of two.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As Starlette's: until the end, or until the reader has gone."""
        streaming, has_gone = cast(asyncio.Task[Any], asyncio.current_task()), False
        before = streaming.cancelling()

        async def hear() -> None:
            nonlocal has_gone
            await self.listen_for_disconnect(receive)
            has_gone = streaming.cancel()

        hearing = asyncio.create_task(hear())
        try:
            await self.stream_response(send)
        except asyncio.CancelledError:
            if not has_gone or streaming.uncancel() > before:
                raise  # who serves has stopped it
        finally:
            hearing.cancel()

    async def stream_response(self, send: Send) -> None:
        """As Starlette's."""
        pieces = aiter(self.body_iterator)
        head = {
            "type": "http.response.start",
            "status": self.status_code,
            "headers": self.raw_headers,
        }
        try:
            first = await anext(pieces, b"")
        except Exception:
            await send(head)  # the message was accepted: who is told of an error would say it again
            raise
        await send(head)
        await send({"type": "http.response.body", "body": first, "more_body": True})
        async for piece in pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def stream(frames: AsyncIterator[Frame]) -> EventSourceResponse:
    """An endless answer out of frames."""

    async def encoded() -> AsyncIterator[bytes]:
        async for frame in frames:
            yield as_sse(frame)

    return EventSourceResponse(encoded(), headers=HEADERS)


def stream_together(batches: AsyncIterator[Sequence[Frame]]) -> EventSourceResponse:
    """An endless answer out of frames that begin at once, those that come together in one piece."""

    async def encoded() -> AsyncIterator[bytes]:
        async for batch in batches:
            yield b"".join(map(as_sse, batch))

    return _Together(encoded(), headers=HEADERS)
