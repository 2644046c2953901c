"""Make the calls that one intent's answer waits for, beside each other, within the turn's time."""

import asyncio
from dataclasses import replace
from typing import cast

from langgraph.runtime import Runtime

from graphs.acting.recalling import RECALL_SECONDS, budget_of, within_budget
from graphs.acting.tool_calls import MAX_CALLS, ToolCall, ToolOutcome, Tools, refused
from graphs.asking.turn_clock import seconds_for_models
from graphs.context import TurnContext
from graphs.state import ResolveState, StateUpdate

ROUND_SECONDS = 20.0


async def call_tools(
    state: ResolveState, runtime: Runtime[TurnContext], *, tools: Tools
) -> StateUpdate:
    """Put what came of the calls in the state, in their order, after what came of earlier ones.

    None of them has an effect, so that a turn that is taken over may make them again.
    """
    calls = [cast(ToolCall, one) for one in state.get("tool_calls") or []][:MAX_CALLS]
    until = seconds_for_models(ROUND_SECONDS)
    context = replace(
        runtime.context, locale=state["language"]
    )  # what tools say is for the contact
    made = list(await asyncio.gather(*(_made(tools, context, one, until) for one in calls)))
    left = budget_of(state)
    for place, one in enumerate(calls):
        if one.get("recalled"):
            made[place], left = within_budget(made[place], left)
    before = state.get("tool_results") or []
    return {
        "tool_results": [*before, *made],
        "tool_calls": [],
        "tool_rounds": state.get("tool_rounds", 0) + 1,
    }


async def _made(tools: Tools, context: TurnContext, call: ToolCall, seconds: float) -> ToolOutcome:
    if call.get("recalled"):
        seconds = min(seconds, RECALL_SECONDS)
    try:
        async with asyncio.timeout(seconds):
            return await tools.call(context, call)
    except TimeoutError:
        return refused(call, "unavailable", "The turn has no time left for it.")
