"""Move one appointment of the contact's own to a time that is free."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from tools.appointment_effects import MAX_OFFERED, own_appointment, when
from tools.contract import Arguments, Tool, ToolCitation, ToolContext, ToolResult
from tools.effect_words import told, what
from tools.effects import Effect, Missing, Option, Prepared, Refusal, Weighed
from tools.errors import ArgumentRejected
from tools.spoken import Spoken


class MoveArguments(Arguments):
    """Which appointment, and to which free time."""

    appointment_id: Annotated[str, Spoken("reference", "appointment")] = Field(
        min_length=1, max_length=60, description="The appointment's id."
    )
    slot_id: str = Field(min_length=1, max_length=60, description="The free time's id.")


async def _prepare(context: ToolContext, given: Mapping[str, Any]) -> Weighed:
    """The move of an appointment that is theirs to a time that is free. Raises: ToolUnavailable."""
    mine = await own_appointment(context, given)
    if isinstance(mine, Missing | Refusal):
        return mine
    free = (await context.shop.appointments.slots("", limit=50))[:50]
    named = str(given.get("slot_id") or "").strip()
    if not free:
        return Refusal(told("no_slots", context.language))
    if not named:
        options = [
            Option(
                when(slot, context),
                {"appointment_id": mine.appointment_id, "slot_id": slot.slot_id},
            )
            for slot in free
        ]
        listed = "; ".join(option.label for option in options[:MAX_OFFERED])
        return Missing("slot_id", told("which_slot", context.language, list=listed), options)
    chosen = next((slot for slot in free if slot.slot_id == named), None)
    if chosen is None:
        return Refusal(told("no_slot", context.language))
    arguments = {"appointment_id": mine.appointment_id, "slot_id": chosen.slot_id}
    return Prepared(
        arguments,
        what("move", context.language, title=mine.title, moment=when(chosen, context)),
    )


async def move_appointment(context: ToolContext, arguments: MoveArguments) -> ToolResult:
    """The move, done once for its key. Raises: ArgumentRejected, ToolUnavailable."""
    if not context.external_id:
        raise ArgumentRejected(told("no_appointment", context.language))
    done = await context.shop.appointments.reschedule(
        context.external_id,
        arguments.appointment_id,
        arguments.slot_id,
        idempotency_key=context.idempotency_key,
    )
    text = told("move_done", context.language)
    return ToolResult(
        done.model_dump(mode="json", exclude_none=True),
        text,
        ToolCitation(move_appointment_tool.title, text),
        for_operator=f"{done.reference}: {arguments.appointment_id} to {arguments.slot_id}",
    )


move_appointment_tool = Tool(
    name="move_appointment",
    title="Move an appointment",
    description=(
        "Moves one of the customer's own appointments to another time that is free; look at the "
        "free times first."
    ),
    arguments=MoveArguments,
    call=move_appointment,
    port="appointments",
    has_effect=True,
    approval="never",
    examples={
        "en": (
            "Please move my appointment to another day",
            "I want to reschedule my appointment",
            "Can we move my appointment to Tuesday at 13:00?",
        ),
        "de": (
            "Ich möchte meinen Termin verschieben",
            "Bitte verlegen Sie meinen Termin auf Dienstag",
        ),
        "es": ("Quiero cambiar mi cita", "Mueva mi cita al martes, por favor"),
        "fr": ("Je veux déplacer mon rendez-vous", "Reportez mon rendez-vous à mardi"),
    },
    unlike={
        "en": (
            "When is my appointment?",
            "Which times are free?",
            "How do I reschedule an appointment?",
        ),
        "de": ("Wann ist mein Termin?", "Welche Termine sind frei?"),
        "es": ("¿Cuándo es mi cita?", "¿Qué huecos hay libres?"),
        "fr": ("Quand est mon rendez-vous ?", "Quels créneaux sont libres ?"),
    },
)
move_appointment_effect = Effect(
    move_appointment_tool,
    _prepare,
    verbs={
        "en": "move reschedul postpon chang shift",
        "de": "verschieb verleg änder umbuch",
        "es": "cambi mov muev mueva aplaz reprogram pospon",
        "fr": "déplac report chang décal",
    },
    nouns={
        "en": "appointment booking",
        "de": "termin",
        "es": "cita",
        "fr": "rendez rdv",
    },
)
