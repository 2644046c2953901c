"""An OpenAI-compatible model on a loopback port that thinks, then says what its first passage says.

`python benchmarks/thinking_model.py SECONDS` prints its base URL and runs until it is stopped: a
process of its own, for its threads would hold up whoever measures.
"""

import json
import re
import sys
import time
from contextlib import AbstractContextManager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from model_process import model_process

_PASSAGE = re.compile(r"<(data-[0-9a-f]+) passage 1>\n(.*?)\n</\1>", re.S)


def thinking_model(seconds: float) -> AbstractContextManager[str]:
    """Its base URL, until the block ends; `seconds` pass before every first word."""
    return model_process("thinking_model.py", seconds)


def main() -> None:
    """Serve until stopped."""

    class Handler(_Handler):
        seconds_to_think = float(sys.argv[1])

    server = _Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(f"http://127.0.0.1:{server.server_address[1]}/v1", flush=True)
    server.serve_forever()


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that gave up."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    seconds_to_think = 0.0

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["content-length"]))
        if not content:
            return  # the client gave up before it had asked
        asked = json.loads(content)
        read = sum(len(message["content"]) for message in asked["messages"]) // 4
        passage = _PASSAGE.search("\n".join(one["content"] for one in asked["messages"]))
        said = passage[2].rpartition("\n")[2] + " [1]" if passage else "{}"
        time.sleep(self.seconds_to_think)
        tokens = {"prompt_tokens": read, "completion_tokens": len(said) // 4}
        usage = tokens | {"total_tokens": sum(tokens.values())}
        with suppress(ConnectionError):  # the client may have given up
            if asked.get("stream"):
                self._streamed(asked["model"], said, usage)
            else:
                message = {"role": "assistant", "content": said}
                choice = {"index": 0, "message": message, "finish_reason": "stop"}
                self._whole({"usage": usage}, _frame(asked["model"], "chat.completion", [choice]))

    def _whole(self, usage: dict[str, Any], frame: dict[str, Any]) -> None:
        content = json.dumps(frame | usage).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _streamed(self, model: str, said: str, usage: dict[str, Any]) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        for word in re.findall(r"\S+\s*", said):
            delta = {"index": 0, "delta": {"role": "assistant", "content": word}}
            self._line(model, [delta | {"finish_reason": None}])
        self._line(model, [{"index": 0, "delta": {}, "finish_reason": "stop"}])
        self._line(model, [], usage=usage)
        self.wfile.write(b"data: [DONE]\n\n")

    def _line(self, model: str, choices: list[dict[str, Any]], **more: Any) -> None:
        frame = _frame(model, "chat.completion.chunk", choices) | more
        self.wfile.write(b"data: " + json.dumps(frame).encode() + b"\n\n")
        self.wfile.flush()


def _frame(model: str, kind: str, choices: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": model, "choices": choices}


if __name__ == "__main__":
    main()
