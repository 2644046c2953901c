"""Have the effect done: recorded before the call goes out, and after what came of it."""

from uuid import UUID

from langgraph.runtime import Runtime

from graphs.acting.action_state import ActionContext, ActionDesk, ActionState
from graphs.state import StateUpdate


async def act(
    state: ActionState, runtime: Runtime[ActionContext], *, desk: ActionDesk
) -> StateUpdate:
    """Put in the state what it came to. Raises: ToolUnavailable where it may be tried again."""
    context = runtime.context
    came_to = await desk.send(
        UUID(context.tenant_id), UUID(state["action_id"]), is_last=context.is_last
    )
    return {"came_to": came_to}
