"""One tenant's people and programs: what they have made so far, and every byte that they get."""

import json
import random
from collections import defaultdict, deque
from typing import Any
from urllib.parse import urlsplit

import httpx2
from websockets.sync.client import connect

from tests import plain_http
from tests.canaries.watching import PATIENCE_SECONDS, Watcher

KEPT = 12  # of each kind of thing that an actor remembers, the newest
_STREAM_LINES = 60


class Actor:
    """Calls the server as one tenant, and hands what comes back to the watcher."""

    def __init__(
        self, url: str, name: str, made: dict[str, Any], watcher: Watcher, *, seed: str
    ) -> None:
        self.url = url
        self.name = name
        self.tenant_id: str = made["tenant_id"]
        self.assistant_id: str = made["assistant_id"]
        self.base: str = made["knowledge_base_id"]
        self.secrets = [str(made["api_key"])]
        self.draw = random.Random(seed)
        self.known: defaultdict[str, deque[Any]] = defaultdict(lambda: deque(maxlen=KEPT))
        self._watcher = watcher
        self._client = plain_http.Client(base_url=url, timeout=PATIENCE_SECONDS)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def word(self, kind: str) -> str:
        """A fresh canary."""
        return self._watcher.word(self.name, kind)

    def one(self, kind: str) -> Any:
        """One of the things of a kind that there are; None where there are none."""
        there = self.known[kind]
        return self.draw.choice(list(there)) if there else None

    def call(
        self, method: str, path: str, body: Any = None, *, token: str = "", **how: Any
    ) -> httpx2.Response:
        """An answer whose every byte was looked at. A 5xx is a leak of its own kind."""
        headers = {"Authorization": f"Bearer {token or self.secrets[0]}"} | how.pop("headers", {})
        if body is not None:
            how["json"] = body
        answer = self._client.request(method, path, headers=headers, **how)
        self.look(f"http {method} {urlsplit(path).path}", _raw(answer))
        if answer.status_code >= 500 and answer.status_code not in (502, 503, 504):
            self._watcher.fail(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return answer

    def made(self, kind: str, id_name: str, answer: httpx2.Response) -> Any:
        """The id of what was made, remembered; None where it was refused."""
        if answer.status_code not in (200, 201, 202) or id_name not in answer.json():
            return None
        found = answer.json()[id_name]
        self.known[kind].append(found)
        return found

    def look(self, where: str, data: bytes) -> None:
        """Hand bytes that came to this tenant to the watcher."""
        self._watcher.sent_to(self.name, where, data)

    def read_stream(self, path: str, *, until: str, body: Any = None) -> None:
        """Read server-sent events up to one whose frame holds a word, or some lines."""
        headers = {"Authorization": f"Bearer {self.secrets[0]}", "Accept": "text/event-stream"}
        method = "GET" if body is None else "POST"
        with self._client.stream(method, path, headers=headers, json=body) as stream:
            for number, line in enumerate(stream.iter_lines()):
                self.look("sse " + path, line.encode())
                if until in line or number > _STREAM_LINES:
                    return

    def talk(self, conversation_id: str, text: str) -> None:
        """Say something over a WebSocket and read until the turn is over."""
        address = f"{self.url.replace('http', 'ws')}/v1/conversations/{conversation_id}/ws"
        shown = {"Authorization": f"Bearer {self.secrets[0]}"}
        with connect(
            address, additional_headers=shown, subprotocols=_SPOKEN, open_timeout=PATIENCE_SECONDS
        ) as socket:
            socket.send(json.dumps({"type": "message", "text": text}))
            for _ in range(_STREAM_LINES):
                frame = str(socket.recv(timeout=PATIENCE_SECONDS))
                self.look("ws", frame.encode())
                if json.loads(frame)["type"] in ("turn_ended", "error", "message_accepted_waiting"):
                    return


_SPOKEN: Any = ["frontdesk.v1"]


def _raw(answer: httpx2.Response) -> bytes:
    head = b"\n".join(name + b": " + value for name, value in answer.headers.raw)
    return head + b"\n\n" + answer.content
