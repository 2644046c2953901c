"""Providers' own interfaces on a loopback port: OpenAI's and its kin, Anthropic's, Ollama's.

Every question gets the same answer, in the form of whichever interface it came by. Requests are
kept with their path and the key that they brought.
"""

import json
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

WORDS = ("Yes, we ship ", "to Switzerland. [1]")
READ, WRITTEN = 120, 9  # tokens


@dataclass
class Provider:
    """The running server."""

    address: str
    status: int = 200
    frames: Sequence[dict[str, Any]] | None = None  # of a stream, in the place of the usual ones
    whole: tuple[str, str] | None = None  # content type and body of an answer in one piece
    requests: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


@contextmanager
def dialect_loopback(
    status: int = 200,
    *,
    frames: Sequence[dict[str, Any]] | None = None,
    whole: tuple[str, str] | None = None,
) -> Generator[Provider]:
    """A server that speaks every dialect until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    provider = Provider(f"http://127.0.0.1:{server.server_address[1]}", status, frames, whole)
    server.provider = provider  # pyright: ignore[reportAttributeAccessIssue] - read by the handler
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        provider: Provider = self.server.provider  # pyright: ignore[reportAttributeAccessIssue]
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        key = self.headers.get("x-api-key") or self.headers.get("authorization")
        provider.requests.append({"path": self.path, "key": key, "body": body})
        if provider.status != 200:
            self._send("application/json", [json.dumps({"error": {"message": "scripted"}})])
        elif self.path.endswith("/messages"):
            self._send("text/event-stream", _anthropic())
        elif self.path.endswith("/api/chat"):
            self._send("application/x-ndjson", _ollama())
        elif body.get("stream") and provider.frames is not None:
            self._send("text/event-stream", _as_events(provider.frames))
        elif body.get("stream"):
            self._send("text/event-stream", _openai(body))
        elif provider.whole is not None:
            self._send(provider.whole[0], [provider.whole[1]])
        else:
            self._send("application/json", [json.dumps(_openai_whole(body))])

    def _send(self, kind: str, lines: list[str]) -> None:
        provider: Provider = self.server.provider  # pyright: ignore[reportAttributeAccessIssue]
        self.send_response(provider.status)
        self.send_header("content-type", kind)
        self.send_header("connection", "close")
        self.close_connection = True
        with suppress(ConnectionError):
            self.end_headers()
            for line in lines:
                self.wfile.write(line.encode())
                self.wfile.flush()


_USAGE = {
    "prompt_tokens": READ,
    "completion_tokens": WRITTEN,
    "total_tokens": READ + WRITTEN,
}


def _openai_whole(body: dict[str, Any]) -> dict[str, Any]:
    said = json.dumps({"said": "".join(WORDS)}) if "response_format" in body else "".join(WORDS)
    message = {"role": "assistant", "content": said, "reasoning_content": "It is asked often."}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    named = {"id": "c", "object": "chat.completion", "created": 1, "model": body["model"]}
    return named | {"choices": [choice], "usage": _USAGE}


def _openai(body: dict[str, Any]) -> list[str]:
    named = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": body["model"]}
    deltas = [({"role": "assistant", "content": word}, None) for word in WORDS] + [({}, "stop")]
    frames = [
        named | {"choices": [{"index": 0, "delta": delta, "finish_reason": end}]}
        for delta, end in deltas
    ]
    if (body.get("stream_options") or {}).get("include_usage"):
        frames.append(named | {"choices": [], "usage": _USAGE})
    else:
        frames[-1]["usage"] = _USAGE  # as Mistral tells it
    return _as_events(frames)


def _as_events(frames: Sequence[dict[str, Any]]) -> list[str]:
    return [f"data: {json.dumps(frame)}\n\n" for frame in frames] + ["data: [DONE]\n\n"]


def _anthropic() -> list[str]:
    started = {"input_tokens": READ, "output_tokens": 1}
    message = {"id": "m", "type": "message", "role": "assistant", "content": [], "model": "m"}
    message |= {"stop_reason": None, "stop_sequence": None, "usage": started}
    frames: list[dict[str, Any]] = [
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *(
            {
                "type": "content_block_delta",
                "index": 0,
                "delta": {"type": "text_delta", "text": word},
            }
            for word in WORDS
        ),
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn", "stop_sequence": None},
            "usage": {"input_tokens": READ, "output_tokens": WRITTEN},
        },
        {"type": "message_stop"},
    ]
    return [f"event: {frame['type']}\ndata: {json.dumps(frame)}\n\n" for frame in frames]


def _ollama() -> list[str]:
    named = {"model": "m", "created_at": "2026-01-01T00:00:00Z"}
    said = [
        named | {"message": {"role": "assistant", "content": word}, "done": False} for word in WORDS
    ]
    end = named | {"message": {"role": "assistant", "content": ""}, "done": True}
    end |= {"done_reason": "stop", "prompt_eval_count": READ, "eval_count": WRITTEN}
    return [json.dumps(line) + "\n" for line in [*said, end]]
