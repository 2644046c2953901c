"""A stream as one answer of HTTP: its first packet, its end, and readers who go."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.types import Message

from server.running.sse import stream_together
from server.running.stream_queue import Frame


@dataclass
class Reader:
    """What the server's side of a connection sees."""

    gone: asyncio.Event = field(default_factory=asyncio.Event)
    heard: list[Message] = field(default_factory=list[Message])

    async def receive(self) -> Message:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.heard.append(message)

    @property
    def told(self) -> list[bytes]:
        """The pieces of the body."""
        return [one["body"] for one in self.heard if one["type"] == "http.response.body"]


@dataclass
class Source:
    """Two batches, then nothing or the end."""

    ends: bool
    closed: bool = False

    async def batches(self) -> AsyncIterator[Sequence[Frame]]:
        try:
            yield [Frame("typing", {}), Frame("intents", {"n": 1})]
            yield [Frame("message", {"text": "ä"}, 7)]
            if not self.ends:
                await asyncio.Event().wait()
        finally:
            self.closed = True


async def _answer(source: Source, reader: Reader) -> None:
    scope: dict[str, Any] = {"type": "http", "method": "POST"}
    await stream_together(source.batches())(scope, reader.receive, reader.send)


async def test_a_stream_is_told_to_its_end() -> None:
    source, reader, before = Source(ends=True), Reader(), asyncio.all_tasks()
    await _answer(source, reader)
    await asyncio.sleep(0.01)
    assert reader.heard[0]["type"] == "http.response.start"
    first, second, last = reader.told
    assert first == b'event: typing\ndata: {}\n\nevent: intents\ndata: {"n":1}\n\n'
    assert second == 'event: message\ndata: {"text":"ä"}\nid: 7\n\n'.encode()
    assert last == b"" and not reader.heard[-1]["more_body"]
    assert source.closed and asyncio.all_tasks() == before


async def test_the_head_waits_for_the_first_events() -> None:
    opens = asyncio.Event()

    async def batches() -> AsyncIterator[Sequence[Frame]]:
        await opens.wait()
        yield [Frame("typing", {})]

    reader = Reader()
    answering = asyncio.create_task(
        stream_together(batches())({"type": "http"}, reader.receive, reader.send)
    )
    await asyncio.sleep(0.01)
    assert not reader.heard
    opens.set()
    await answering
    assert len(reader.told) == 2


async def test_a_stream_that_fails_before_its_first_event_has_been_accepted() -> None:
    async def batches() -> AsyncIterator[Sequence[Frame]]:
        raise OSError("the log cannot be read")
        yield []

    reader = Reader()
    with pytest.raises(OSError):
        await stream_together(batches())({"type": "http"}, reader.receive, reader.send)
    (head,) = reader.heard
    assert head["status"] == 200  # then the connection breaks, as later in a stream


async def test_a_reader_who_goes_ends_the_stream_and_nothing_else() -> None:
    source, reader, before = Source(ends=False), Reader(), asyncio.all_tasks()

    async def serve() -> str:
        await _answer(source, reader)
        await asyncio.sleep(0)
        return "went on"

    serving = asyncio.create_task(serve())
    await asyncio.sleep(0.01)
    assert len(reader.told) == 2
    reader.gone.set()
    assert await serving == "went on" and serving.cancelling() == 0
    assert source.closed and asyncio.all_tasks() == before


@pytest.mark.parametrize("goes", [False, True])
async def test_a_server_that_stops_a_stream_stops_it(goes: bool) -> None:
    source, reader = Source(ends=False), Reader()
    serving = asyncio.create_task(_answer(source, reader))
    await asyncio.sleep(0.01)
    if goes:
        reader.gone.set()
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    assert serving.cancelled() and source.closed
