"""What the contact ordered lately."""

from pydantic import Field

from tools.contract import About, Arguments, Tool, ToolCitation, ToolContext, ToolResult
from tools.words import day, say, state


class RecentOrdersArguments(Arguments):
    """How many, the newest first."""

    limit: int = Field(default=5, ge=1, le=20)


async def recent_orders(context: ToolContext, arguments: RecentOrdersArguments) -> ToolResult:
    """The contact's own last orders. Raises: ToolUnavailable."""
    found = await context.shop.orders.orders(context.external_id, limit=arguments.limit)
    own = [order for order in found if order.owner == context.external_id][: arguments.limit]
    language = context.language
    if not own:
        text = say("no_orders", language)
        citation = ToolCitation(recent_orders_tool.title, text)
        return ToolResult({"orders": []}, text, citation, is_found=False)
    told = [
        say(
            "orders_one",
            language,
            number=order.number,
            day=day(order.placed_at.date(), language),
            status=state(order.status, language),
        )
        for order in own
    ]
    text = say("orders", language, list=", ".join(told))
    shown = [
        order.model_dump(mode="json", exclude={"owner", "history"}, exclude_none=True)
        for order in own
    ]
    return ToolResult(
        {"orders": shown},
        text,
        ToolCitation(recent_orders_tool.title, text),
        for_operator=f"{len(own)} orders",
        about=[About("order", order.number) for order in own],
    )


recent_orders_tool = Tool(
    name="recent_orders",
    title="Recent orders",
    description="Lists the last orders of the customer who writes, each with its status.",
    arguments=RecentOrdersArguments,
    call=recent_orders,
    identity="verified",
    port="orders",
    cache_seconds=20,
    examples={
        "en": (
            "What did I order lately?",
            "Show me my last orders",
            "Which orders do I have?",
            "My order history",
            "List all my orders",
        ),
        "de": (
            "Was habe ich zuletzt bestellt?",
            "Zeigen Sie mir meine letzten Bestellungen",
            "Welche Bestellungen habe ich?",
        ),
        "es": ("¿Qué he pedido últimamente?", "Muéstreme mis últimos pedidos"),
        "fr": ("Qu'ai-je commandé récemment ?", "Montrez-moi mes dernières commandes"),
    },
    unlike={
        "en": (
            "How do I place an order?",
            "Can I change or cancel my order?",
            "How can I see my order history in the app?",
            "Can I add something to my order?",
        ),
        "de": ("Wie bestelle ich?", "Kann ich meine Bestellung ändern?"),
        "es": ("¿Cómo hago un pedido?", "¿Puedo cambiar mi pedido?"),
        "fr": ("Comment passer une commande ?", "Puis-je modifier ma commande ?"),
    },
)
