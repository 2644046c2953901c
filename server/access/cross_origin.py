"""Lets pages of other origins call what a contact's token is good for, without any cookie.

A user interface of a tenant's own runs on the tenant's origin and calls the desk's. What it may do is
decided by the token it shows; the session that makes tokens looks at the page's `Origin` itself.
Cookies stay out of it: a browser sends or shows nothing of them without a permission never given here.
"""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PATHS = ("/v1/widget/sessions", "/v1/conversations")
_KEPT_SECONDS = b"600"
_METHODS = b"GET, POST, DELETE"
_HEADERS = b"authorization, content-type, accept, idempotency-key, last-event-id"
_ANY = (b"access-control-allow-origin", b"*")
_SEEN = (b"access-control-expose-headers", b"retry-after")


class CrossOrigin:
    """ASGI middleware: answers a browser's question beforehand, and marks the answers for it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _is_for_contacts(scope["path"]):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if "origin" not in headers:
            await self._app(scope, receive, send)
        elif scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await _allow(send)
        else:
            await self._app(scope, receive, _marked(send))


def _is_for_contacts(path: str) -> bool:
    return any(path == one or path.startswith(f"{one}/") for one in PATHS)


async def _allow(send: Send) -> None:
    headers = [
        _ANY,
        (b"access-control-allow-methods", _METHODS),
        (b"access-control-allow-headers", _HEADERS),
        (b"access-control-max-age", _KEPT_SECONDS),
    ]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def _marked(send: Send) -> Send:
    async def marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], _ANY, _SEEN]
        await send(message)

    return marked
