"""Give back money for one order of the contact's own."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import Field

from tools.contract import Arguments, Tool, ToolCitation, ToolContext, ToolResult
from tools.effect_words import told, what
from tools.effects import MAX_REASON_CHARS, Effect, Missing, Prepared, Refusal, Weighed
from tools.errors import ArgumentRejected
from tools.order_effects import CLOSED, own_order, plain_state, refused
from tools.shop_records import Order
from tools.spoken import Spoken
from tools.words import money


class RefundArguments(Arguments):
    """Which order, and how much of what was paid; without an amount all of it."""

    number: Annotated[str, Spoken("reference", "order")] = Field(
        min_length=1, max_length=60, description="The order's number, as on it."
    )
    amount: Decimal | None = Field(
        default=None, gt=0, le=1_000_000, max_digits=12, decimal_places=2,
        description="How much; left out, the whole order.",
    )  # fmt: skip
    reason: str = Field(default="", max_length=MAX_REASON_CHARS, description="Why, in short.")


async def _prepare(context: ToolContext, given: Mapping[str, Any]) -> Weighed:
    """The refund of an order that is theirs, of no more than was paid. Raises: ToolUnavailable."""
    order = await own_order(context, given, lambda one: plain_state(one) not in CLOSED)
    if isinstance(order, Missing | Refusal):
        return order
    if plain_state(order) in CLOSED or order.total is None or order.currency is None:
        return refused("cannot_refund", order, context.language)
    amount = _amount(given, order.total)
    if amount is None or not 0 < amount <= order.total:
        most = money(order.total, order.currency)
        return Refusal(told("too_much", context.language, money=most, number=order.number))
    arguments = {
        "number": order.number,
        "amount": f"{amount:.2f}",
        "reason": str(given.get("reason") or "")[:MAX_REASON_CHARS],
    }
    shown = money(amount, order.currency)
    return Prepared(
        arguments,
        what("refund", context.language, money=shown, number=order.number),
        amount,
        order.currency,
    )


def _amount(given: Mapping[str, Any], total: Decimal) -> Decimal | None:
    said = given.get("amount")
    if said in (None, ""):
        return total.quantize(Decimal("0.01"))
    try:
        amount = Decimal(str(said)).quantize(Decimal("0.01"))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


async def refund_order(context: ToolContext, arguments: RefundArguments) -> ToolResult:
    """The refund, done once for its key. Raises: ArgumentRejected, ToolUnavailable."""
    order: Order | None = await context.shop.orders.order(context.external_id, arguments.number)
    if order is None or order.owner != context.external_id or order.currency is None:
        raise ArgumentRejected(told("no_order", context.language, number=arguments.number))
    amount = arguments.amount or order.total
    if amount is None:
        raise ArgumentRejected("the amount is not known")
    done = await context.shop.orders.refund(
        context.external_id,
        order.number,
        amount,
        order.currency,
        arguments.reason,
        idempotency_key=context.idempotency_key,
    )
    shown = money(amount, order.currency)
    text = told("refund_done", context.language, money=shown, number=order.number)
    return ToolResult(
        done.model_dump(mode="json", exclude_none=True),
        text,
        ToolCitation(refund_order_tool.title, text),
        for_operator=f"refund {done.reference} of {shown} for order {order.number}",
    )


refund_order_tool = Tool(
    name="refund_order",
    title="Refund",
    description=(
        "Gives the customer money back for one of their own orders, all of it or an amount. "
        "For a customer who asks for a refund, not for questions about how refunds work."
    ),
    arguments=RefundArguments,
    call=refund_order,
    port="orders",
    has_effect=True,
    approval="always",
    examples={
        "en": (
            "I want a refund for order 1042",
            "Please refund my order 1042",
            "Give me my money back for order 1042",
            "Can you refund 20 EUR of order 1042?",
        ),
        "de": (
            "Ich möchte mein Geld für die Bestellung 1042 zurück",
            "Bitte erstatten Sie mir die Bestellung 1042",
        ),
        "es": ("Quiero un reembolso del pedido 1042", "Devuélvame el dinero del pedido 1042"),
        "fr": (
            "Je veux être remboursé pour la commande 1042",
            "Remboursez-moi la commande 1042",
        ),
    },
    unlike={
        "en": (
            "How long does a refund take?",
            "What is your refund policy?",
            "Has my refund been paid?",
            "Where is my refund?",
            "When do I get my money back?",
        ),
        "de": ("Wie lange dauert eine Erstattung?", "Wo bleibt meine Erstattung?"),
        "es": ("¿Cuánto tarda un reembolso?", "¿Dónde está mi reembolso?"),
        "fr": ("Combien de temps prend un remboursement ?", "Où est mon remboursement ?"),
    },
)
refund_order_effect = Effect(
    refund_order_tool,
    _prepare,
    verbs={
        "en": "refund reimburs money",
        "de": "erstatt geld rückerstatt zurückerstatt",
        "es": "reembols devuelv devoluci dinero reintegr",
        "fr": "rembours argent",
    },
    nouns={
        "en": "refund order purchase money reimburs",
        "de": "erstatt rückerstatt bestell kauf geld auftrag",
        "es": "reembols pedido compra dinero",
        "fr": "rembours commande achat argent",
    },
)
