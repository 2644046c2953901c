"""The contact's appointments that are still to come."""

from pydantic import Field

from tools.contract import About, Arguments, Tool, ToolCitation, ToolContext, ToolResult
from tools.words import moment, say


class AppointmentsArguments(Arguments):
    """How many, the next one first."""

    limit: int = Field(default=3, ge=1, le=10)


async def my_appointments(context: ToolContext, arguments: AppointmentsArguments) -> ToolResult:
    """The contact's own next appointments. Raises: ToolUnavailable."""
    found = await context.shop.appointments.appointments(context.external_id, limit=arguments.limit)
    own = [one for one in found if one.owner == context.external_id][: arguments.limit]
    title, language = my_appointments_tool.title, context.language
    if not own:
        text = say("no_appointments", language)
        return ToolResult({"appointments": []}, text, ToolCitation(title, text), is_found=False)
    told = [
        say(
            "appointment_one",
            language,
            title=one.title,
            moment=moment(one.starts_at, language, context.time_zone),
        )
        for one in own
    ]
    text = say("appointments", language, list=", ".join(told))
    shown = [one.model_dump(mode="json", exclude={"owner"}) for one in own]
    return ToolResult(
        {"appointments": shown},
        text,
        ToolCitation(title, text),
        for_operator=f"{len(own)} appointments",
        about=[About("appointment", one.appointment_id) for one in own],
    )


my_appointments_tool = Tool(
    name="my_appointments",
    title="Appointments",
    description="Lists the coming appointments of the customer who writes.",
    arguments=AppointmentsArguments,
    call=my_appointments,
    identity="verified",
    port="appointments",
    cache_seconds=20,
    examples={
        "en": (
            "When is my appointment?",
            "What time is my next appointment?",
            "Do I have an appointment booked?",
            "Which appointments do I have?",
        ),
        "de": ("Wann ist mein Termin?", "Habe ich einen Termin gebucht?"),
        "es": ("¿Cuándo es mi cita?", "¿Tengo una cita reservada?"),
        "fr": ("Quand est mon rendez-vous ?", "Ai-je un rendez-vous ?"),
    },
    unlike={
        "en": (
            "How do I book an appointment?",
            "Do I need an appointment?",
            "Can I cancel my appointment?",
            "Can I move my appointment?",
            "What should I bring to my appointment?",
            "How long does an appointment take?",
            "What happens if I miss my appointment?",
        ),
        "de": (
            "Wie buche ich einen Termin?",
            "Brauche ich einen Termin?",
            "Kann ich meinen Termin absagen?",
            "Was muss ich zum Termin mitbringen?",
        ),
        "es": ("¿Cómo reservo una cita?", "¿Puedo cancelar mi cita?"),
        "fr": ("Comment prendre rendez-vous ?", "Puis-je annuler mon rendez-vous ?"),
    },
)
