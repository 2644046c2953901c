"""What every request passes before a route sees it: size, encoding, depth, characters.

The size is counted while the body streams, so that a missing or lying `content-length` changes
nothing. JSON is read once, here, by the request class that every route of ours uses.
"""

import asyncio
import json
import math
import re
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.access.auditing import is_logged, logging_acts
from server.admitting.fair_loop import GoingFirst, request_goes_first
from server.admitting.idempotency import answer_once
from server.admitting.limits import Standing, noting_limits, rate_limit_headers
from server.errors import MalformedBody
from server.problems import respond
from tenants.errors import TooLarge

BIG_BODY_BYTES = 262_144  # parsed in a thread from here on, so that other requests go on
SMALL_BODY_BYTES = 1_000_000  # of every body but knowledge
STRANGER_BODY_BYTES = 65_536  # of whoever shows no credential
MAX_CONTAINERS = 500_000  # a list or object takes 60 times its two bytes in memory
MAX_VALUES = 2_000_000
SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    # of what is no page of ours: shown in a browser, it loads, runs and frames nothing
    (
        b"content-security-policy",
        b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
)
_SUSPICIOUS = re.compile(rb"\\u0000|\\u[dD][89a-fA-F]|[eE]\+?[0-9]{3}|[0-9]{300}")


class BodyTooLarge(TooLarge):
    """The body outgrew the limit while it was read."""


class Intake:
    """ASGI middleware: bounds the body, refuses NUL in addresses, sets the security headers."""

    def __init__(self, app: ASGIApp, *, max_body_bytes: int) -> None:
        self._app = app
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if b"%00" in scope["query_string"]:
            refusal = MalformedBody("the query contains a NUL character")
            await respond(refusal, instance=scope["path"])(scope, receive, send)
            return
        if _announced(scope) > self._max_body_bytes:
            refused = _too_large(self._max_body_bytes)
            await respond(refused, instance=scope["path"])(scope, receive, send)
            return
        with request_goes_first() as first, noting_limits() as noted:
            counted = _counted(receive, self._max_body_bytes)
            await self._app(scope, counted, _with_headers(send, noted, first))


def _too_large(most: int) -> BodyTooLarge:
    return BodyTooLarge(
        f"a body holds at most {most} bytes here; send large knowledge in parts", max_bytes=most
    )


def _counted(receive: Receive, most: int) -> Receive:
    received = 0

    async def counted() -> Message:
        nonlocal received
        if received > most:  # who asks again would wait for what has come already
            raise _too_large(most)
        message = await receive()
        if message["type"] == "http.request":
            received += len(message.get("body", b""))
            if received > most:
                raise _too_large(most)
        return message

    return counted


def _announced(scope: Scope) -> int:
    try:
        return int(Headers(scope=scope).get("content-length", "0"))
    except ValueError:
        return 0


def _with_headers(send: Send, noted: Sequence[Standing], first: GoingFirst) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = message["headers"]
            for name, value in rate_limit_headers(noted).items():
                headers.append((name.encode(), value.encode()))
            given = {name.lower() for name, _ in headers}
            headers.extend(one for one in SECURITY_HEADERS if one[0] not in given)
        await send(message)
        if message["type"] == "http.response.body":
            first.end()

    return with_headers


class CheckedRequest(Request):
    """A request whose JSON is plain Unicode, finite, and nested no deeper than allowed."""

    async def json(self) -> Any:
        """The parsed body. Raises: MalformedBody, and JSONDecodeError for the route to explain."""
        if not hasattr(self, "_json"):
            body = await self.body()
            depth = self.app.state.settings.max_json_depth
            if len(body) < BIG_BODY_BYTES:
                self._json = parse_json(body, max_depth=depth)
            else:
                self._json = await asyncio.to_thread(parse_json, body, max_depth=depth)
        return self._json


class CheckedRoute(APIRoute):
    """The route class of every router of ours."""

    takes_knowledge = False
    max_body_bytes: int | None = None  # where a route takes less than the server

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        secret = bool((self.openapi_extra or {}).get("x-secret"))
        logged = is_logged(self.operation_id, self.methods)
        operation = self.operation_id or self.name
        once = "POST" in (self.methods or ()) and self.operation_id != "send_message"

        async def act(request: Request) -> Response:
            if not logged:
                return await handle(request)
            async with logging_acts(request, operation):
                return await handle(request)

        async def checked(request: Request) -> Response:
            receive = request.receive
            if self.body_field is not None:
                receive = _counted(receive, await self._most_bytes(request))
            if self.max_body_bytes is not None:
                receive = _counted(receive, self.max_body_bytes)
            request = CheckedRequest(request.scope, receive)
            key = request.headers.get("idempotency-key") if once else None
            if key is None:
                return await act(request)
            return await answer_once(request, act, key=key, secret=secret, operation=operation)

        return checked

    async def _most_bytes(self, request: Request) -> int:
        """How much this caller may send here; a bad credential is refused before its body is read.

        Raises: Unauthenticated, Suspended.
        """
        kind, _, secret = request.headers.get("authorization", "").partition(" ")
        credentials = request.app.state.resources.credentials
        if kind.lower() == "bearer" and secret:
            caller = await credentials.caller_of(secret)
        elif session := request.cookies.get("frontdesk_session"):
            caller = await credentials.operator_of(session)
        else:
            return STRANGER_BODY_BYTES
        if self.takes_knowledge and caller.kind != "contact":
            return request.app.state.settings.max_body_bytes
        return SMALL_BODY_BYTES


class KnowledgeRoute(CheckedRoute):
    """The route class where knowledge comes in: bodies as large as the server takes."""

    takes_knowledge = True


def parse_json(body: bytes | str, *, max_depth: int) -> Any:
    """The value. Raises: MalformedBody, TooLarge; JSONDecodeError keeps a syntax error's place."""
    raw = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    opened = raw.count(b"[") + raw.count(b"{")
    if opened > MAX_CONTAINERS or raw.count(b",") > MAX_VALUES:
        raise TooLarge(
            f"the JSON holds more than {MAX_CONTAINERS} lists and objects, or {MAX_VALUES} values; "
            "send it in parts"
        )
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedBody(f"the body is not valid UTF-8 (byte {error.start})") from None
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError:
        raise
    except RecursionError:
        raise MalformedBody(f"JSON may be nested {max_depth} deep at most") from None
    except ValueError as error:  # whole numbers of more digits than Python converts
        raise MalformedBody(f"the JSON holds a value that cannot be kept: {error}") from None
    if opened > max_depth or _SUSPICIOUS.search(raw):
        _inspect(value, max_depth)
    return value


def _refuse_constant(name: str) -> Any:
    raise MalformedBody(f"{name} is not JSON; use null")


def _inspect(value: Any, max_depth: int) -> None:
    level: list[Any] = [value]
    for depth in range(max_depth + 1):
        if depth == max_depth and any(isinstance(item, dict | list) for item in level):
            break
        below: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                below.extend(item)
                below.extend(item.values())
            elif isinstance(item, list):
                below.extend(item)
            elif isinstance(item, str):
                _check_text(item)
            elif isinstance(item, float) and not math.isfinite(item):
                raise MalformedBody("the JSON holds a number that is too large")
        if not below:
            return
        level = below
    raise MalformedBody(f"JSON may be nested {max_depth} deep at most")


def _check_text(text: str) -> None:
    if "\x00" in text:
        raise MalformedBody("the JSON holds a NUL character (\\u0000), which cannot be stored")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise MalformedBody("the JSON holds half a surrogate pair, which is no character") from None
