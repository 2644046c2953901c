"""Counts and times every request by its operation, and gives it an id that its log lines bear.

The id comes from `X-Request-Id`, where the caller or a proxy sent one that is plain, and goes back in
the answer. A turn that a request starts bears it on.
"""

import re
import time

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from server.watching.metrics import Metrics
from server.watching.tracing_port import Marked
from tenants.ids import new_id

REQUEST_ID = "x-request-id"
_PLAIN = re.compile(r"[A-Za-z0-9._:-]{1,100}")  # nothing that could break out of a log or a header


class Watch:
    """ASGI middleware: requests by operation and status, time to the first byte, their ids."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        request_id = scope["request_id"] = request_id_of(scope)
        with bound_contextvars(request_id=request_id):
            if scope["type"] != "http":
                await self._app(scope, receive, send)
                return
            with scope["app"].state.spans.request(request_id) as marked:
                await self._app(scope, receive, self._watched(scope, send, request_id, marked))

    def _watched(self, scope: Scope, send: Send, request_id: str, marked: Marked) -> Send:
        started = time.perf_counter()

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                operation = getattr(scope.get("route"), "operation_id", None) or "none"
                self._metrics.requests.labels(operation, str(message["status"])).inc()
                marked(operation, message["status"])
                seconds = time.perf_counter() - started
                self._metrics.request_seconds.labels(operation).observe(seconds)
                message["headers"] = [
                    *message["headers"],
                    (REQUEST_ID.encode(), request_id.encode()),
                ]
            await send(message)

        return watched


def request_id_of(scope: Scope) -> str:
    """What the caller calls the request, where that is plain; else a fresh id."""
    given = Headers(scope=scope).get(REQUEST_ID, "")
    return given if _PLAIN.fullmatch(given) else str(new_id())
