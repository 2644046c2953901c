"""Whether the contact's invoices are paid."""

from datetime import date
from typing import Annotated

from pydantic import Field

from tools.contract import About, Arguments, Tool, ToolCitation, ToolContext, ToolResult
from tools.shop_records import Invoice
from tools.spoken import Spoken
from tools.words import day, joined, money, say, state

MAX_TOLD = 3


class InvoiceArguments(Arguments):
    """Which invoice; without a number the contact's last ones."""

    number: Annotated[str | None, Spoken("reference", "invoice")] = Field(
        default=None, min_length=1, max_length=60, description="The invoice's number, as on it."
    )


async def invoice_status(context: ToolContext, arguments: InvoiceArguments) -> ToolResult:
    """Invoices of the contact's own. Raises: ToolUnavailable."""
    invoices, language = context.shop.invoices, context.language
    if arguments.number is None:
        found = await invoices.invoices(context.external_id, limit=MAX_TOLD)
        missing = say("no_invoices", language)
    else:
        one = await invoices.invoice(context.external_id, arguments.number)
        found = [one] if one is not None else []
        missing = say("no_invoice", language, number=arguments.number)
    own = [one for one in found if one.owner == context.external_id][:MAX_TOLD]
    title = invoice_status_tool.title
    if not own:
        return ToolResult({"invoices": []}, missing, ToolCitation(title, missing), is_found=False)
    text = joined([_told(one, language) for one in own])
    shown = [one.model_dump(mode="json", exclude={"owner"}, exclude_none=True) for one in own]
    named = ", ".join(f"{one.number}: {one.status}" for one in own)
    return ToolResult(
        {"invoices": shown},
        text,
        ToolCitation(title, text),
        for_operator=f"invoices {named}",
        about=[About("invoice", one.number) for one in own],
    )


def _told(one: Invoice, language: str) -> str:
    due: date | None = one.due_on if one.paid_at is None else None
    return joined(
        [
            say(
                "invoice",
                language,
                number=one.number,
                day=day(one.issued_on, language),
                money=money(one.amount, one.currency),
                status=state(one.status, language),
            ),
            say("invoice_due", language, day=day(due, language)) if due else "",
            say("invoice_paid", language, day=day(one.paid_at.date(), language))
            if one.paid_at
            else "",
        ]
    )


invoice_status_tool = Tool(
    name="invoice_status",
    title="Invoices and payments",
    description=(
        "Looks up invoices of the customer who writes: amount, due day, whether and when it was "
        "paid. Without a number it gives the last ones."
    ),
    arguments=InvoiceArguments,
    call=invoice_status,
    identity="verified",
    port="invoices",
    cache_seconds=20,
    examples={
        "en": (
            "Is my invoice 1042 paid?",
            "Is my invoice paid?",
            "Has my last invoice been paid?",
            "Have you received my payment?",
            "Which invoices of mine are open?",
            "How much do I still owe you?",
            "When is my invoice 1042 due?",
            "Did my payment go through?",
        ),
        "de": (
            "Ist meine Rechnung 1042 bezahlt?",
            "Ist meine Rechnung bezahlt?",
            "Ist meine Zahlung eingegangen?",
            "Welche meiner Rechnungen sind offen?",
            "Wann ist meine Rechnung 1042 fällig?",
        ),
        "es": ("¿Está pagada mi factura 1042?", "¿Han recibido mi pago?"),
        "fr": ("Ma facture 1042 est-elle payée ?", "Avez-vous reçu mon paiement ?"),
    },
    unlike={
        "en": (
            "Which payment methods do you accept?",
            "Can I pay by invoice?",
            "How do I get a copy of my invoice?",
            "Can I pay in instalments?",
            "Where do I find my invoice number?",
            "My payment was declined",
            "How do I pay my invoice?",
            "When do I get my money back?",
        ),
        "de": (
            "Welche Zahlungsarten gibt es?",
            "Kann ich auf Rechnung zahlen?",
            "Wie bekomme ich eine Kopie meiner Rechnung?",
            "Wann bekomme ich mein Geld zurück?",
        ),
        "es": ("¿Qué formas de pago aceptan?", "¿Cómo pago mi factura?"),
        "fr": ("Quels moyens de paiement acceptez-vous ?", "Comment payer ma facture ?"),
    },
)
