"""Let the reply leave, once: into the state, from where the turn's end publishes it."""

from typing import Any

from langchain_core.messages import AIMessage
from langgraph.runtime import Runtime

from graphs.context import TurnContext
from graphs.keeping.tape import fresh_id
from graphs.state import ConversationState, Reply, StateUpdate
from graphs.words.phrases import phrase


async def deliver(state: ConversationState, runtime: Runtime[TurnContext]) -> StateUpdate:
    """Put the reply among the messages under its transcript id.

    After a handoff the assistant speaks only where the operator has left something unsaid.
    """
    handoff = state.get("handoff") or {}
    if not handoff.get("handoff_id"):
        return _said(state["reply"])
    words = _still_open(handoff, state["language"])
    reply = Reply(turn_id=state["turn_id"], message_id=fresh_id(), text=words, citations=[])
    return _said(reply) | {"reply": reply}


def _said(reply: Reply) -> StateUpdate:
    if not reply["text"]:
        return {}
    return {"messages": [AIMessage(reply["text"], id=reply["message_id"])]}


def _still_open(handoff: dict[str, Any], language: str) -> str:
    if handoff.get("said") or not handoff.get("return_to_assistant"):
        return ""
    return handoff.get("entry_answer") or phrase("back", language)
