"""Open a ticket in the company's own system."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from tools.contract import Arguments, Tool, ToolCitation, ToolContext, ToolResult
from tools.effect_words import told, what
from tools.effects import Effect, Missing, Prepared, Weighed

MAX_SUBJECT_CHARS = 120
MAX_TEXT_CHARS = 2_000
_MIN_WORDS = 6  # of a message that says what it is about


class TicketArguments(Arguments):
    """What it is about."""

    subject: str = Field(min_length=1, max_length=MAX_SUBJECT_CHARS, description="In a line.")
    text: str = Field(min_length=1, max_length=MAX_TEXT_CHARS, description="In their own words.")


async def _prepare(context: ToolContext, given: Mapping[str, Any]) -> Weighed:
    """A ticket with the contact's words."""
    text = " ".join(str(given.get("text") or "").split())[:MAX_TEXT_CHARS]
    subject = " ".join(str(given.get("subject") or text).split())[:MAX_SUBJECT_CHARS]
    if len(text.split()) < _MIN_WORDS:
        return Missing("text", told("what_about", context.language))
    named = what("ticket", context.language, subject=subject)
    return Prepared({"subject": subject, "text": text}, named)


async def open_ticket(context: ToolContext, arguments: TicketArguments) -> ToolResult:
    """The ticket, opened once for its key. Raises: ArgumentRejected, ToolUnavailable."""
    done = await context.shop.tickets.open_ticket(
        context.external_id,
        arguments.subject,
        arguments.text,
        idempotency_key=context.idempotency_key,
    )
    text = told("ticket_done", context.language, reference=done.reference)
    return ToolResult(
        done.model_dump(mode="json", exclude_none=True),
        text,
        ToolCitation(open_ticket_tool.title, text),
        for_operator=f"ticket {done.reference}",
    )


open_ticket_tool = Tool(
    name="open_ticket",
    title="Open a ticket",
    description="Opens a ticket in the company's own system, when the customer asks for one.",
    arguments=TicketArguments,
    call=open_ticket,
    port="tickets",
    has_effect=True,
    approval="never",
    examples={
        "en": (
            "Please open a ticket: my front light flickers",
            "I want to open a ticket about my broken bell",
            "Create a support ticket for me",
        ),
        "de": ("Bitte öffnen Sie ein Ticket: mein Licht flackert", "Legen Sie ein Ticket an"),
        "es": ("Abra una incidencia: mi luz parpadea", "Quiero abrir una incidencia"),
        "fr": ("Ouvrez un ticket : ma lampe clignote", "Je veux ouvrir un ticket"),
    },
    unlike={
        "en": ("What is the status of my ticket?", "How do I open a ticket?"),
        "de": ("Wie ist der Stand meines Tickets?",),
        "es": ("¿Cómo está mi incidencia?",),
        "fr": ("Où en est mon ticket ?",),
    },
)
open_ticket_effect = Effect(
    open_ticket_tool,
    _prepare,
    verbs={
        "en": "open creat fil rais",
        "de": "öffn eröffn anleg leg erstell",
        "es": "abr crea",
        "fr": "ouvr cré",
    },
    nouns={"en": "ticket", "de": "ticket", "es": "incidencia ticket", "fr": "ticket"},
)
