"""A line to a service that fails as it is told to: every call crosses it, some do not come back."""

import http.client
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal
from urllib.parse import urlsplit

How = Literal["well", "down", "loses"]
_HEADERS = ("authorization", "content-type", "idempotency-key")


@dataclass
class Line:
    """`how` it goes on: well; `down`, where nothing arrives; `loses`, where it is done and not heard of.

    `calls` are the method and path of everything that came.
    """

    url: str
    how: How = "well"
    calls: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


@contextmanager
def line_to(url: str) -> Generator[Line]:
    """A line to the service at an address, until the block ends."""
    target = urlsplit(url).netloc

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._pass()

        def do_POST(self) -> None:
            self._pass()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

        def _pass(self) -> None:
            line.calls.append((self.command, self.path))
            how = line.how  # as it was when the call came, whatever is set meanwhile
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            if how == "down":
                return self._answer(503, b"{}")
            given = {name: self.headers[name] for name in _HEADERS if self.headers[name]}
            service = http.client.HTTPConnection(target, timeout=30)
            try:
                service.request(self.command, self.path, body, given)
                told = service.getresponse()
                content = told.read()
            finally:
                service.close()
            if how == "loses" and self.command == "POST":
                self.close_connection = True  # it was done, and nobody is told
                return None
            return self._answer(told.status, content)

        def _answer(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    line = Line(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield line
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
