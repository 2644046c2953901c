"""What refunds and cancellations of orders share: the order, which must be the contact's own."""

from collections.abc import Callable, Mapping
from typing import Any

from tools.contract import ToolContext
from tools.effect_words import told
from tools.effects import Missing, Option, Refusal
from tools.shop_records import Order
from tools.words import day, state

MAX_OFFERED = 4
CLOSED = frozenset({"cancelled", "refunded", "returned"})
GONE = CLOSED | {"packed", "shipped", "delivered"}


def plain_state(order: Order) -> str:
    """An order's status, as it is compared."""
    return order.status.strip().lower().replace(" ", "_")


async def own_order(
    context: ToolContext, given: Mapping[str, Any], is_possible: Callable[[Order], bool]
) -> Order | Missing | Refusal:
    """The order that is meant; a question where several may be, a refusal where none is theirs."""
    language = context.language
    number = str(given.get("number") or "").strip()
    if number:
        order = await context.shop.orders.order(context.external_id, number)
        if order is None or order.owner != context.external_id:
            return Refusal(told("no_order", language, number=number[:60]))
        return order
    known = await context.shop.orders.orders(context.external_id, limit=20)
    mine = [o for o in known if o.owner == context.external_id and is_possible(o)][:MAX_OFFERED]
    if not mine:
        return Refusal(told("no_orders", language))
    options = [Option(_label(order, language), {"number": order.number}) for order in mine]
    return Missing("number", told("which_order", language), options)


def refused(key: str, order: Order, language: str) -> Refusal:
    """A refusal that says how the order stands."""
    return Refusal(told(key, language, number=order.number, status=state(order.status, language)))


def _label(order: Order, language: str) -> str:
    return f"{order.number} ({day(order.placed_at.date(), language)})"
