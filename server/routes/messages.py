"""A contact's message: accepted durably first, then answered as JSON or as a stream."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query
from fastapi.responses import JSONResponse, Response

from server.access.auth import Caller, TalkDep
from server.access.open_streams import refused, while_allowed
from server.admitting.intake import CheckedRoute
from server.resources import Resources, ResourcesDep
from server.routes.turns import turn_shown
from server.running.sse import stream_together
from server.running.stream_queue import Frame
from server.shapes.schemas import Id, NewMessage, TurnShown
from tenants.actors import Actor
from tenants.database.connection import TenantConnection, tenant_transaction
from tenants.desk import handoffs
from tenants.running import turns
from tenants.running.turns import Accepted
from tenants.transcripts import conversations, events
from tenants.transcripts.blocks import parse_blocks
from tenants.transcripts.conversations import Locked
from tenants.transcripts.waiting import heard

router = APIRouter(prefix="/v1/conversations", tags=["messages"], route_class=CheckedRoute)
STREAM = "text/event-stream"
MAX_ACCEPT_CHARS = 16_000
MAX_PLAIN_KEY = 100
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "model": TurnShown,
        "description": "The completed turn, or its events as they happen.",
        "content": {STREAM: {"schema": {"type": "string"}}},
    },
    202: {"model": TurnShown, "description": "Accepted; the turn goes on."},
}


@router.post("/{conversation_id}/messages", operation_id="send_message", responses=_ANSWERS)
async def send_message(
    conversation_id: Id,
    new: NewMessage,
    caller: TalkDep,
    held: ResourcesDep,
    wait: Annotated[bool, Query(description="False: answer 202 at once.")] = True,
    accept: Annotated[str, Header(max_length=MAX_ACCEPT_CHARS)] = "application/json",
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
) -> Response:
    """Say something; one turn answers it. The same `client_message_id` never makes a second."""
    taken = await take_message(held, caller, conversation_id, new, idempotency_key)
    if STREAM in accept:
        batches = taken.frames(held)
        allowed = while_allowed(batches, held.sockets, caller, lambda why: (refused(why),))
        return stream_together(allowed)
    if not wait and taken.waiting is None:
        return JSONResponse(_pending(taken.accepted), 202)
    answer = await answer_of(held, taken)
    return JSONResponse(answer, 202 if answer["status"] in ("queued", "running") else 200)


async def answer_of(held: Resources, taken: "Taken") -> dict[str, Any]:
    """The turn once it has ended, or as it stands when it has not in time or this process stops."""
    if taken.waiting is not None:
        return taken.waiting
    accepted = taken.accepted
    answer = await held.turns.wait(
        taken.tenant_id,
        accepted.conversation_id,
        accepted.turn_id,
        seconds=held.settings.turn_deadline_seconds + 5,
    )
    return answer if isinstance(answer, dict) else turn_shown(answer)


@dataclass(frozen=True, slots=True)
class Taken:
    """An accepted message; `waiting` is its answer where an operator has the conversation."""

    accepted: Accepted
    tenant_id: UUID
    before: int  # the number before the turn's first event
    waiting: dict[str, Any] | None

    async def frames(self, held: Resources) -> AsyncIterator[Sequence[Frame]]:
        """The turn's events from its first on, until it has ended."""
        if self.waiting is not None:
            if self.waiting["message"] is not None:
                yield [Frame("message", self.waiting["message"])]
            yield [Frame("turn_ended", _ended(self.waiting))]
            return
        turn_id = self.accepted.turn_id
        conversation_id = self.accepted.conversation_id
        reading = held.hub.read_together(
            self.tenant_id,
            conversation_id,
            self.before,
            until_turn=turn_id,
            news=self.accepted.events,
        )
        async for frames in reading:
            yield frames


async def take_message(
    held: Resources,
    caller: Caller,
    conversation_id: UUID,
    new: NewMessage,
    idempotency_key: str | None = None,
) -> Taken:
    """Accept a message and start its turn. Raises: every refusal, before anything is written."""
    blocks = parse_blocks(new.text, new.content, max_chars=held.settings.max_message_chars)

    async def conversation(conn: TenantConnection) -> Locked:
        found = await conversations.lock(conn, conversation_id)
        caller.check_own(found.contact_id, origin=found.origin)
        return found

    said = Said(
        blocks,
        client_message_id=new.client_message_id or _client_id(idempotency_key),
        same_words=new.client_message_id is None,
        in_reply_to=new.in_reply_to,
        action_id=new.action_id,
    )
    return await take(held, caller, said, conversation)


@dataclass(frozen=True, slots=True)
class Said:
    """A contact's words with everything that tells a repeat from a new message."""

    blocks: list[dict[str, Any]]
    client_message_id: str | None = None
    same_words: bool = False
    channel_id: UUID | None = None
    external_message_id: str | None = None
    in_reply_to: UUID | None = None
    action_id: str | None = None


async def take(
    held: Resources,
    caller: Caller,
    said: Said,
    conversation_of: Callable[[TenantConnection], Awaitable[Locked]],
) -> Taken:
    """Accept what a contact said and start its turn, whatever it came by. Raises: as `accept`.

    `conversation_of` gives the conversation, locked.
    """
    tenant_id = caller.tenant_id
    async with (
        held.admission.message(caller),
        tenant_transaction(held.pool, tenant_id) as conn,
    ):
        conversation = await conversation_of(conn)
        conversation_id = conversation.conversation_id
        accepted = await turns.accept(
            conn,
            conversation_id,
            blocks=said.blocks,
            author=Actor("contact", str(conversation.contact_id)),
            client_message_id=said.client_message_id,
            same_words=said.same_words,
            channel_id=said.channel_id,
            external_message_id=said.external_message_id,
            in_reply_to=said.in_reply_to,
            action_id=said.action_id,
            debounce_seconds=await held.runs.debounce_seconds(
                conn, conversation.assistant_id, conversation.channel
            ),
            held=conversation,
            claim=held.turns.wish(tenant_id),
        )
        await held.runs.accepted(conn, conversation, accepted)
        before = accepted.event_id - 2  # its own two events, where it opened a turn
        if not accepted.opened:
            before = await events.turn_started_before(conn, conversation_id, accepted.turn_id)
        waiting = await _waiting_for(conn, accepted) if accepted.waiting else None
    await held.hold.reach("after_accept", accepted.turn_id)
    held.hub.committed(tenant_id, conversation_id, accepted.events, leaves=accepted.leaves)
    if not accepted.waiting:
        held.turns.take(tenant_id, accepted)
    return Taken(accepted, tenant_id, before, waiting)


async def _waiting_for(conn: TenantConnection, accepted: Accepted) -> dict[str, Any]:
    """The answer to a message that an operator will read."""
    opened = await handoffs.find_open(conn, accepted.conversation_id)
    waiting = _waiting(accepted, opened)
    if not accepted.duplicate:
        said = await heard(conn, opened, accepted.message_id, accepted.conversation_id)
        waiting["message"] = said.public() if said else None
    return waiting


def _client_id(idempotency_key: str | None) -> str | None:
    if not idempotency_key:
        return None
    digest = hashlib.sha256(idempotency_key.encode()).hexdigest()  # a long key keeps its end
    return f"key:{idempotency_key if len(idempotency_key) <= MAX_PLAIN_KEY else digest}"


def _waiting(accepted: Accepted, opened: handoffs.Handoff | None) -> dict[str, Any]:
    shown = {"handoff_id": str(opened.handoff_id), "reason": opened.reason} if opened else None
    return _pending(accepted) | {"status": "waiting_for_operator", "handoff": shown}


def _pending(accepted: Accepted) -> dict[str, Any]:
    return {
        "turn_id": str(accepted.turn_id),
        "conversation_id": str(accepted.conversation_id),
        "message_id": str(accepted.message_id),
        "status": "queued",
        "message": None,
        "intents": [],
        "confidence": None,
        "citations": [],
        "handoff": None,
        "usage": {"input_tokens": 0, "output_tokens": 0, "cost_usd": "0.000000"},
    }


def _ended(waiting: dict[str, Any]) -> dict[str, Any]:
    kept = ("turn_id", "message_id", "status", "handoff", "usage")
    return {key: waiting[key] for key in kept}
