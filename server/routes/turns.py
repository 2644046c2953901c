"""Turns: what one message came to, and how, step by step."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from server.access.auth import Caller, ConversationsDep, TalkDep
from server.admitting.intake import CheckedRoute
from server.resources import ResourcesDep
from server.routes.conversations import own_conversation
from server.shapes.explanation_schemas import ExplanationShown, Said
from server.shapes.schemas import Id, TurnShown
from server.watching import explained
from server.watching.then_and_now import then_and_now
from tenants.database.connection import TenantConnection, tenant_transaction
from tenants.errors import NotFound
from tenants.running import decision_figures, turn_steps, turns
from tenants.transcripts import conversations, messages

router = APIRouter(prefix="/v1/turns", tags=["turns"], route_class=CheckedRoute)


@router.get("/{turn_id}", operation_id="get_turn", responses={200: {"model": TurnShown}})
async def get_turn(turn_id: Id, caller: TalkDep, held: ResourcesDep) -> JSONResponse:
    """One turn: its answer once it has ended, else how it stands."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        turn = await _own_turn(conn, caller, turn_id)
    return JSONResponse(turn.answer or turn_shown(turn))


@router.get("/{turn_id}/steps", operation_id="list_turn_steps")
async def list_turn_steps(
    turn_id: Id, caller: ConversationsDep, held: ResourcesDep
) -> dict[str, Any]:
    """Every node that ran: what went in, what came out, how long it took, what it cost."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await _own_turn(conn, caller, turn_id)
        return {"data": await turn_steps.steps_of(conn, turn_id), "next_cursor": None}


@router.get("/{turn_id}/explanation", operation_id="explain_turn")
async def explain_turn(
    turn_id: Id, caller: ConversationsDep, held: ResourcesDep
) -> ExplanationShown:
    """Why the turn ended as it did, and what today's knowledge would make of its questions.

    Input, intents, passages with their scores, confidence and its parts, decision, tools, cost,
    versions. `then_and_now` asks again by the extractive machine: no provider is called.
    """
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        turn = await turns.get(conn, turn_id)
        conversation = await _conversation_of(conn, caller, turn)
        steps = await turn_steps.steps_of(conn, turn_id)
        figures = await decision_figures.of_turn(conn, turn_id)
        said = await messages.of_turn(conn, turn_id)
    asked = explained.questions(steps)
    read = [passage.passage_id for question in asked for passage in question.passages]
    compared = None
    if turn.ended_at is not None:
        compared = await then_and_now(held, caller.tenant_id, turn, conversation, read)
    return ExplanationShown(
        **_told(turn, figures, steps),
        input=[Said(message_id=one.message_id, text=one.text) for one in said],
        questions=asked,
        tool_calls=explained.tool_calls(steps),
        then_and_now=compared,
    )


def _told(turn: turns.Turn, figures: dict[str, Any], steps: list[dict[str, Any]]) -> dict[str, Any]:
    """What the turn's own row says."""
    answer = turn.answer or {}
    return {
        "turn_id": turn.turn_id,
        "conversation_id": turn.conversation_id,
        "status": turn.status,
        "kind": turn.kind,
        "answer": (answer.get("message") or {}).get("text"),
        "intents": answer.get("intents", []),
        "confidence": answer.get("confidence"),
        "citations": answer.get("citations", []),
        "handoff": answer.get("handoff"),
        **figures,
        "assistant_revision": turn.assistant_revision,
        "knowledge_versions": turn.knowledge_versions,
        "graph_version": turn.graph_version,
        "attempts": turn.attempts,
        "steps": steps,
    }


async def _own_turn(conn: TenantConnection, caller: Caller, turn_id: Id) -> turns.Turn:
    """A turn the caller may see. Raises: NotFound, in the same words for another contact's."""
    turn = await turns.get(conn, turn_id)
    await _conversation_of(conn, caller, turn)
    return turn


async def _conversation_of(
    conn: TenantConnection, caller: Caller, turn: turns.Turn
) -> conversations.Conversation:
    try:
        return await own_conversation(conn, caller, turn.conversation_id)
    except NotFound:
        raise NotFound("no such turn") from None


def turn_shown(turn: turns.Turn) -> dict[str, Any]:
    """A turn that has not ended, in the shape of one that has."""
    return {
        "turn_id": str(turn.turn_id),
        "conversation_id": str(turn.conversation_id),
        "status": turn.status,
        "message": None,
        "intents": [],
        "confidence": None,
        "citations": [],
        "handoff": None,
        "usage": {"input_tokens": 0, "output_tokens": 0, "cost_usd": "0.000000"},
    }
