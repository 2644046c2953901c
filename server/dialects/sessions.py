"""The sessions' dialect: a session is opened, talked in over a socket, or written to with a form.

`POST /api/sessions`, `WS /ws?session_id=`, `POST /api/chat/sessions/{session_id}/messages`.
"""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, WebSocket
from fastapi.security import HTTPAuthorizationCredentials
from pydantic import Field

from server.access.auth import Needs, TalkDep, bearer
from server.access.socket_credentials import check_origin
from server.admitting.bodies import (
    FILE_FIELD,
    MAX_FIELD_BYTES,
    Form,
    checked,
    is_form,
    media_type,
    parsed_json,
    read_form,
)
from server.admitting.intake import CheckedRoute
from server.dialects.bodies import Loose, chosen_assistant, sources
from server.dialects.sockets import Admitted, SocketTalk, caller_of, refuse
from server.resources import Resources, ResourcesDep
from server.routes.conversation_files import FileRoute, bring_file
from server.routes.conversations import own_conversation
from server.routes.messages import answer_of, take_message
from server.routes.widget_sessions import create_widget_session
from server.running.stream_queue import Frame
from server.shapes.schemas import Id, NewMessage, NewWidgetSession, Shown
from tenants.database.connection import tenant_transaction
from tenants.errors import DeskError, Invalid, NotFound
from tenants.ids import parse_id
from tenants.people import contacts
from tenants.transcripts import conversations

opening_router = APIRouter(tags=["dialects"], route_class=CheckedRoute)
form_router = APIRouter(tags=["dialects"], route_class=FileRoute)
socket_router = APIRouter(tags=["dialects"])
ROUTERS = (opening_router, form_router, socket_router)
MAX_ATTACHMENTS = 5
_FILES = ("attachments", "files", FILE_FIELD)
_WORDS = ("message", "content", "text")
_ANYBODY = Needs("conversations", contact=True)
_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {
                "schema": {
                    "type": "object",
                    "required": ["message"],
                    "properties": {
                        "message": {"type": "string", "maxLength": MAX_FIELD_BYTES},
                        **files,
                    },
                }
            }
            for kind, files in (
                (
                    "multipart/form-data",
                    {
                        "attachments": {
                            "type": "array",
                            "maxItems": MAX_ATTACHMENTS,
                            "items": {"type": "string", "format": "binary"},
                        }
                    },
                ),
                ("application/x-www-form-urlencoded", {}),
                ("application/json", {}),
            )
        },
    }
}


class NewSession(Loose):
    assistant_id: Id | None = None
    identity_token: str | None = Field(default=None, max_length=4_000)


class SessionMade(Shown):
    session_id: UUID
    token: str | None = None
    expires_at: datetime | None = None


class _SessionSpeech:
    """`text` as it is written, `sources`, then `complete`."""

    def __init__(self, session_id: UUID) -> None:
        self._where = {"session_id": str(session_id)}
        self._sent = ""
        self._message: dict[str, Any] | None = None
        self._handoff: dict[str, Any] | None = None

    def frames(self, frame: Frame) -> list[dict[str, Any]]:
        """What front ends of this dialect draw."""
        data = frame.data
        match frame.type:
            case "message_delta":
                self._sent += data["text"]
                return [self._text(data["text"])]
            case "message" if data.get("turn_id") is not None:
                return self._whole(data)
            case "message" | "operator_message":
                return [self._text(data["text"]), *self._complete(data, "completed")]
            case "handoff_requested":
                self._handoff = data
            case "turn_ended" if data["status"] == "failed":
                self._sent = ""
                return [self.failed(data["problem"])]
            case "turn_ended":
                return self._complete(self._message, data["status"])
            case _:
                pass
        return []

    def waiting(self, answer: dict[str, Any]) -> list[dict[str, Any]]:
        """The conversation is a person's: there is nothing to draw but that."""
        self._handoff = answer["handoff"]
        return [] if answer["message"] else self._complete(None, answer["status"])

    def failed(self, shown: dict[str, Any]) -> dict[str, Any]:
        """A problem object under `error`."""
        return self._where | {"type": "error", "content": shown["detail"], "error": shown}

    def _whole(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        """The rest of a message whose beginning was shown; all of it after a crash."""
        self._message = message
        text, sent, self._sent = message["text"], self._sent, ""
        if text == sent:
            return []
        if sent and text.startswith(sent):
            return [self._text(text[len(sent) :])]
        return [self._text(text) | {"replaces": bool(sent)}]

    def _text(self, text: str) -> dict[str, Any]:
        return self._where | {"type": "text", "content": text}

    def _complete(self, message: dict[str, Any] | None, status: str) -> list[dict[str, Any]]:
        said, self._message = message or {}, None
        handoff, self._handoff = self._handoff, None
        return [
            self._where | {"type": "sources", "sources": sources(said.get("citations") or [])},
            self._where
            | {
                "type": "complete",
                "content": said.get("text", ""),
                "message_id": said.get("message_id"),
                "author": said.get("author"),
                "status": status,
                "handoff": handoff,
            },
        ]


@opening_router.post(
    "/api/sessions",
    operation_id="open_session",
    status_code=201,
    openapi_extra={"x-secret": True},
)
async def open_session(
    request: Request,
    held: ResourcesDep,
    shown: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
    new: NewSession | None = None,
    origin: Annotated[str | None, Header(max_length=300)] = None,
) -> SessionMade:
    """Open a session; a page without a credential names its assistant and gets a `token`."""
    wanted = new or NewSession()
    made = SessionMade(session_id=UUID(int=0))
    if shown is not None:
        caller = await _ANYBODY(request, shown)
    else:
        if wanted.assistant_id is None:
            raise Invalid("assistant_id: a page names the assistant, a program shows its key")
        named = {"assistant_id": str(wanted.assistant_id)}
        if wanted.identity_token is not None:
            named["identity_token"] = wanted.identity_token
        asked = checked(named, NewWidgetSession)
        begun = await create_widget_session(asked, request, held, origin)
        made.token, made.expires_at = begun.token, begun.expires_at
        caller = await held.credentials.caller_of(begun.token)
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        assistant = await chosen_assistant(conn, caller, wanted.assistant_id)
        contact_id = caller.contact_id or (await contacts.create(conn, {})).contact_id
        channel = "widget" if caller.contact_id is not None else "api"
        talk = await conversations.create(conn, assistant.assistant_id, contact_id, channel=channel)
    made.session_id = talk.conversation_id
    return made


@socket_router.websocket("/ws")
async def talk_in_session(socket: WebSocket) -> None:
    """A session over a socket: what the contact writes up, `text`, `sources`, `complete` down."""
    held: Resources = socket.app.state.resources
    try:
        caller = await caller_of(socket, held)
        session_id = parse_id(socket.query_params.get("session_id", ""))
        if session_id is None:
            raise NotFound("no such session")
        async with tenant_transaction(held.pool, caller.tenant_id) as conn:
            talk = await own_conversation(conn, caller, session_id)
        await check_origin(socket, held, caller, talk.assistant_id)
    except DeskError as error:
        await refuse(socket, error)
        return
    where = Admitted(caller, talk.conversation_id, talk.last_event_id)
    await SocketTalk(socket, held, where, _SessionSpeech(talk.conversation_id)).run()


@form_router.post(
    "/api/chat/sessions/{session_id}/messages",
    operation_id="write_in_session",
    openapi_extra=_FORM,
)
async def write_in_session(
    session_id: Id, request: Request, caller: TalkDep, held: ResourcesDep
) -> dict[str, Any]:
    """Say something, with files where there are some, and get the whole answer."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await own_conversation(conn, caller, session_id)
    form = await _said(request)
    words = next((form.fields[name] for name in _WORDS if form.fields.get(name)), "")
    if not words.strip():
        raise Invalid("message: say something in the field `message`")
    attached = [(await bring_file(held, caller, session_id, file))[1] for file in form.files]
    named = form.fields.get("client_message_id") or None
    new = checked({"text": words, "client_message_id": named}, NewMessage)
    taken = await take_message(
        held, caller, session_id, new, request.headers.get("idempotency-key")
    )
    answer = await answer_of(held, taken)
    message = answer["message"] or {}
    return {
        "session_id": str(session_id),
        "turn_id": answer["turn_id"],
        "message_id": message.get("message_id"),
        "content": message.get("text", ""),
        "sources": sources(answer["citations"]),
        "status": answer["status"],
        "handoff": answer["handoff"],
        "attachments": attached,
    }


async def _said(request: Request) -> Form:
    if is_form(request) or media_type(request) == "application/x-www-form-urlencoded":
        return await read_form(
            request, max_files=MAX_ATTACHMENTS, file_fields=_FILES, needs_file=False
        )
    value = await parsed_json(request)
    if not isinstance(value, dict):
        raise Invalid("send a form, or an object with `message`")
    fields = {str(key): one for key, one in value.items() if isinstance(one, str)}
    return Form(fields=fields)
