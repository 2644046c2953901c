"""Counts and times every request by its operation."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.metrics import Metrics


class Watch:
    """ASGI middleware: requests by operation and status, time to the first byte."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                operation = getattr(scope.get("route"), "operation_id", None) or "none"
                self._metrics.requests.labels(operation, str(message["status"])).inc()
                seconds = time.perf_counter() - started
                self._metrics.request_seconds.labels(operation).observe(seconds)
            await send(message)

        await self._app(scope, receive, watched)
