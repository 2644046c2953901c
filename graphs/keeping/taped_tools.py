"""The tools with a tape behind them: on the way out calls are kept, on a replay nothing is called."""

from typing import cast

from graphs.acting.tool_calls import OfferedTool, Question, ToolCall, ToolOutcome, Tools
from graphs.context import TurnContext
from graphs.keeping.tape import slot


class TapedTools:
    """`graphs.acting.tool_calls.Tools`."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    async def offered(self, context: TurnContext) -> list[OfferedTool]:
        """As the tools behind it; a recording keeps their names alone."""
        if not context.tools:
            return []
        place = slot("tools.offered", [str(one["name"]) for one in context.tools])
        if place.is_recorded:
            return [
                OfferedTool(name=name, title=name, description="", schema={}, has_effect=has_effect)
                for name, has_effect in place.gave
            ]
        found = await self._tools.offered(context)
        place.keep([[one["name"], one["has_effect"]] for one in found])
        return found

    async def choose(self, context: TurnContext, question: Question) -> list[ToolCall]:
        """As the tools behind it."""
        if not context.tools:
            return []
        asked = {"query": question.query, "language": question.language, "known": question.known}
        place = slot("tools.choose", asked)
        if place.is_recorded:
            return cast(list[ToolCall], place.gave)
        calls = await self._tools.choose(context, question)
        place.keep(calls)
        return calls

    async def call(self, context: TurnContext, call: ToolCall) -> ToolOutcome:
        """As the tools behind it. Calls of one round are told apart by their name and id."""
        place = slot(f"tools.call {call['call_id']}", dict(call))
        if place.is_recorded:
            return cast(ToolOutcome, place.gave)
        outcome = await self._tools.call(context, call)
        place.keep(outcome)
        return outcome
