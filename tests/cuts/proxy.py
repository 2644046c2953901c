"""A TCP proxy that breaks what goes through it: cut, closed, half-closed, stalled or slow, at drawn bytes."""

import asyncio
import random
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

PIECE_BYTES = 65_536
DOWN_BYTES = 2_000  # of an answer, within which its line breaks
UP_BYTES = 500  # of what a client sends
STALLED_SECONDS = (0.05, 0.4)
SLOW_BYTES, SLOW_SECONDS = 7, 0.001
KINDS = (
    "cut", "cut while sending", "closed", "half-closed to the client", "half-closed to the server",
    "stalled, then cut", "slow, then cut",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fate:
    """How one connection ends, and behind how many bytes."""

    kind: str
    after_bytes: int
    seconds: float


class CuttingProxy:
    """Breaks every connection until so many are broken; lets everything through from then on."""

    def __init__(self, url: str, *, cuts: int, seed: int) -> None:
        parts = urlsplit(url)
        self._host, self._port = str(parts.hostname), int(parts.port or 80)
        self._draw = random.Random(seed)
        self._left = cuts
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.done = Counter[str]()
        self.is_through = asyncio.Event()  # all is broken that was to be
        self.url = ""

    async def __aenter__(self) -> "CuttingProxy":
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            upper_reader, upper_writer = await asyncio.open_connection(self._host, self._port)
        except OSError:
            writer.transport.abort()
            return
        line = _Line(reader, writer, upper_reader, upper_writer, self._fate())
        try:
            await line.carry()
        except asyncio.CancelledError:
            pass  # the proxy goes; asyncio's own callback knows no cancelled connection
        finally:
            line.abort()
            if line.is_broken and line.fate is not None:
                self._count(line.fate)

    def _fate(self) -> Fate | None:
        if self._left <= 0:
            return None
        kind = self._draw.choice(KINDS)
        most = UP_BYTES if kind == "cut while sending" else DOWN_BYTES
        return Fate(kind, self._draw.randrange(most), self._draw.uniform(*STALLED_SECONDS))

    def _count(self, fate: Fate) -> None:
        self._left -= 1
        self.done[fate.kind] += 1
        if self._left <= 0:
            self.is_through.set()


class _Line:
    """One connection through the proxy, to its end."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        upper_reader: asyncio.StreamReader,
        upper_writer: asyncio.StreamWriter,
        fate: Fate | None,
    ) -> None:
        self._down = (upper_reader, writer)
        self._up = (reader, upper_writer)
        self.fate = fate
        self.is_broken = False

    async def carry(self) -> None:
        """Both ways, until an end goes or the line breaks."""
        up = asyncio.create_task(self._carry(*self._up, is_up=True))
        down = asyncio.create_task(self._carry(*self._down, is_up=False))
        try:
            await asyncio.wait((up, down), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (up, down):
                task.cancel()
            await asyncio.gather(up, down, return_exceptions=True)

    def abort(self) -> None:
        """Let go of both ends at once."""
        for _, writer in (self._up, self._down):
            writer.transport.abort()

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_up: bool
    ) -> None:
        fate = self.fate
        breaks = fate is not None and (fate.kind == "cut while sending") is is_up
        left = fate.after_bytes if fate is not None and breaks else None
        with suppress(OSError):
            while data := await reader.read(PIECE_BYTES):
                if left is None:
                    writer.write(data)
                    await writer.drain()
                    continue
                await self._pass(writer, data[:left])
                left -= min(left, len(data))
                if left == 0:
                    await self._break()
                    return

    async def _pass(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        assert self.fate is not None
        if not self.fate.kind.startswith("slow"):
            writer.write(data)
            await writer.drain()
            return
        for at in range(0, len(data), SLOW_BYTES):
            writer.write(data[at : at + SLOW_BYTES])
            await writer.drain()
            await asyncio.sleep(SLOW_SECONDS)

    async def _break(self) -> None:
        assert self.fate is not None
        self.is_broken = True
        to_client, to_server = self._down[1], self._up[1]
        match self.fate.kind:
            case "closed":
                to_client.close()
                to_server.close()
                await asyncio.sleep(self.fate.seconds)
            case "half-closed to the client":
                to_client.write_eof()
                await asyncio.sleep(self.fate.seconds)
            case "half-closed to the server":
                to_server.write_eof()
                await asyncio.sleep(self.fate.seconds)
            case "stalled, then cut":
                await asyncio.sleep(self.fate.seconds)
            case _:
                pass
