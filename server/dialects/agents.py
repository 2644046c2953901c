"""The agents' dialect: an agent is made of any JSON, chats over a socket, and asks a person.

`POST /agents`, `WS /ws/agents/{kb_id}/chat`, `POST /agents/{kb_id}/human_response`.
"""

from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response, WebSocket
from pydantic import Field

from server.access.auth import AssistantsDep, Caller, HandoffsDep
from server.access.socket_credentials import check_origin
from server.admitting.intake import CheckedRoute, KnowledgeRoute
from server.dialects.bodies import Loose, sources
from server.dialects.sockets import Admitted, SocketTalk, caller_of, refuse
from server.resources import Resources, ResourcesDep
from server.routes.assistants import create_assistant
from server.routes.handoffs import resolve
from server.running.stream_queue import Frame
from server.shapes.schemas import Id, Line, NewAssistant, Resolve, Shown
from tenants.configuring import assistant_lookup
from tenants.database.connection import TenantConnection, tenant_transaction
from tenants.errors import Conflict, DeskError, Invalid, NotFound
from tenants.ids import parse_id
from tenants.people import contacts
from tenants.transcripts import conversations

socket_router = APIRouter(tags=["dialects"])
agents_router = APIRouter(tags=["dialects"], route_class=KnowledgeRoute)
responses_router = APIRouter(tags=["dialects"], route_class=CheckedRoute)
ROUTERS = (agents_router, responses_router, socket_router)
CHANNEL = "api"


class NewAgent(Loose):
    kb_name: Line = Field(examples=["Alder & Finch"])
    json_data: Any = Field(description="Any JSON: what the agent knows.")


class AgentMade(Shown):
    kb_id: UUID
    status: Literal["ready", "processing"]
    assistant_id: UUID


class HumanResponse(Loose):
    response: str = Field(min_length=1, max_length=100_000, examples=["Yes, within five days."])
    update_kb: bool = False
    handoff_id: Id | None = Field(default=None, description="Needed where several are open.")


class _AgentSpeech:
    """Whole answers: a turn's words are kept back until it is known whether a person is asked."""

    def __init__(self, conversation_id: UUID) -> None:
        self._where = {"conversation_id": str(conversation_id)}
        self._said: list[dict[str, Any]] = []
        self._handoff: dict[str, Any] | None = None

    def frames(self, frame: Frame) -> list[dict[str, Any]]:
        """`answer` or `handoff` at a turn's end; an operator's words at once."""
        data = frame.data
        match frame.type:
            case "message" if data.get("turn_id") is not None:
                self._said.append(data)
            case "message" | "operator_message":
                return [self._answer([data])]
            case "handoff_requested":
                self._handoff = data
            case "turn_ended":
                return self._ended(data)
            case _:
                pass
        return []

    def waiting(self, answer: dict[str, Any]) -> list[dict[str, Any]]:
        """The conversation is a person's."""
        handoff = answer["handoff"] or {}
        return [] if answer["message"] else [self._where | _handed_over(handoff, "")]

    def failed(self, shown: dict[str, Any]) -> dict[str, Any]:
        """A problem object under `error`."""
        return self._where | {"type": "error", "message": shown["detail"], "error": shown}

    def _ended(self, data: dict[str, Any]) -> list[dict[str, Any]]:
        said, self._said = self._said, []
        handoff, self._handoff = self._handoff, None
        words = "\n\n".join(one["text"] for one in said)
        if data["status"] == "failed":
            return [self.failed(data["problem"])]
        if data["status"] == "waiting_for_operator":
            return [self._where | _handed_over(handoff or {}, words)]
        return [self._answer(said)] if said else []

    def _answer(self, said: list[dict[str, Any]]) -> dict[str, Any]:
        words = "\n\n".join(one["text"] for one in said)
        return self._where | {
            "type": "answer",
            "answer": words,
            "message": words,
            "author": said[-1]["author"],
            "message_id": said[-1]["message_id"],
            "confidence": said[-1].get("confidence"),
            "sources": sources(said[-1].get("citations") or []),
        }


def _handed_over(handoff: dict[str, Any], words: str) -> dict[str, Any]:
    return {
        "type": "handoff",
        "message": words,
        "handoff_id": handoff.get("handoff_id"),
        "reason": handoff.get("reason"),
    }


@socket_router.websocket("/ws/agents/{kb_id}/chat")
async def chat_with_agent(socket: WebSocket, kb_id: str) -> None:
    """A conversation with the agent; `?conversation_id=` takes up an earlier one."""
    held: Resources = socket.app.state.resources
    try:
        caller = await caller_of(socket, held)
        async with tenant_transaction(held.pool, caller.tenant_id) as conn:
            known = parse_id(kb_id)
            assistant_id = await _agent(conn, caller, known) if known is not None else None
            if assistant_id is None:
                raise NotFound("no such agent")
        await check_origin(socket, held, caller, assistant_id)
        async with tenant_transaction(held.pool, caller.tenant_id) as conn:
            talk = await _conversation(conn, caller, assistant_id, socket)
    except DeskError as error:
        await refuse(socket, error)
        return
    where = Admitted(caller, talk.conversation_id, talk.last_event_id)
    await SocketTalk(socket, held, where, _AgentSpeech(talk.conversation_id)).run()


@agents_router.post("/agents", operation_id="create_agent", status_code=201)
async def create_agent(
    new: NewAgent, caller: AssistantsDep, held: ResourcesDep, response: Response
) -> AgentMade:
    """Make an agent from any JSON; `kb_id` names it from then on."""
    if new.json_data is None:
        raise Invalid("json_data: what the agent knows is missing")
    wanted = NewAssistant(name=new.kb_name, knowledge=new.json_data)
    made = await create_assistant(wanted, caller, held, response)
    is_ready = response.status_code != 202
    return AgentMade(
        kb_id=made.knowledge_base_ids[0],
        status="ready" if is_ready else "processing",
        assistant_id=made.assistant_id,
    )


@responses_router.post("/agents/{kb_id}/human_response", operation_id="respond_for_agent")
async def respond_for_agent(
    kb_id: Id, body: HumanResponse, caller: HandoffsDep, held: ResourcesDep
) -> dict[str, Any]:
    """Answer in the agent's place, and teach it the answer where `update_kb` says so."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        assistant_id = await _agent(conn, caller, kb_id)
        if assistant_id is None:
            raise NotFound("no such agent")
        waiting = await assistant_lookup.open_handoffs(conn, assistant_id)
    chosen = _chosen(waiting, body.handoff_id)
    wanted = Resolve(reply=body.response, add_to_knowledge=body.update_kb)
    resolved = await resolve(held, caller, chosen.handoff_id, wanted)
    return {
        "status": "sent",
        "handoff_id": str(chosen.handoff_id),
        "conversation_id": str(chosen.conversation_id),
        "kb_updated": bool(resolved["learnt"]),
    }


def _chosen(
    waiting: list[assistant_lookup.OpenHandoff], handoff_id: UUID | None
) -> assistant_lookup.OpenHandoff:
    """The handoff that is meant. Raises: NotFound; Conflict where it could be several people's."""
    if handoff_id is not None:
        waiting = [one for one in waiting if one.handoff_id == handoff_id]
    if not waiting:
        raise NotFound("nobody waits for a person here")
    if len(waiting) > 1:
        raise Conflict(
            "several conversations wait for a person: name one by `handoff_id`",
            handoff_ids=[str(one.handoff_id) for one in waiting],
        )
    return waiting[0]


async def _agent(conn: TenantConnection, caller: Caller, kb_id: UUID) -> UUID | None:
    found = await assistant_lookup.reading(conn, kb_id)
    return found if caller.contact_id is None or found == caller.assistant_id else None


async def _conversation(
    conn: TenantConnection, caller: Caller, assistant_id: UUID, socket: WebSocket
) -> conversations.Conversation:
    named = socket.query_params.get("conversation_id")
    if named is not None:
        known = parse_id(named)
        found = await conversations.get(conn, known) if known else None
        if found is None or found.assistant_id != assistant_id:
            raise NotFound("no such conversation")
        caller.check_own(found.contact_id, origin=found.origin)
        return found
    contact_id = caller.contact_id
    if contact_id is None:
        contact_id = (await contacts.create(conn, {})).contact_id
    channel = "widget" if caller.contact_id is not None else CHANNEL
    return await conversations.create(conn, assistant_id, contact_id, channel=channel)
