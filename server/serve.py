"""Run the server until a signal, then let go of everything in time.

uvicorn ends the lifespan only after the streams have ended, so the drain is announced from the
signal handler itself: streams end with `reconnect`, running turns get their time.
"""

import asyncio
import gc
import json
import math
import signal
import socket
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http import HTTPStatus
from types import FrameType

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from graphs.support import build_machine
from server.app import create_app
from server.errors import MalformedBody
from server.opening.opening import BuildMachine
from server.problems import MEDIA_TYPE, problem
from server.running.drain import LISTENS_SECONDS, Drain
from server.running.leaving import Leaving, ThreadsLeftBehind
from server.sharing.siblings import Sibling
from server.watching.logs import configure_logs
from settings import Settings
from tenants.errors import DeskError, TooLarge

# Larger frames than a message may be reach the route, which answers with a problem frame.
MAX_FRAME_BYTES = 1_000_000
MAX_CONNECTIONS = 4_096
MAX_HEAD_BYTES = 65_536
MAX_HEADERS = 200
UNREAD_BYTES = 8_192  # that wait for a reader, before whoever writes waits for it too
CLOSING_SECONDS = 1.0  # behind the drain: then the process goes as it stands
YOUNG_OBJECTS = 20_000  # made and not let go, before they are looked through


class DeskHttp(HttpToolsProtocol):
    """Bounds what comes before a body, and says in a problem object what is no HTTP."""

    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Take the connection; of what is written and not read little is kept."""
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=UNREAD_BYTES)

    def data_received(self, data: bytes) -> None:
        """Take what the client sent, while the head of its request is not too long."""
        self._head_bytes += len(data)
        super().data_received(data)
        if self._head_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
            self._refuse(TooLarge(f"address and headers hold at most {MAX_HEAD_BYTES} bytes"), 431)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep one header. Raises: ValueError, which ends the request, where there are too many."""
        if len(self.headers) >= MAX_HEADERS:
            raise ValueError("too many headers")
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """From here on the body is counted, not the head."""
        self._head_bytes = -sys.maxsize
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The next request of this connection has a head of its own."""
        self._head_bytes = 0
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what cannot be read."""
        self._refuse(
            MalformedBody(f"this is no HTTP/1.1 request, or holds over {MAX_HEADERS} headers")
        )

    def _refuse(self, error: DeskError, status: int = 400) -> None:
        body = json.dumps(problem(error) | {"status": status}).encode()
        head = (
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
            f"content-type: {MEDIA_TYPE}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()


class DeskWebSocket(WebSocketsSansIOProtocol):
    """Hands text that is no UTF-8 to the route as bytes, so that it can say what is wrong."""

    def send_receive_event_to_app(self) -> None:
        if self.curr_msg_data_type == "text":
            try:
                b"".join(self.frames).decode()
            except UnicodeDecodeError:
                self.curr_msg_data_type = "bytes"
        super().send_receive_event_to_app()


class DeskServer(uvicorn.Server):
    """uvicorn that starts the drain at the first signal and says when it is ready."""

    def __init__(
        self,
        config: uvicorn.Config,
        drain: Drain,
        on_signal: Callable[[], None] = lambda: None,
        on_ready: Callable[[str], None] = lambda _address: None,
    ) -> None:
        super().__init__(config)
        self._drain = drain
        self._on_signal = on_signal  # in the handler itself
        self._on_ready = on_ready
        self._is_replaced = False  # asked to go by SIGTERM, not by a person at a terminal

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._drain.start()
        self._on_signal()
        self._is_replaced = sig == signal.SIGTERM
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._is_replaced and not self.force_exit:
            await asyncio.sleep(LISTENS_SECONDS)
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Handle signals without raising them again: the caller has more to close than we."""
        if threading.current_thread() is not threading.main_thread():
            yield  # a server inside a test: signals are the main thread's
            return
        handled = (signal.SIGINT, signal.SIGTERM)
        before = {sig: signal.signal(sig, self.handle_exit) for sig in handled}
        try:
            yield
        finally:
            for sig, handler in before.items():
                signal.signal(sig, handler)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        asyncio.get_running_loop().set_default_executor(ThreadsLeftBehind())
        await super().startup(sockets)
        _settle_memory()
        if not self.should_exit:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            shown = f"[{host}]" if ":" in host else host
            self._on_ready(f"http://{shown}:{port}")


def say_ready(address: str) -> None:
    """The line that whoever starts a server waits for."""
    sys.stdout.write(f"ready {address}\n")
    sys.stdout.flush()


def _settle_memory() -> None:
    """Look for cycles of garbage among what comes from now on, and after more of it.

    Everything that was loaded lives as long as the process; looking through it again and again took
    a twelfth of a turn's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 20)
    gc.enable()  # off since the command began to load


def run_server(
    settings: Settings,
    *,
    database_url: str,
    platform_key: str,
    master_key: bytes,
    owner_url: str | None = None,
    build: BuildMachine = build_machine,
    on_late: Callable[[], None] = lambda: None,
    sibling: Sibling | None = None,
    listening: socket.socket | None = None,
    on_ready: Callable[[str], None] = say_ready,
) -> int:
    """Serve until SIGINT or SIGTERM; 0 after a clean end, 1 where the start failed.

    One of several processes is a `sibling`, and takes connections from the socket of them all.
    From the signal on the whole process has the drain's time and a little more: what it has not
    closed by then is left to those who take it over, `on_late` is called, and it is gone.
    """
    configure_logs(settings.log_level)
    drain = Drain()
    leaving = Leaving(settings.drain_seconds + CLOSING_SECONDS, on_late=on_late)
    server = DeskServer(
        make_config(
            settings,
            drain=drain,
            database_url=database_url,
            platform_key=platform_key,
            master_key=master_key,
            owner_url=owner_url,
            build=build,
            sibling=sibling,
        ),
        drain,
        leaving.begin,
        on_ready,
    )
    server.run(None if listening is None else [listening])
    return 0 if server.started else 1


def _uvicorn_level(level: str) -> str:
    """As the settings say, from WARNING on: at DEBUG it writes down frames and their keys."""
    return "warning" if level.upper() in ("INFO", "DEBUG") else level.lower()


def make_config(
    settings: Settings,
    *,
    drain: Drain,
    database_url: str,
    platform_key: str,
    master_key: bytes,
    owner_url: str | None = None,
    build: BuildMachine = build_machine,
    sibling: Sibling | None = None,
) -> uvicorn.Config:
    """uvicorn's configuration around the app, with every limit it knows."""
    app = create_app(
        settings,
        database_url=database_url,
        platform_key=platform_key,
        master_key=master_key,
        owner_url=owner_url,
        drain=drain,
        build=build,
        sibling=sibling,
    )
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_level=_uvicorn_level(settings.log_level),
        log_config=None,
        access_log=False,
        loop="server.admitting.fair_loop:FairLoop",
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        http=DeskHttp,
        ws=DeskWebSocket,
        ws_max_size=MAX_FRAME_BYTES,
        ws_per_message_deflate=False,
        limit_concurrency=MAX_CONNECTIONS,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=math.ceil(settings.drain_seconds),
    )
