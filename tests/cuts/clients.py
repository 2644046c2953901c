"""Readers that come back after every break with the last number they saw, and senders that repeat."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from tests.cuts.reading import Reading

PAUSE_SECONDS = 0.02  # before a client comes back
SILENT_SECONDS = 40.0  # the server pings every fifteen


class Broken(Exception):
    """The answer ended in the middle, or was none yet."""


async def request(url: str, key: str, method: str, path: str, body: object = None) -> Any:
    """The JSON of an answer that came whole. Raises: Broken (503: come again, too), OSError."""
    answer = await _Answer.to(url, key, method, path, body=body)
    try:
        text = b"".join([piece async for piece in answer.pieces()])
    finally:
        answer.let_go()
    if answer.status == 503:
        raise Broken(text.decode())
    assert answer.status in (200, 201, 202), f"{method} {path}: {answer.status} {text[:300]!r}"
    return json.loads(text)


async def send(url: str, key: str, conversation_id: str, text: str, name: str) -> None:
    """Say something until somebody has said that it is accepted."""
    path = f"/v1/conversations/{conversation_id}/messages?wait=false"
    while True:
        with suppress(Broken, OSError, TimeoutError):
            async with asyncio.timeout(SILENT_SECONDS):
                await request(url, key, "POST", path, {"text": text, "client_message_id": name})
                return
        await asyncio.sleep(PAUSE_SECONDS)


async def read_by_sse(url: str, key: str, reading: Reading) -> None:
    """Follow with `Last-Event-ID` until cancelled."""
    path = f"/v1/conversations/{reading.conversation_id}/events"
    while True:
        began = time.monotonic()
        with suppress(Broken, OSError, TimeoutError):
            answer = await _Answer.to(url, key, "GET", path, after=reading.last)
            if answer.status == 503:
                raise Broken
            assert answer.status == 200
            reading.connected(time.monotonic() - began)
            try:
                async for number, kind, data in _events(answer):
                    reading.take(number, kind, data)
            finally:
                answer.let_go()
        await asyncio.sleep(PAUSE_SECONDS)


async def read_by_socket(url: str, key: str, reading: Reading) -> None:
    """Follow over a WebSocket with `resume` until cancelled."""
    address = f"{url.replace('http', 'ws')}/v1/conversations/{reading.conversation_id}/ws"
    headers = {"Authorization": f"Bearer {key}"}
    while True:
        began = time.monotonic()
        with suppress(WebSocketException, OSError, TimeoutError, EOFError):
            async with connect(
                address, additional_headers=headers, open_timeout=20, close_timeout=0.1
            ) as socket:
                await socket.send(json.dumps({"type": "resume", "last_event_id": reading.last}))
                is_resumed = False
                async for text in socket:
                    frame = json.loads(text)
                    if frame["type"] == "resumed":
                        is_resumed = True
                        reading.connected(time.monotonic() - began)
                    elif is_resumed:  # what came before it is told again behind it
                        number = frame.pop("id", None)
                        reading.take(number, frame.pop("type"), frame)
        await asyncio.sleep(PAUSE_SECONDS)


class _Answer:
    """An answer that has begun."""

    def __init__(
        self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.status = int(head[9:12])
        self._head = head.lower()
        self._reader = reader
        self._writer = writer

    @classmethod
    async def to(
        cls, url: str, key: str, method: str, path: str, *, body: object = None, after: int = 0
    ) -> "_Answer":
        """Ask, and wait for the head of the answer. Raises: Broken, OSError."""
        parts = urlsplit(url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port, limit=1_000_000)
        data = json.dumps(body).encode() if body is not None else b""
        head = (
            f"{method} {path} HTTP/1.1\r\nhost: {parts.netloc}\r\nauthorization: Bearer {key}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(data)}\r\n"
            f"last-event-id: {after}\r\n\r\n"
        )
        writer.write(head.encode() + data)
        try:
            async with asyncio.timeout(SILENT_SECONDS):
                return cls(await reader.readuntil(b"\r\n\r\n"), reader, writer)
        except (asyncio.IncompleteReadError, TimeoutError) as error:
            writer.transport.abort()
            raise Broken from error

    def let_go(self) -> None:
        """Hang up."""
        self._writer.transport.abort()

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body as it comes. Raises: Broken where it ends before its end."""
        try:
            if b"transfer-encoding: chunked" not in self._head:
                length = self._head.partition(b"content-length:")[2].partition(b"\r\n")[0]
                yield await self._reader.readexactly(int(length))
                return
            while size := int(await self._soon(self._reader.readuntil(b"\r\n")), 16):
                yield (await self._soon(self._reader.readexactly(size + 2)))[:-2]
        except (asyncio.IncompleteReadError, ValueError) as error:
            raise Broken from error

    async def _soon(self, read: Coroutine[Any, Any, bytes]) -> bytes:
        return await asyncio.wait_for(read, SILENT_SECONDS)


async def _events(answer: _Answer) -> AsyncIterator[tuple[int | None, str, Any]]:
    """Number, type and data of every event that came whole."""
    rest = b""
    async for piece in answer.pieces():
        *whole, rest = (rest + piece).split(b"\n\n")
        for block in whole:
            lines = [line.partition(": ") for line in block.decode().splitlines()]
            fields = {name: value for name, _, value in lines}
            if "event" in fields:
                number = int(fields["id"]) if "id" in fields else None
                yield number, fields["event"], json.loads(fields["data"])
