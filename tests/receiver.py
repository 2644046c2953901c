"""Whoever receives webhooks and replies: a server on loopback that keeps what came and answers as told."""

import json
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

WAIT_SECONDS = 30


@dataclass(frozen=True)
class Received:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.body)

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


@dataclass(frozen=True)
class Reply:
    """What is answered."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict[str, str])
    seconds: float = 0


class Receiver:
    """Keeps every request in order; `answer` decides by the request and how many had come before."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answer: Callable[[Received, int], Reply] = lambda _request, _before: Reply()
        self.port = 0
        self._news = threading.Condition()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def allowed(self) -> str:
        """The allow list that lets a server of ours call this one."""
        return f"127.0.0.1:{self.port}"

    def take(self, request: Received) -> Reply:
        with self._news:
            before = len(self.received)
            self.received.append(request)
            self._news.notify_all()
        return self.answer(request, before)

    def at(self, path: str) -> list[Received]:
        """What came to one path."""
        with self._news:
            return [one for one in self.received if one.path == path]

    def wait_for(self, count: int, path: str) -> list[Received]:
        """Everything at a path once so much has come. Raises: AssertionError after a while."""
        deadline = time.monotonic() + WAIT_SECONDS
        with self._news:
            while sum(one.path == path for one in self.received) < count:
                left = deadline - time.monotonic()
                assert left > 0, f"{path}: only {[one.path for one in self.received]} came"
                self._news.wait(left)
        return self.at(path)


@contextmanager
def receiver() -> Generator[Receiver]:
    """A receiver until the block ends."""
    made = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = made.take(Received(self.path, headers, body))
            time.sleep(reply.seconds)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
