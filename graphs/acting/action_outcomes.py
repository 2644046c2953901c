"""The turn that tells a contact what an action came to, in words of ours: never more than happened.

It runs no graph, so that it ends no handoff that the conversation waits in; what was said enters the
state, where the next turn's model reads it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import CheckpointTuple

from graphs.context import TurnContext
from graphs.deciding import promises
from graphs.deciding.handoff_folder import drafts
from graphs.live import LiveReply
from graphs.state import Reply
from graphs.support import Graph
from graphs.words.phrases import phrase
from tenants.ids import new_id
from tenants.outside.actions import Action
from tenants.running.turn_ends import OpenedHandoff, TurnEnd

_INTERRUPT = "__interrupt__"
_KEYS = {
    "denied": "action_denied",
    "expired": "action_expired",
    "unknown_outcome": "action_unknown",
    "done": "action_done",
}


@dataclass(frozen=True, slots=True)
class ActionOutcome:
    """An action as it stands when its outcome is told; `is_waiting`: an operator has the conversation."""

    action_id: str
    state: str
    tool: str
    what: str
    asked: str
    language: str
    note: str
    result: Mapping[str, Any]
    is_waiting: bool = False

    @classmethod
    def of(cls, action: Action, *, language: str = "", is_waiting: bool = False) -> "ActionOutcome":
        """The action's row, as the turn needs it."""
        details = action.details
        return cls(
            action_id=str(action.action_id),
            state=action.state,
            tool=action.tool,
            what=str(details.get("what") or details.get("title") or action.tool),
            asked=str(details.get("asked") or ""),
            language=str(details.get("language") or language or "en"),
            note=action.said,
            result=action.came_to,
            is_waiting=is_waiting,
        )


async def tell_outcome(
    graph: Graph,
    config: RunnableConfig,
    stored: CheckpointTuple | None,
    context: TurnContext,
    told: ActionOutcome | None,
    live: LiveReply,
    *,
    graph_version: str,
) -> TurnEnd:
    """The end of the turn; silent where the action is gone, or has not come to anything."""
    if told is None:
        return TurnEnd(status="completed", graph_version=graph_version)
    fails = told.state == "failed"
    hands_off = fails and context.hands_off and not told.is_waiting
    text = words(told, context, hands_off=hands_off)
    if not text:
        return TurnEnd(status="completed", graph_version=graph_version)
    message_id = _earlier(stored, context) or str(new_id())
    await _remember(graph, config, stored, context, message_id, text, language=told.language)
    live.finish(text)
    reply = {"message_id": message_id, "content": [{"type": "text", "text": text}]}
    if not hands_off:
        return TurnEnd(
            status="completed", reply=reply, decision="deliver",
            reason="tool_failed" if fails else None, graph_version=graph_version,
            language=told.language,
        )  # fmt: skip
    return TurnEnd(
        status="waiting_for_operator",
        reply=reply,
        handoff=OpenedHandoff(f"none:{new_id()}", "tool_failed", _folder(told, reply, text)),
        decision="hand_off",
        reason="tool_failed",
        graph_version=graph_version,
        language=told.language,
    )


def words(told: ActionOutcome, context: TurnContext, *, hands_off: bool) -> str:
    """What is said of it: what the tool says was done, or that nothing was, or that nobody knows."""
    language = told.language
    if told.state == "failed":
        key = "action_failed" if hands_off or told.is_waiting else "action_failed_alone"
        said = phrase(key, language, asked=told.what)
        absence = promises.absence(context, language) if hands_off else None
        said = f"{said} {absence.promise}" if absence is not None else said
    elif told.state in _KEYS:
        done = str(told.result.get("text") or "") if told.state == "done" else ""
        said = done or phrase(_KEYS[told.state], language, asked=told.what)
    else:
        return ""
    if told.note:
        said = f"{said} {phrase('action_note', language, asked=told.note)}"
    return said


def _earlier(stored: CheckpointTuple | None, context: TurnContext) -> str:
    """The message that this very turn put into the state before its process died."""
    values = stored.checkpoint["channel_values"] if stored is not None else {}
    reply = values.get("reply") or {}
    return str(reply["message_id"]) if reply.get("turn_id") == context.turn_id else ""


async def _remember(
    graph: Graph,
    config: RunnableConfig,
    stored: CheckpointTuple | None,
    context: TurnContext,
    message_id: str,
    text: str,
    *,
    language: str,
) -> None:
    """Put the words into the state, except where it waits: that interrupt must stay."""
    if stored is None or _waits(stored) or _earlier(stored, context):
        return
    values = {
        "messages": [AIMessage(text, id=message_id)],
        "turn_id": context.turn_id,
        "reply": Reply(turn_id=context.turn_id, message_id=message_id, text=text, citations=[]),
        "language": language,
    }
    await graph.aupdate_state(config, values, as_node="remember")


def _waits(stored: CheckpointTuple) -> bool:
    return any(channel == _INTERRUPT for _, channel, _ in stored.pending_writes or [])


def _folder(told: ActionOutcome, reply: dict[str, Any], text: str) -> dict[str, Any]:
    asked = told.asked or told.what
    why = str(told.result.get("refused") or told.result.get("unavailable") or "")
    return {
        "reason": "tool_failed",
        "priority": "normal",
        "open_intents": [{"text": asked, "query": asked}],
        "answered": [],
        "summary": f"{told.tool}: {told.what}: {why}"[:500],
        "recent": [{"author": "contact", "text": asked}, {"author": "assistant", "text": text}],
        "tried": [],
        "passages": [],
        "drafts": drafts((), told.language),
        "language": told.language,
        "action_id": told.action_id,
        "replied": {"message_id": reply["message_id"], "text": text},
    }
