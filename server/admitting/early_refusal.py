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
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.admitting.intake import SECURITY_HEADERS
from server.problems import MEDIA_TYPE

MAX_REMEMBERED = 10_000
MAX_SECONDS = 1.0  # a limit that changed is noticed after this long
_STATUSES = frozenset({429, 503})
_CODES = frozenset({"rate_limited", "busy"})


@dataclass(frozen=True, slots=True)
class _Refused:
    until: float
    told: dict[str, Any]
    limits: list[tuple[bytes, bytes]]  # the headers that say how the limits stand


class EarlyRefusal:
    """ASGI middleware: repeats a refusal for as long as it said that it holds."""

    def __init__(self, app: ASGIApp, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._clock = clock
        self._refused: OrderedDict[bytes, _Refused] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        way = _way_of(scope)
        if way is None:
            await self._app(scope, receive, send)
            return
        refused = self._refused.get(way)
        if refused is not None:
            left = refused.until - self._clock()
            if left > 0:
                await _refuse(send, refused, scope["path"], left)
                return
            del self._refused[way]
        await self._app(scope, receive, self._learning(way, send))

    def _learning(self, way: bytes, send: Send) -> Send:
        """Send on, and remember a refusal that goes by."""
        start: Message | None = None

        async def learning(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message if message["status"] in _STATUSES else None
            elif start is not None:
                self._remember(way, start, json.loads(message["body"]))
                start = None
            await send(message)

        return learning

    def _remember(self, way: bytes, start: Message, told: dict[str, Any]) -> None:
        if told.get("code") not in _CODES:
            return
        seconds = min(MAX_SECONDS, float(told.get("retry_after_seconds", 0)))
        limits = [one for one in start["headers"] if one[0].startswith(b"ratelimit")]
        self._refused[way] = _Refused(self._clock() + seconds, told, limits)
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


async def _refuse(send: Send, refused: _Refused, path: str, seconds: float) -> None:
    told = refused.told | {"instance": path, "retry_after_seconds": round(seconds, 3)}
    body = json.dumps(told).encode()
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", str(max(1, math.ceil(seconds))).encode()),
        *SECURITY_HEADERS,
        *refused.limits,
    ]
    await send({"type": "http.response.start", "status": told["status"], "headers": headers})
    await send({"type": "http.response.body", "body": body})
