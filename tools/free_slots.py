"""The next free times for an appointment."""

from pydantic import Field

from tools.contract import Arguments, Tool, ToolCitation, ToolContext, ToolResult
from tools.words import moment, say


class SlotsArguments(Arguments):
    """For what, and how many."""

    title: str = Field(default="", max_length=120, description="What for; empty for anything.")
    limit: int = Field(default=4, ge=1, le=10)


async def free_slots(context: ToolContext, arguments: SlotsArguments) -> ToolResult:
    """Free times, the next one first. Raises: ToolUnavailable."""
    found = await context.shop.appointments.slots(arguments.title, limit=arguments.limit)
    title, language = free_slots_tool.title, context.language
    if not found:
        text = say("no_slots", language)
        return ToolResult({"slots": []}, text, ToolCitation(title, text), is_found=False)
    told = [
        say(
            "appointment_one",
            language,
            title=one.title,
            moment=moment(one.starts_at, language, context.time_zone),
        )
        for one in found[: arguments.limit]
    ]
    text = say("slots", language, list=", ".join(told))
    shown = [one.model_dump(mode="json") for one in found[: arguments.limit]]
    return ToolResult({"slots": shown}, text, ToolCitation(title, text))


free_slots_tool = Tool(
    name="free_slots",
    title="Free appointments",
    description="Lists the next free times for an appointment.",
    arguments=SlotsArguments,
    call=free_slots,
    identity="anonymous",
    port="appointments",
    cache_seconds=20,
    examples={
        "en": (
            "When is the next free appointment?",
            "Which appointments are free next week?",
            "Do you have a free slot?",
            "What times are available for an appointment?",
        ),
        "de": ("Wann ist der nächste freie Termin?", "Welche Termine sind noch frei?"),
        "es": ("¿Cuándo es la próxima cita libre?", "¿Qué citas quedan libres?"),
        "fr": ("Quel est le prochain rendez-vous libre ?", "Quels créneaux sont libres ?"),
    },
    unlike={
        "en": (
            "How do I book an appointment?",
            "Do I need an appointment?",
            "What are your opening hours?",
            "Is the first service free?",
            "Is the appointment free of charge?",
            "When is my appointment?",
            "How soon do I get an appointment?",
        ),
        "de": ("Wie buche ich einen Termin?", "Wann haben Sie geöffnet?", "Wann ist mein Termin?"),
        "es": ("¿Cómo reservo una cita?", "¿Cuál es su horario?", "¿Cuándo es mi cita?"),
        "fr": (
            "Comment prendre rendez-vous ?",
            "Quels sont vos horaires ?",
            "Quand est mon rendez-vous ?",
        ),
    },
)
