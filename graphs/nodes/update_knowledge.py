"""Learn from what the operator said, and take it into the conversation."""

from typing import Any
from uuid import UUID

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langgraph.runtime import Runtime

from graphs.context import TurnContext
from graphs.ports import Desk, HandoffResolution, SpokenLine
from graphs.state import ConversationState, StateUpdate
from graphs.understanding import open_requests
from graphs.writing.operator_said import remembered

MAX_LINES = 10


async def update_knowledge(
    state: ConversationState, runtime: Runtime[TurnContext], *, desk: Desk
) -> StateUpdate:
    """Put in the state what was said meanwhile and how it was learnt, if it was.

    Runs again after a crash: what it asks the desk to keep is kept under the handoff's id.
    """
    handoff = state["handoff"]
    tenant_id = UUID(runtime.context.tenant_id)
    handoff_id = UUID(handoff["handoff_id"])
    resolution = await desk.resolution(tenant_id, handoff_id)
    learnt: dict[str, Any] = {}
    entry = worth_learning(resolution, handoff.get("open_intents") or [])
    is_operators = bool((resolution.entry or {}).get("question"))  # else it is the contact's words
    may_learn = runtime.context.learns or is_operators
    if entry is not None and may_learn and not runtime.context.apart:
        learnt = await desk.learn(tenant_id, handoff_id, entry["question"], entry["answer"])
    has_said = any(line.author == "operator" for line in resolution.lines)
    return {
        "messages": [_as_message(line) for line in resolution.lines[-MAX_LINES:]],
        "learnt": learnt,
        "handoff": handoff
        | {
            "said": has_said,
            "return_to_assistant": resolution.return_to_assistant,
            "entry_answer": (resolution.entry or {}).get("answer", ""),
        },
        "operator_said": remembered(
            state.get("operator_said") or [], handoff.get("open_intents") or [], resolution.lines
        ),
        "unsure": 0,
        "clarified": 0,
        "offered": [],
        "asked_back": {},
        "open_requests": open_requests.after_handoff(
            state, _last_words(resolution), has_answered=has_said
        ),
        "active_at": runtime.context.now or state.get("active_at", ""),
    }


def worth_learning(
    resolution: HandoffResolution, open_intents: list[dict[str, Any]]
) -> dict[str, str] | None:
    """Question and answer to keep, as the operator edited them or as they were said."""
    if not resolution.add_to_knowledge:
        return None
    edited = resolution.entry or {}
    question = edited.get("question") or " ".join(i["query"] for i in open_intents)
    answer = edited.get("answer") or _last_words(resolution)
    if not question.strip() or not answer.strip():
        return None
    return {"question": question.strip(), "answer": answer.strip()}


def _last_words(resolution: HandoffResolution) -> str:
    """The operator's last message: the reply they resolved the handoff with."""
    return next((x.text for x in reversed(resolution.lines) if x.author == "operator"), "")


def _as_message(line: SpokenLine) -> AnyMessage:
    if line.author == "operator":
        return AIMessage(line.text, id=line.message_id, name="operator")
    return HumanMessage(line.text, id=line.message_id)
