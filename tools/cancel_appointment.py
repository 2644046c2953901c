"""Cancel one appointment of the contact's own."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from tools.appointment_effects import own_appointment, when
from tools.contract import Arguments, Tool, ToolCitation, ToolContext, ToolResult
from tools.effect_words import told, what
from tools.effects import MAX_REASON_CHARS, Effect, Missing, Prepared, Refusal, Weighed
from tools.errors import ArgumentRejected
from tools.spoken import Spoken


class CancelAppointmentArguments(Arguments):
    """Which appointment; without an id the only one there is."""

    appointment_id: Annotated[str, Spoken("reference", "appointment")] = Field(
        min_length=1, max_length=60, description="The appointment's id."
    )
    reason: str = Field(default="", max_length=MAX_REASON_CHARS, description="Why, in short.")


async def _prepare(context: ToolContext, given: Mapping[str, Any]) -> Weighed:
    """The cancellation of an appointment that is theirs. Raises: ToolUnavailable."""
    mine = await own_appointment(context, given)
    if isinstance(mine, Missing | Refusal):
        return mine
    arguments = {
        "appointment_id": mine.appointment_id,
        "reason": str(given.get("reason") or "")[:MAX_REASON_CHARS],
    }
    named = what(
        "cancel_appointment", context.language, title=mine.title, moment=when(mine, context)
    )
    return Prepared(arguments, named)


async def cancel_appointment(
    context: ToolContext, arguments: CancelAppointmentArguments
) -> ToolResult:
    """The cancellation, done once for its key. Raises: ArgumentRejected, ToolUnavailable."""
    if not context.external_id:
        raise ArgumentRejected(told("no_appointment", context.language))
    done = await context.shop.appointments.cancel_appointment(
        context.external_id,
        arguments.appointment_id,
        arguments.reason,
        idempotency_key=context.idempotency_key,
    )
    text = told("cancel_appointment_done", context.language)
    return ToolResult(
        done.model_dump(mode="json", exclude_none=True),
        text,
        ToolCitation(cancel_appointment_tool.title, text),
        for_operator=f"cancellation {done.reference} of {arguments.appointment_id}",
    )


cancel_appointment_tool = Tool(
    name="cancel_appointment",
    title="Cancel an appointment",
    description="Cancels one of the customer's own appointments, when they want it cancelled.",
    arguments=CancelAppointmentArguments,
    call=cancel_appointment,
    port="appointments",
    has_effect=True,
    approval="never",
    examples={
        "en": (
            "Please cancel my appointment",
            "I want to cancel my appointment on Friday",
            "I can't come to my appointment, please cancel it",
        ),
        "de": ("Bitte sagen Sie meinen Termin ab", "Ich möchte meinen Termin absagen"),
        "es": ("Anule mi cita, por favor", "Quiero cancelar mi cita"),
        "fr": ("Annulez mon rendez-vous", "Je veux annuler mon rendez-vous"),
    },
    unlike={
        "en": (
            "How do I cancel an appointment?",
            "When is my appointment?",
            "What does it cost to cancel an appointment?",
        ),
        "de": ("Wie sage ich einen Termin ab?", "Wann ist mein Termin?"),
        "es": ("¿Cómo anulo una cita?", "¿Cuándo es mi cita?"),
        "fr": ("Comment annuler un rendez-vous ?", "Quand est mon rendez-vous ?"),
    },
)
cancel_appointment_effect = Effect(
    cancel_appointment_tool,
    _prepare,
    verbs={
        "en": "cancel",
        "de": "absag sag stornier",
        "es": "cancel anul",
        "fr": "annul",
    },
    nouns={
        "en": "appointment booking",
        "de": "termin",
        "es": "cita",
        "fr": "rendez rdv",
    },
)
