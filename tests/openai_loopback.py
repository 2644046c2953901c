"""An OpenAI-compatible chat API on a loopback port, for driving real clients over real HTTP.

What it answers is scripted: each request takes the next `Reply`, the last one for ever. Requests
are kept as they came. A closed gate holds every answer back, so that a test can do something in
the middle of one.
"""

import hashlib
import json
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

EMBEDDING_DIMENSION = 16
STALL_SECONDS = 4.0
GATE_SECONDS = 120  # after which a gate that was forgotten opens


@dataclass(frozen=True, slots=True)
class Reply:
    """What one request gets: words, or a failure of that status; `cut_after` ends the line early.

    A closed gate holds it after `held_after` words. A `headers` field is sent with a failure.
    """

    words: list[str] = field(default_factory=list[str])
    status: int = 200
    waits_seconds: float = 0
    cut_after: int | None = None
    held_after: int = 0
    cached_tokens: int = 0
    headers: dict[str, str] = field(default_factory=dict[str, str])
    gap_seconds: float = 0  # before every word
    finish: str = "stop"  # why the model ended
    stalls_after: int | None = None  # words, then silence on an open line
    is_garbled: bool = False  # what is streamed is no JSON


@dataclass
class Loopback:
    """The running server: where it listens, what it was asked, what it will say."""

    base_url: str
    replies: list[Reply]
    requests: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    gate: threading.Event = field(default_factory=threading.Event)
    choose: Callable[[dict[str, Any]], Reply] | None = None  # a reply by what is asked
    _came: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        self.gate.set()

    def keep(self, request: dict[str, Any]) -> None:
        """Remember a request, for those who wait for it."""
        with self._came:
            self.requests.append(request)
            self._came.notify_all()

    def wait_for(self, n: int, *, seconds: float) -> None:
        """Return when so many requests have come. Raises: TimeoutError."""
        with self._came:
            if not self._came.wait_for(lambda: len(self.requests) >= n, seconds):
                raise TimeoutError(f"{len(self.requests)} requests of {n} after {seconds} s")

    def next(self, request: dict[str, Any]) -> Reply:
        """The reply whose turn it is, or that fits the request."""
        if self.choose is not None:
            return self.choose(request)
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


def vector_of(text: str) -> list[float]:
    """The vector that this server makes of a text: longer than 1, the same every time."""
    digest = hashlib.sha256(text.encode()).digest()
    return [byte / 16 + 0.1 for byte in digest[:EMBEDDING_DIMENSION]]


@contextmanager
def openai_loopback(*replies: Reply) -> Generator[Loopback]:
    """A server that answers `/chat/completions`, streamed or whole, until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    port = server.server_address[1]
    loopback = Loopback(f"http://127.0.0.1:{port}/v1", list(replies))
    server.loopback = loopback  # pyright: ignore[reportAttributeAccessIssue] - read by the handler
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield loopback
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        loopback: Loopback = self.server.loopback  # pyright: ignore[reportAttributeAccessIssue]
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path.endswith("/embeddings"):
            self._embedded(loopback, body)
            return
        reply = loopback.next(body)
        loopback.keep(body | {"path": self.path, "key": self.headers.get("authorization")})
        if reply.held_after == 0 or not body.get("stream"):
            loopback.gate.wait(GATE_SECONDS)
        time.sleep(reply.waits_seconds)
        if reply.status != 200:
            error = {"message": "scripted", "type": "server_error"}
            self._whole(reply.status, {"error": error}, reply.headers)
        elif body.get("stream"):
            with suppress(ConnectionError):  # the client may have given up
                self._streamed(body, reply)
        else:
            message = {"role": "assistant", "content": "".join(reply.words)}
            choice = {"index": 0, "message": message, "finish_reason": reply.finish}
            self._whole(200, _frame(body, [choice]) | {"usage": _usage(reply)})

    def _embedded(self, loopback: Loopback, body: dict[str, Any]) -> None:
        """A vector of every text, made of its bytes; a gate that is closed holds them back."""
        loopback.keep(body | {"path": self.path})
        loopback.gate.wait(GATE_SECONDS)
        reply = loopback.replies[0] if loopback.replies else Reply()
        if reply.status != 200:
            error = {"message": "no such model for this key", "type": "invalid_request_error"}
            self._whole(reply.status, {"error": error})
            return
        rows = [
            {"object": "embedding", "index": index, "embedding": vector_of(text)}
            for index, text in enumerate(body["input"])
        ]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        answer = {"object": "list", "model": body["model"], "data": rows, "usage": usage}
        self._whole(200, answer)

    def do_GET(self) -> None:
        """The list of models."""
        loopback: Loopback = self.server.loopback  # pyright: ignore[reportAttributeAccessIssue]
        loopback.keep({"path": self.path, "key": self.headers.get("authorization")})
        reply = loopback.replies[0]
        time.sleep(reply.waits_seconds)
        self._whole(reply.status, {"data": [{"id": "one"}, {"id": "two"}]})

    def _whole(
        self, status: int, value: dict[str, Any], headers: dict[str, str] | None = None
    ) -> None:
        content = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        for name, told in (headers or {}).items():
            self.send_header(name, told)
        with suppress(ConnectionError):  # the client may have given up
            self.end_headers()
            self.wfile.write(content)

    def _streamed(self, body: dict[str, Any], reply: Reply) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        for i, word in enumerate(reply.words):
            if i and i == reply.held_after:
                self.server.loopback.gate.wait(GATE_SECONDS)  # pyright: ignore[reportAttributeAccessIssue]
            if reply.cut_after is not None and i >= reply.cut_after:
                return  # as a connection ends that a proxy has closed
            time.sleep(reply.gap_seconds)
            if i == reply.stalls_after:
                time.sleep(STALL_SECONDS)
                return
            if reply.is_garbled:
                self.wfile.write(b'data: {"choices": [{"delta": \n\n')
                return
            delta = {"role": "assistant", "content": word}
            self._line(_frame(body, [{"index": 0, "delta": delta, "finish_reason": None}]))
        self._line(_frame(body, [{"index": 0, "delta": {}, "finish_reason": reply.finish}]))
        if (body.get("stream_options") or {}).get("include_usage"):
            self._line(_frame(body, []) | {"usage": _usage(reply)})
        self.wfile.write(b"data: [DONE]\n\n")

    def _line(self, value: dict[str, Any]) -> None:
        self.wfile.write(b"data: " + json.dumps(value).encode() + b"\n\n")
        self.wfile.flush()


def _frame(body: dict[str, Any], choices: list[dict[str, Any]]) -> dict[str, Any]:
    kind = "chat.completion.chunk" if body.get("stream") else "chat.completion"
    named = {"id": "chatcmpl-1", "object": kind, "created": 1, "model": body["model"]}
    return named | {"choices": choices}


def _usage(reply: Reply) -> dict[str, Any]:
    n = len(reply.words)
    return {
        "prompt_tokens": 100,
        "completion_tokens": n,
        "total_tokens": 100 + n,
        "prompt_cache_hit_tokens": reply.cached_tokens,
    }
