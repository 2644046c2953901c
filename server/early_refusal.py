"""Refuses a flood before any of the work of a request is done.

Who was just told to come back in a while, and comes sooner, is told so again: by the credential
shown and the way asked for, without looking at either more closely. So what a crowd sends beyond
its limit takes next to nothing from its neighbours.
"""

import hashlib
import json
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.problems import MEDIA_TYPE

MAX_REMEMBERED = 10_000
MAX_SECONDS = 1.0  # a limit that changed is noticed after this long
_RATE_LIMITED = 429


class EarlyRefusal:
    """ASGI middleware: repeats a refusal for as long as it said that it holds."""

    def __init__(self, app: ASGIApp, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._clock = clock
        self._refused: OrderedDict[bytes, tuple[float, dict[str, Any]]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        way = _way_of(scope)
        if way is None:
            await self._app(scope, receive, send)
            return
        until, told = self._refused.get(way, (0.0, {}))
        left = until - self._clock()
        if left > 0:
            await _refuse(send, told | {"instance": scope["path"]}, left)
            return
        if told:
            del self._refused[way]
        await self._app(scope, receive, self._learning(way, send))

    def _learning(self, way: bytes, send: Send) -> Send:
        """Send on, and remember a refusal that goes by."""
        refused = False

        async def learning(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start":
                refused = message["status"] == _RATE_LIMITED
            elif refused:
                self._remember(way, json.loads(message["body"]))
                refused = False
            await send(message)

        return learning

    def _remember(self, way: bytes, told: dict[str, Any]) -> None:
        seconds = min(MAX_SECONDS, float(told.get("retry_after_seconds", 0)))
        self._refused[way] = (self._clock() + seconds, told)
        self._refused.move_to_end(way)
        if len(self._refused) > MAX_REMEMBERED:
            self._refused.popitem(last=False)


def _way_of(scope: Scope) -> bytes | None:
    """What a refusal holds for: messages by this credential; None for everything else."""
    if scope["type"] != "http" or scope["method"] != "POST":
        return None
    if not scope["path"].endswith("/messages"):
        return None
    for name, value in scope["headers"]:
        if name == b"authorization":
            return hashlib.sha256(value).digest()
    return None


async def _refuse(send: Send, told: dict[str, Any], seconds: float) -> None:
    body = json.dumps(told | {"retry_after_seconds": round(seconds, 3)}).encode()
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", str(max(1, math.ceil(seconds))).encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
    ]
    await send({"type": "http.response.start", "status": _RATE_LIMITED, "headers": headers})
    await send({"type": "http.response.body", "body": body})
