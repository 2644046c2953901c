"""Have the contact told what an action came to, by a turn of their conversation."""

from uuid import UUID

from langgraph.runtime import Runtime

from graphs.acting.action_state import ActionContext, ActionDesk, ActionState
from graphs.state import StateUpdate


async def settle(
    state: ActionState, runtime: Runtime[ActionContext], *, desk: ActionDesk
) -> StateUpdate:
    """Put the turn's id in the state; it is queued once, however often this runs."""
    turn_id = await desk.tell(UUID(runtime.context.tenant_id), UUID(state["action_id"]))
    return {"outcome_turn_id": turn_id}
