"""One open socket of a dialect: frames up become messages, the conversation's events come down.

A dialect says how its frames look; what happens to them is the same for all.
"""

import asyncio
import json
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import structlog
from fastapi import WebSocket
from pydantic import ValidationError
from starlette.websockets import WebSocketDisconnect, WebSocketState

from server.access.auth import Caller, Needs
from server.access.socket_credentials import SUBPROTOCOL, caller_of_socket
from server.admitting.explain import explain
from server.admitting.intake import parse_json
from server.errors import MalformedBody
from server.problems import problem, respond, translate
from server.resources import Resources
from server.routes.messages import take_message
from server.running.stream_queue import Frame
from server.shapes.schemas import NewMessage
from tenants.errors import DeskError, Invalid, TooLarge

log = structlog.get_logger()
MAX_FRAME_CHARS = 65_536
_WORDS = ("message", "text", "content", "question", "query")
_TALK = Needs("conversations", contact=True)


class Speech(Protocol):
    """How a dialect shows what happens."""

    def frames(self, frame: Frame) -> list[dict[str, Any]]:
        """What to send for one event of the conversation."""
        ...

    def waiting(self, answer: dict[str, Any]) -> list[dict[str, Any]]:
        """What to send for a message that an operator will read."""
        ...

    def failed(self, shown: dict[str, Any]) -> dict[str, Any]:
        """What to send for a problem object."""
        ...


@dataclass(frozen=True, slots=True)
class Admitted:
    """Who talks in which conversation, and the event after which they read."""

    caller: Caller
    conversation_id: UUID
    after: int


async def caller_of(socket: WebSocket, held: Resources) -> Caller:
    """Who opens a socket. Raises: Unauthenticated, Denied, Suspended."""
    caller = await caller_of_socket(socket, held)
    await held.request_limiter.take(caller.key)
    _TALK.check(caller)
    return caller


async def refuse(socket: WebSocket, error: DeskError) -> None:
    """Answer a handshake with a problem object over HTTP."""
    await socket.send_denial_response(respond(error, instance=socket.url.path))


class SocketTalk:
    """Runs one socket from its handshake on."""

    def __init__(
        self, socket: WebSocket, held: Resources, admitted: Admitted, speech: Speech
    ) -> None:
        self._socket = socket
        self._held = held
        self._admitted = admitted
        self._speech = speech
        self._writing = asyncio.Lock()
        self._following: asyncio.Task[None] | None = None
        self._is_over = False

    async def run(self) -> None:
        """Until the client goes, the process drains, or the caller may not stay."""
        offered = self._socket.scope.get("subprotocols") or []
        await self._socket.accept(subprotocol=SUBPROTOCOL if SUBPROTOCOL in offered else None)
        self._following = asyncio.create_task(self._follow())
        try:
            with self._held.sockets.watching(self._admitted.caller, self._end):
                while True:
                    message = await self._socket.receive()
                    if message["type"] == "websocket.disconnect" or self._is_over:
                        return
                    await self._taken(message)
        except WebSocketDisconnect:
            return
        finally:
            await self._stop_following()

    async def _stop_following(self) -> None:
        following, self._following = self._following, None
        if following is not None:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)

    async def _follow(self) -> None:
        where = self._admitted
        reading = self._held.hub.read(where.caller.tenant_id, where.conversation_id, where.after)
        try:
            async for frame in reading:
                if frame.type == "reconnect":
                    await self._close(1012)
                    return
                for shown in self._speech.frames(frame):
                    await self._send(shown)
        except WebSocketDisconnect:
            return
        except Exception as error:  # the channel's outer loop: a client must not wait in silence
            log.warning("dialect_reading_failed", error=type(error).__name__)
            await self._close(1011)

    async def _taken(self, message: Any) -> None:
        try:
            await self._held.request_limiter.take(self._admitted.caller.key)
            new = said(message.get("text"), max_depth=self._held.settings.max_json_depth)
            where = self._admitted
            _TALK.check_change(where.caller)
            taken = await take_message(self._held, where.caller, where.conversation_id, new)
            if taken.waiting is not None:
                for shown in self._speech.waiting(taken.waiting):
                    await self._send(shown)
        except WebSocketDisconnect:
            raise
        except Exception as error:  # the channel's outer loop: a client's frame must not end it
            if not isinstance(error, DeskError):
                log.error("dialect_frame_failed", exc_info=error)
            await self._send(self._speech.failed(problem(translate(error))))

    async def _send(self, shown: dict[str, Any]) -> None:
        text = json.dumps(shown, ensure_ascii=False, separators=(",", ":"))
        async with self._writing:
            if self._socket.application_state is WebSocketState.CONNECTED:
                await self._socket.send_text(text)

    async def _end(self, why: DeskError) -> None:
        self._is_over = (
            True  # first: who reads nothing may not be told, and is heard no more either
        )
        await self._stop_following()
        await self._send(self._speech.failed(problem(why)))
        await self._close(1008)

    async def _close(self, code: int) -> None:
        async with self._writing:
            if self._socket.application_state is WebSocketState.CONNECTED:
                await self._socket.close(code)


def said(text: str | None, *, max_depth: int) -> NewMessage:
    """The message in a frame: an object with one of the usual fields, a string, or plain words.

    Raises: MalformedBody, TooLarge, Invalid.
    """
    if text is None:
        raise MalformedBody("frames are text: JSON, or the message itself")
    if len(text) > MAX_FRAME_CHARS:
        raise TooLarge(f"a frame holds at most {MAX_FRAME_CHARS} characters")
    value: Any = text
    if text.lstrip()[:1] in ("{", '"'):
        try:
            value = parse_json(text, max_depth=max_depth)
        except json.JSONDecodeError as error:
            raise MalformedBody(f"the frame is not JSON: {error.msg} at {error.pos}") from None
    if isinstance(value, dict):
        return _from_object(value)
    return _checked({"text": value})


def _from_object(frame: dict[str, Any]) -> NewMessage:
    words = next((frame[name] for name in _WORDS if isinstance(frame.get(name), str)), None)
    if words is None:
        raise Invalid(f"give the words in one of: {', '.join(_WORDS)}")
    fields = {"text": words}
    if isinstance(frame.get("client_message_id"), str):
        fields["client_message_id"] = frame["client_message_id"]
    return _checked(fields)


def _checked(fields: dict[str, Any]) -> NewMessage:
    try:
        return NewMessage.model_validate(fields)
    except ValidationError as error:
        found = explain(error.errors())
        raise Invalid(f"{found[0]['where']}: {found[0]['what']}", errors=found) from None
