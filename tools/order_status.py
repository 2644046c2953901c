"""Where one order of the contact's is: its status, when it comes, what it holds."""

from typing import Annotated, Any

from pydantic import Field

from tools.contract import About, Arguments, Tool, ToolCitation, ToolContext, ToolResult
from tools.shop_records import Order
from tools.spoken import Spoken
from tools.words import day, joined, money, say, state

MAX_ITEMS_TOLD = 5


class OrderArguments(Arguments):
    """Which order; without a number the contact's last one."""

    number: Annotated[str | None, Spoken("reference", "order")] = Field(
        default=None, min_length=1, max_length=60, description="The order's number, as on it."
    )


async def order_status(context: ToolContext, arguments: OrderArguments) -> ToolResult:
    """One order of the contact's own. Raises: ToolUnavailable."""
    if arguments.number is None:
        latest = await context.shop.orders.orders(context.external_id, limit=1)
        order = latest[0] if latest else None
    else:
        order = await context.shop.orders.order(context.external_id, arguments.number)
    if order is None or order.owner != context.external_id:
        return _none(arguments.number, context.language)
    text = _told(order, context.language)
    shown: dict[str, Any] = order.model_dump(mode="json", exclude={"owner"}, exclude_none=True)
    return ToolResult(
        value=shown,
        text=text,
        citation=ToolCitation(order_status_tool.title, text),
        for_operator=f"order {order.number}: {order.status}",
        about=[About("order", order.number)],
    )


def _none(number: str | None, language: str) -> ToolResult:
    text = (
        say("no_orders", language) if number is None else say("no_order", language, number=number)
    )
    citation = ToolCitation(order_status_tool.title, text)
    return ToolResult({"found": False}, text, citation, is_found=False)


def _told(order: Order, language: str) -> str:
    items = ", ".join(f"{item.quantity} × {item.name}" for item in order.items[:MAX_ITEMS_TOLD])
    total = order.total is not None and order.currency is not None
    return joined(
        [
            say(
                "order",
                language,
                number=order.number,
                day=day(order.placed_at.date(), language),
                status=state(order.status, language),
            ),
            say("order_expected", language, day=day(order.expected_on, language))
            if order.expected_on
            else "",
            say("order_tracking", language, carrier=order.carrier, tracking=order.tracking)
            if order.carrier and order.tracking
            else "",
            say("order_items", language, items=items) if items else "",
            say("order_total", language, money=money(order.total, order.currency))
            if total and order.total is not None and order.currency is not None
            else "",
        ]
    )


order_status_tool = Tool(
    name="order_status",
    title="Order status",
    description=(
        "Looks up one order of the customer who writes: status, history, expected day, carrier, "
        "items and total. Without a number it is their last order."
    ),
    arguments=OrderArguments,
    call=order_status,
    identity="verified",
    port="orders",
    cache_seconds=20,
    examples={
        "en": (
            "Where is my order 1042?",
            "Where is my order?",
            "What is the status of my order 1042?",
            "Has my order been shipped yet?",
            "When will my order 1042 arrive?",
            "When does my parcel come?",
            "Track order 1042",
            "I am still waiting for my package",
            "What did I pay for my order 1042?",
            "How much was my order 1042?",
            "What is in my order 1042?",
        ),
        "de": (
            "Wo ist meine Bestellung 1042?",
            "Wo bleibt mein Paket?",
            "Wie ist der Status meiner Bestellung 1042?",
            "Wann kommt meine Bestellung an?",
            "Wurde meine Bestellung schon verschickt?",
            "Was habe ich für meine Bestellung 1042 bezahlt?",
        ),
        "es": (
            "¿Dónde está mi pedido 1042?",
            "¿Cuándo llega mi pedido?",
            "¿Cuál es el estado de mi pedido 1042?",
            "¿Cuánto pagué por mi pedido 1042?",
        ),
        "fr": (
            "Où est ma commande 1042 ?",
            "Quand arrive ma commande ?",
            "Quel est le statut de ma commande 1042 ?",
            "Combien ai-je payé pour ma commande 1042 ?",
        ),
    },
    unlike={
        "en": (
            "How long does delivery take?",
            "What is your return policy?",
            "Can I return my order?",
            "How do I cancel my order?",
            "Can I change the address of my order?",
            "How can I track my order?",
            "How much does shipping cost?",
            "How do I place an order?",
            "Do you deliver to Norway?",
            "My order arrived damaged",
            "Where do I find my order number?",
            "I want my money back for my order",
            "I would like a refund for my order 1042",
            "How long is the warranty?",
        ),
        "de": (
            "Wie lange dauert die Lieferung?",
            "Kann ich meine Bestellung zurückgeben?",
            "Wie storniere ich meine Bestellung?",
            "Was kostet der Versand?",
            "Wo finde ich meine Bestellnummer?",
            "Wie kann ich meine Sendung verfolgen?",
        ),
        "es": (
            "¿Cuánto tarda el envío?",
            "¿Puedo devolver mi pedido?",
            "¿Cómo cancelo mi pedido?",
            "¿Cuánto cuesta el envío?",
        ),
        "fr": (
            "Combien de temps prend la livraison ?",
            "Puis-je retourner ma commande ?",
            "Comment annuler ma commande ?",
            "Combien coûte la livraison ?",
        ),
    },
)
