"""Cancel one order of the contact's own, as long as it has not left."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from tools.contract import Arguments, Tool, ToolCitation, ToolContext, ToolResult
from tools.effect_words import told, what
from tools.effects import MAX_REASON_CHARS, Effect, Missing, Prepared, Refusal, Weighed
from tools.errors import ArgumentRejected
from tools.order_effects import GONE, own_order, plain_state, refused
from tools.spoken import Spoken


class CancelOrderArguments(Arguments):
    """Which order."""

    number: Annotated[str, Spoken("reference", "order")] = Field(
        min_length=1, max_length=60, description="The order's number, as on it."
    )
    reason: str = Field(default="", max_length=MAX_REASON_CHARS, description="Why, in short.")


async def _prepare(context: ToolContext, given: Mapping[str, Any]) -> Weighed:
    """The cancellation of an order that is theirs and has not left. Raises: ToolUnavailable."""
    order = await own_order(context, given, lambda one: plain_state(one) not in GONE)
    if isinstance(order, Missing | Refusal):
        return order
    if plain_state(order) in GONE:
        return refused("cannot_cancel", order, context.language)
    arguments = {
        "number": order.number,
        "reason": str(given.get("reason") or "")[:MAX_REASON_CHARS],
    }
    named = what("cancel_order", context.language, number=order.number)
    return Prepared(arguments, named, order.total, order.currency)


async def cancel_order(context: ToolContext, arguments: CancelOrderArguments) -> ToolResult:
    """The cancellation, done once for its key. Raises: ArgumentRejected, ToolUnavailable."""
    order = await context.shop.orders.order(context.external_id, arguments.number)
    if order is None or order.owner != context.external_id:
        raise ArgumentRejected(told("no_order", context.language, number=arguments.number))
    done = await context.shop.orders.cancel_order(
        context.external_id,
        order.number,
        arguments.reason,
        idempotency_key=context.idempotency_key,
    )
    text = told("cancel_order_done", context.language, number=order.number)
    return ToolResult(
        done.model_dump(mode="json", exclude_none=True),
        text,
        ToolCitation(cancel_order_tool.title, text),
        for_operator=f"cancellation {done.reference} of order {order.number}",
    )


cancel_order_tool = Tool(
    name="cancel_order",
    title="Cancel an order",
    description=(
        "Cancels one of the customer's own orders that has not been shipped. For a customer who "
        "wants it cancelled, not for questions about how cancelling works."
    ),
    arguments=CancelOrderArguments,
    call=cancel_order,
    port="orders",
    has_effect=True,
    approval="always",
    examples={
        "en": (
            "Please cancel order 1042",
            "I want to cancel my order 1042",
            "Cancel my order, I ordered by mistake",
            "I no longer want order 1042, please cancel it",
        ),
        "de": (
            "Bitte stornieren Sie die Bestellung 1042",
            "Ich möchte meine Bestellung 1042 stornieren",
        ),
        "es": ("Cancele el pedido 1042, por favor", "Quiero cancelar mi pedido 1042"),
        "fr": ("Annulez la commande 1042", "Je veux annuler ma commande 1042"),
    },
    unlike={
        "en": (
            "How do I cancel an order?",
            "Until when can I cancel?",
            "Was my order cancelled?",
            "Why was my order cancelled?",
        ),
        "de": ("Wie storniere ich eine Bestellung?", "Bis wann kann ich stornieren?"),
        "es": ("¿Cómo cancelo un pedido?", "¿Hasta cuándo puedo cancelar?"),
        "fr": ("Comment annuler une commande ?", "Jusqu'à quand puis-je annuler ?"),
    },
)
cancel_order_effect = Effect(
    cancel_order_tool,
    _prepare,
    verbs={
        "en": "cancel",
        "de": "stornier annullier abbestell widerruf",
        "es": "cancel anul",
        "fr": "annul",
    },
    nouns={
        "en": "order purchase",
        "de": "bestell auftrag kauf",
        "es": "pedido compra orden",
        "fr": "commande achat",
    },
)
