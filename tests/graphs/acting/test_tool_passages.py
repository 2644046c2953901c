"""What tools gave, in the order in which an answer leans on it."""

from graphs.acting.tool_calls import ToolCall, ToolOutcome, refused
from graphs.acting.tool_passages import ours, tool_passages


def _gave(name: str) -> ToolOutcome:
    made = refused(ToolCall(call_id=name, name=name, arguments={}), "ok", "")
    made["text"] = f"{name} says so."
    return made


def test_what_was_called_for_comes_before_what_was_looked_up_beforehand() -> None:
    recalled, called, effect = _gave("recent_orders"), _gave("order_status"), _gave("refund_order")
    recalled["is_recalled"] = True
    effect["is_ours"] = True
    told = tool_passages([recalled, called, effect], for_model=True)
    assert [one["source"]["tool"] for one in told] == [
        "refund_order", "order_status", "recent_orders",
    ]  # fmt: skip
    assert ours([recalled, called, effect]) == 1
