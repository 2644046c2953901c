"""A server on loopback that answers byte for byte what a test tells it to, well or badly."""

import asyncio
import gzip
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field

Answer = Callable[[asyncio.StreamWriter, dict[str, str]], Awaitable[None]]


@dataclass
class HostileServer:
    """Paths with what answers them; keeps what was asked."""

    port: int = 0
    paths: dict[str, Answer] = field(default_factory=dict[str, Answer])
    asked: list[tuple[str, dict[str, str]]] = field(
        default_factory=list[tuple[str, dict[str, str]]]
    )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def allowed(self) -> str:
        """The allow list that lets tests call this server, and nothing else of this computer."""
        return f"127.0.0.1:{self.port}"

    def page(self, path: str, body: str | bytes, *, status: int = 200, **headers: str) -> None:
        """A page with its status and headers (`content_type` for `content-type`)."""
        self.paths[path] = _whole(body, status, headers)

    def html(self, path: str, title: str, body: str, head: str = "", **headers: str) -> None:
        """A web page."""
        html = f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>"
        told = {"content_type": "text/html; charset=utf-8"} | headers
        self.paths[path] = _whole(html, 200, told)

    def redirect(self, path: str, to: str, status: int = 302) -> None:
        self.page(path, "", status=status, location=to)

    def counts(self, path: str) -> int:
        """How often a path was asked for."""
        return sum(asked == path for asked, _ in self.asked)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError), closing(writer):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            path = head[0].split(" ")[1]
            headers = {
                name.lower(): value
                for name, _, value in (line.partition(": ") for line in head[1:])
            }
            self.asked.append((path, headers))
            found = self.paths.get(path) or self.paths.get(path.partition("?")[0])
            await (found or _whole("nothing here", 404, {}))(writer, headers)
            await writer.drain()


def _whole(body: str | bytes, status: int, headers: dict[str, str]) -> Answer:
    content = body.encode() if isinstance(body, str) else body
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    told.setdefault("content-type", "text/html")
    told.setdefault("content-length", str(len(content)))

    async def answer(writer: asyncio.StreamWriter, asked: dict[str, str]) -> None:
        etag = told.get("etag")
        if etag and asked.get("if-none-match") == etag:
            writer.write(f"HTTP/1.1 304 X\r\netag: {etag}\r\nconnection: close\r\n\r\n".encode())
            return
        lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        writer.write(f"HTTP/1.1 {status} X\r\n{lines}connection: close\r\n\r\n".encode() + content)

    return answer


def raw(*pieces: bytes, pause: float = 0.0, forever: bool = False) -> Answer:
    """Writes pieces, with a pause after each; for ever, where asked."""

    async def answer(writer: asyncio.StreamWriter, asked: dict[str, str]) -> None:
        while True:
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(pause)
            if not forever:
                return

    return answer


def after(head: bytes, rest: Answer) -> Answer:
    """A head, then what `rest` writes."""

    async def answer(writer: asyncio.StreamWriter, asked: dict[str, str]) -> None:
        writer.write(head)
        await rest(writer, asked)

    return answer


def bomb(megabytes: int) -> bytes:
    """Zeros, packed."""
    return gzip.compress(b"\0" * (megabytes * 1_000_000), 9)


@asynccontextmanager
async def hostile_server() -> AsyncGenerator[HostileServer]:
    """A server on a free port of loopback."""
    made = HostileServer()
    answering: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(made.answer(reader, writer))
        answering.add(task)
        task.add_done_callback(answering.discard)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        for task in list(answering):
            task.cancel()
        await asyncio.gather(*answering, return_exceptions=True)
