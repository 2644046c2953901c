"""Every tool that is built in: the one list, read by the machine and by the assistants' editor."""

from tools.contract import Tool
from tools.effect_catalog import EFFECTS
from tools.find_product import find_product_tool
from tools.free_slots import free_slots_tool
from tools.invoice_status import invoice_status_tool
from tools.my_appointments import my_appointments_tool
from tools.my_profile import my_profile_tool
from tools.order_status import order_status_tool
from tools.recent_orders import recent_orders_tool
from tools.search_knowledge import search_knowledge_tool
from tools.stock_level import stock_level_tool

TOOLS: tuple[Tool, ...] = (
    search_knowledge_tool,
    find_product_tool,
    order_status_tool,
    recent_orders_tool,
    invoice_status_tool,
    stock_level_tool,
    my_appointments_tool,
    free_slots_tool,
    my_profile_tool,
    *(effect.tool for effect in EFFECTS),
)


def tool_named(name: str) -> Tool | None:
    """The tool of this name, if there is one."""
    return next((tool for tool in TOOLS if tool.name == name), None)
