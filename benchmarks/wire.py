"""HTTP over one kept connection, with next to no work: a load whose sender is not what is measured."""

import asyncio
import json
import math
import time
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit


@dataclass(slots=True)
class Heard:
    """One answer: its status, its body, and when its first bytes and first words came, in seconds."""

    status: int = 0
    head: bytes = b""
    body: bytes = b""
    first_event_seconds: float = math.nan
    first_text_seconds: float = math.nan
    total_seconds: float = math.nan

    def json(self) -> Any:
        """The body as JSON; None where there is none."""
        return json.loads(self.body) if self.body else None

    def header(self, name: str) -> str | None:
        """A header of the answer, by its lower-case name."""
        for line in self.head.decode("latin-1").split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.lower() == name:
                return value.strip()
        return None


class Wire:
    """One connection; ask one thing after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, url: str) -> Self:
        """A connection to the server of this address."""
        parts = urlsplit(url)
        return cls(*await asyncio.open_connection(parts.hostname, parts.port, limit=1_000_000))

    def close(self) -> None:
        """Let the connection go."""
        self._writer.close()

    async def ask(self, request: bytes, *, words: bytes = b"message_delta") -> Heard:
        """Send a request that `post` made and read its whole answer; `words` marks its first text."""
        heard, began = Heard(), time.perf_counter()
        self._writer.write(request)
        heard.head = await self._reader.readuntil(b"\r\n\r\n")
        heard.status = int(heard.head[9:12])
        length = heard.header("content-length")
        if length is not None:
            heard.body = await self._reader.readexactly(int(length))
            heard.first_event_seconds = time.perf_counter() - began
        else:
            heard.body = await self._chunks(heard, words, began)
        heard.total_seconds = time.perf_counter() - began
        return heard

    async def _chunks(self, heard: Heard, words: bytes, began: float) -> bytes:
        body = bytearray()
        while not body.endswith(b"\r\n0\r\n\r\n"):
            data = await self._reader.read(262_144)
            if not data:
                raise ConnectionError("the answer broke off")
            body += data
            if math.isnan(heard.first_text_seconds):
                now = time.perf_counter() - began
                if math.isnan(heard.first_event_seconds):
                    heard.first_event_seconds = now
                if words in body:
                    heard.first_text_seconds = now
        return bytes(body)


def post(path: str, body: object, *, key: str = "", accept: str = "application/json") -> bytes:
    """A request as it goes over the wire."""
    data = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: {accept}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(data)}\r\n"
    )
    if key:
        head += f"authorization: Bearer {key}\r\n"
    return f"{head}\r\n".encode() + data
