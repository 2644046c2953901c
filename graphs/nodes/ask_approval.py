"""Wait for a person's word: the only interrupt of an action, alone in its node."""

from typing import Literal

from langgraph.runtime import Runtime
from langgraph.types import interrupt
from typing_extensions import TypedDict

from graphs.acting.action_state import ActionContext, ActionState
from graphs.state import StateUpdate


class ApprovalValue(TypedDict):
    """What resumes an action: that it was decided. How, and the call itself, stand in its row."""

    decision: Literal["approved", "edited", "denied", "expired"]


async def ask_approval(state: ActionState, runtime: Runtime[ActionContext]) -> StateUpdate:
    """Put the decision in the state; until then the graph stands still here."""
    resumed: ApprovalValue = interrupt(state.get("asked") or {}, response_schema=ApprovalValue)
    return {"decision": resumed["decision"]}
