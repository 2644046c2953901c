"""An OpenAI-compatible model on a loopback port: `python benchmarks/talking_model.py TOKENS`.

It says so many tokens at once, in a stream or (asked for no stream) as a JSON object; prints its base URL
and runs until it is stopped.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKENS = int(sys.argv[1])
_USAGE = {"prompt_tokens": 700, "completion_tokens": TOKENS, "total_tokens": 700 + TOKENS}


def frame(kind: str, choices: list[dict[str, Any]], **more: Any) -> bytes:
    """A chunk or a whole answer as JSON."""
    named = {"id": "chatcmpl-1", "object": kind, "created": 1, "model": "m", "choices": choices}
    return json.dumps(named | more).encode()


def stream() -> bytes:
    """All chunks of an answer, its usage last."""
    kind = "chat.completion.chunk"
    word = {"index": 0, "delta": {"role": "assistant", "content": "word "}, "finish_reason": None}
    end = {"index": 0, "delta": {}, "finish_reason": "stop"}
    frames = [frame(kind, [word])] * TOKENS + [frame(kind, [end]), frame(kind, [], usage=_USAGE)]
    return b"".join(b"data: " + one + b"\n\n" for one in [*frames, b"[DONE]"])


def whole() -> bytes:
    """An answer in one piece."""
    message = {"role": "assistant", "content": '{"intents": []}'}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return frame("chat.completion", [choice], usage=_USAGE)


class Handler(BaseHTTPRequestHandler):
    """Answers every question alike."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        """Say it all."""
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        streamed = bool(asked.get("stream"))
        content = stream() if streamed else whole()
        self.send_response(200)
        kind = "text/event-stream" if streamed else "application/json"
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(f"http://127.0.0.1:{server.server_address[1]}/v1", flush=True)
    server.serve_forever()
