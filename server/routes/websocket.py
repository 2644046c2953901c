"""A conversation both ways over one WebSocket: its events down, the contact's frames up."""

import asyncio
import json
from typing import Any
from uuid import UUID

import structlog
from fastapi import APIRouter, WebSocket
from pydantic import ValidationError
from starlette.websockets import WebSocketDisconnect, WebSocketState

from server.access.auth import Caller, LookDep, Needs
from server.access.socket_credentials import SUBPROTOCOL, caller_of_socket, check_origin
from server.admitting.explain import explain
from server.admitting.intake import CheckedRoute, parse_json
from server.errors import MalformedBody
from server.problems import problem, respond, translate
from server.resources import Resources, ResourcesDep
from server.routes.conversations import own_conversation
from server.routes.events import read_event_id
from server.routes.messages import take_message
from server.running.stream_queue import Frame
from server.shapes.people_schemas import TicketShown
from server.shapes.schemas import Id, NewMessage
from tenants.database.connection import tenant_transaction
from tenants.errors import DeskError, Invalid, NotFound, TooLarge
from tenants.ids import parse_id

log = structlog.get_logger()
router = APIRouter(route_class=CheckedRoute)
MAX_FRAME_CHARS = 65_536
_AFTER = "after."  # what a browser cannot say in a header: `after.<last event id>`
_ALL_SEEN = 2**63
_TALK = Needs("conversations", contact=True)


@router.websocket("/v1/conversations/{conversation_id}/ws")
async def talk(socket: WebSocket, conversation_id: str) -> None:
    """Speak `frontdesk.v1`; a refusal before the upgrade is a problem object over HTTP."""
    held: Resources = socket.app.state.resources
    try:
        caller, after = await _admit(socket, held, conversation_id)
    except DeskError as error:
        await socket.send_denial_response(respond(error, instance=socket.url.path))
        return
    offered = socket.scope.get("subprotocols") or []
    await socket.accept(subprotocol=SUBPROTOCOL if SUBPROTOCOL in offered else None)
    await _Talk(socket, held, caller, UUID(conversation_id), after).run()


async def _admit(socket: WebSocket, held: Resources, conversation_id: str) -> tuple[Caller, int]:
    known = parse_id(conversation_id)
    if known is None:
        raise NotFound("no such conversation")
    caller = await caller_of_socket(socket, held, known)
    await held.request_limiter.take(caller.key)
    _TALK.check(caller)
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        conversation = await own_conversation(conn, caller, known)
    await check_origin(socket, held, caller, conversation.assistant_id)
    return caller, min(_asked_after(socket), conversation.last_event_id)


@router.post(
    "/v1/conversations/{conversation_id}/ws-ticket",
    operation_id="create_ws_ticket",
    status_code=201,
    tags=["conversations"],
    openapi_extra={"x-secret": True},
)
async def create_ws_ticket(conversation_id: Id, caller: LookDep, held: ResourcesDep) -> TicketShown:
    """A ticket that opens this conversation's WebSocket once, within half a minute.

    A browser offers it as the subprotocol `ticket.<ticket>` beside `frontdesk.v1`.
    """
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await own_conversation(conn, caller, conversation_id)
    ticket, ends = held.credentials.tokens.ticket(caller, conversation_id)
    return TicketShown(ticket=ticket, expires_at=ends)


@router.websocket("/{path:path}")
async def refuse(socket: WebSocket) -> None:
    """There is no socket anywhere else."""
    refusal = NotFound("there is nothing at this address")
    await socket.send_denial_response(respond(refusal, instance=socket.url.path))


def _asked_after(socket: WebSocket) -> int:
    """The last event that the client has, where it says so among its subprotocols; else all are old.

    Raises: Invalid.
    """
    for offered in socket.scope.get("subprotocols") or []:
        if offered.startswith(_AFTER):
            return read_event_id(offered.removeprefix(_AFTER))
    return _ALL_SEEN


class _Talk:
    """One open socket: a writer that follows the log, a reader that takes frames."""

    def __init__(
        self,
        socket: WebSocket,
        held: Resources,
        caller: Caller,
        conversation_id: UUID,
        after: int,
    ) -> None:
        self._socket = socket
        self._held = held
        self._caller = caller
        self._conversation_id = conversation_id
        self._after = after
        self._writing = asyncio.Lock()
        self._following: asyncio.Task[None] | None = None
        self._is_over = False

    async def run(self) -> None:
        """Until the client goes, the process drains, or the caller may not stay."""
        self._following = asyncio.create_task(self._follow(self._after))
        try:
            with self._held.sockets.watching(self._caller, self._end):
                while True:
                    message = await self._socket.receive()
                    gone = message["type"] == "websocket.disconnect" or self._is_over
                    if gone or not await self._taken(message):
                        return
        except WebSocketDisconnect:
            return
        finally:
            await self._stop_following()

    async def _stop_following(self) -> None:
        following, self._following = self._following, None
        if following is not None:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)

    async def _follow(self, after: int) -> None:
        frames = self._held.hub.read(self._caller.tenant_id, self._conversation_id, after)
        try:
            async for frame in frames:
                await self._send(frame)
                if frame.type == "reconnect":
                    await self._close(1012)
                    return
        except WebSocketDisconnect:
            return
        except Exception as error:  # the channel's outer loop: a client must not wait in silence
            log.warning("websocket_reading_failed", error=type(error).__name__)
            await self._close(1011)

    async def _taken(self, message: Any) -> bool:
        """Whether the talk goes on after this frame; what is wrong with it is told."""
        frame: dict[str, Any] = {}
        try:
            frame = _parsed(message, self._held.settings.max_json_depth)
            await self._handle(frame)
        except WebSocketDisconnect:
            raise
        except Exception as error:  # the channel's outer loop: a client's frame must not end it
            if not isinstance(error, DeskError):
                log.error("websocket_frame_failed", exc_info=error)
            shown = problem(translate(error))
            if isinstance(frame.get("client_message_id"), str):
                shown["client_message_id"] = frame["client_message_id"]
            await self._send(Frame("problem", shown))
            if message.get("text") is None:
                await self._close(1007)
                return False
        return True

    async def _handle(self, frame: dict[str, Any]) -> None:
        await self._held.request_limiter.take(self._caller.key)
        match frame.get("type"):
            case "message":
                _TALK.check_change(self._caller)
                await self._message({k: v for k, v in frame.items() if k != "type"})
            case "resume":
                seen = await self._seen(frame.get("last_event_id", 0))
                await self._stop_following()
                await self._send(Frame("resumed", {"last_event_id": seen}))  # what follows is new
                self._following = asyncio.create_task(self._follow(seen))
            case "typing":
                author = "contact" if self._caller.kind == "contact" else "operator"
                self._held.hub.typing(
                    self._caller.tenant_id, self._conversation_id, {"author": author}
                )
            case "ping":
                await self._send(Frame("pong", {}))
            case other:
                shown = repr(other)[:60]
                raise Invalid(f"type: {shown} is none of message, resume, typing, ping")

    async def _seen(self, given: object) -> int:
        """The event to go on after, none beyond the log's end. Raises: Invalid."""
        after = read_event_id(str(given))
        async with tenant_transaction(self._held.pool, self._caller.tenant_id) as conn:
            found = await own_conversation(conn, self._caller, self._conversation_id)
        return min(after, found.last_event_id)

    async def _message(self, fields: dict[str, Any]) -> None:
        try:
            new = NewMessage.model_validate(fields)
        except ValidationError as error:
            found = explain(error.errors())
            raise Invalid(f"{found[0]['where']}: {found[0]['what']}", errors=found) from None
        taken = await take_message(self._held, self._caller, self._conversation_id, new)
        if taken.accepted.duplicate:
            data = {
                "client_message_id": new.client_message_id,
                "turn_id": str(taken.accepted.turn_id),
                "message_id": str(taken.accepted.message_id),
            }
            await self._send(Frame("duplicate", data))

    async def _send(self, frame: Frame) -> None:
        shown: dict[str, Any] = {"type": frame.type}
        if frame.type == "problem":  # a problem object has a `type` of its own
            shown["problem_type"] = frame.data["type"]
        if frame.event_id is not None:
            shown["id"] = frame.event_id
        text = json.dumps(frame.data | shown, ensure_ascii=False, separators=(",", ":"))
        async with self._writing:
            if self._socket.application_state is WebSocketState.CONNECTED:
                await self._socket.send_text(text)

    async def _end(self, why: DeskError) -> None:
        self._is_over = (
            True  # first: who reads nothing may not be told, and is heard no more either
        )
        await self._stop_following()
        await self._send(Frame("problem", problem(why)))
        await self._close(1008)

    async def _close(self, code: int) -> None:
        async with self._writing:
            if self._socket.application_state is WebSocketState.CONNECTED:
                await self._socket.close(code)


def _parsed(message: Any, max_depth: int) -> dict[str, Any]:
    text = message.get("text")
    if text is None:
        raise MalformedBody("frames are JSON in UTF-8 text")
    if len(text) > MAX_FRAME_CHARS:
        raise TooLarge(f"a frame holds at most {MAX_FRAME_CHARS} characters")
    try:
        frame = parse_json(text, max_depth=max_depth)
    except json.JSONDecodeError as error:
        raise MalformedBody(f"the frame is not JSON: {error.msg} at {error.pos}") from None
    if not isinstance(frame, dict):
        raise Invalid("a frame is an object with a `type`")
    return frame
