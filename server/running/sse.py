"""Frames of the hub as server-sent events."""

import json
from collections.abc import AsyncIterator, Sequence

from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event

from server.running.stream_queue import Frame
from server.running.streams import PING

HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


def as_sse(frame: Frame) -> bytes:
    """One frame on the wire: `event:` is its type, `id:` its number, `data:` the JSON."""
    if frame is PING:
        return KEEPALIVE_COMMENT
    return format_sse_event(
        event=frame.type,
        data_str=json.dumps(frame.data, ensure_ascii=False, separators=(",", ":")),
        id=str(frame.event_id) if frame.event_id is not None else None,
    )


def stream(frames: AsyncIterator[Frame]) -> EventSourceResponse:
    """An endless answer out of frames."""

    async def encoded() -> AsyncIterator[bytes]:
        async for frame in frames:
            yield as_sse(frame)

    return EventSourceResponse(encoded(), headers=HEADERS)


def stream_together(batches: AsyncIterator[Sequence[Frame]]) -> EventSourceResponse:
    """An endless answer out of frames, those that come together in one piece."""

    async def encoded() -> AsyncIterator[bytes]:
        async for batch in batches:
            yield b"".join(map(as_sse, batch))

    return EventSourceResponse(encoded(), headers=HEADERS)
