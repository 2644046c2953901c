"""Tools for tests of the machine: what they give is set, what they are asked is kept."""

from typing import Any

from graphs.acting.tool_calls import OfferedTool, Outcome, Question, ToolCall, ToolOutcome, refused
from graphs.context import TurnContext


class FakeTools:
    """One tool, `order_status`, that answers every question which names order 1042."""

    def __init__(
        self, outcome: Outcome = "ok", text: str = "Your order 1042 has the status: shipped."
    ) -> None:
        self.outcome: Outcome = outcome
        self.text = text
        self.value: dict[str, Any] = {"number": "1042", "status": "shipped"}
        self.blocks: list[dict[str, Any]] = []
        self.calls: list[ToolCall] = []
        self.asked: list[str] = []

    async def offered(self, context: TurnContext) -> list[OfferedTool]:
        schema = {"type": "object", "properties": {"number": {"type": "string"}}}
        return [
            OfferedTool(
                name="order_status",
                title="Order status",
                description="Looks up an order.",
                schema=schema,
                has_effect=False,
            )
        ]

    async def choose(self, context: TurnContext, question: Question) -> list[ToolCall]:
        self.asked.append(question.query)
        if "1042" not in question.query:
            return []
        call_id = f"{question.index}.0.0"
        return [ToolCall(call_id=call_id, name="order_status", arguments={"number": "1042"})]

    async def call(self, context: TurnContext, call: ToolCall) -> ToolOutcome:
        self.calls.append(call)
        plain = refused(call, self.outcome, f"{self.outcome}: say so", title="Order status")
        if self.outcome not in ("ok", "not_found"):
            return plain
        plain["text"], plain["value"], plain["quote"] = self.text, self.value, self.text
        plain["problem"], plain["blocks"] = "", self.blocks
        return plain
