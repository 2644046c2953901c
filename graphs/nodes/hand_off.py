"""Wait for an operator: the only interrupt of a conversation, alone in its node."""

from langgraph.runtime import Runtime
from langgraph.types import interrupt
from typing_extensions import TypedDict

from graphs.context import TurnContext
from graphs.state import ConversationState, StateUpdate


class ResumeValue(TypedDict):
    """What resumes a conversation: the handoff that an operator has resolved, nothing else."""

    handoff_id: str


async def hand_off(state: ConversationState, runtime: Runtime[TurnContext]) -> StateUpdate:
    """Put the resolved handoff's id in the state; until then the graph stands still here."""
    folder = state.get("handoff") or {}
    resumed: ResumeValue = interrupt(folder, response_schema=ResumeValue)
    return {"handoff": folder | {"handoff_id": resumed["handoff_id"]}}
