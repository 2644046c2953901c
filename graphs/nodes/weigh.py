"""Decide how an action goes on: a person is asked, or it is done, or there is nothing more to do."""

from uuid import UUID

from langgraph.runtime import Runtime

from graphs.acting.action_state import ActionContext, ActionDesk, ActionState
from graphs.state import StateUpdate


async def weigh(
    state: ActionState, runtime: Runtime[ActionContext], *, desk: ActionDesk
) -> StateUpdate:
    """Put the way in the state, and what a person is asked."""
    weighed = await desk.weigh(UUID(runtime.context.tenant_id), UUID(state["action_id"]))
    return {"way": weighed.way, "asked": dict(weighed.asked) if weighed.asked else {}}
