"""Every built-in tool with an effect: the one list."""

from tools.cancel_appointment import cancel_appointment_effect
from tools.cancel_order import cancel_order_effect
from tools.contract import Tool
from tools.effects import Effect, plain_effect
from tools.move_appointment import move_appointment_effect
from tools.open_ticket import open_ticket_effect
from tools.own_tools import OwnTool
from tools.refund_order import refund_order_effect

EFFECTS: tuple[Effect, ...] = (
    refund_order_effect,
    cancel_order_effect,
    move_appointment_effect,
    cancel_appointment_effect,
    open_ticket_effect,
)


def effect_of(tool: Tool) -> Effect:
    """How a tool's calls are prepared; a tenant's own by its schema, and by what the tenant says of it."""
    if isinstance(tool, OwnTool):
        return tool.effect()
    return next((one for one in EFFECTS if one.tool.name == tool.name), plain_effect(tool))
