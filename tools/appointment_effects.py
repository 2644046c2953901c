"""What moving and cancelling appointments share: the appointment, which must be the contact's own."""

from collections.abc import Mapping
from typing import Any

from tools.contract import ToolContext
from tools.effect_words import told
from tools.effects import Missing, Option, Refusal
from tools.shop_records import Appointment
from tools.words import moment

MAX_OFFERED = 6


async def own_appointment(
    context: ToolContext, given: Mapping[str, Any]
) -> Appointment | Missing | Refusal:
    """The appointment that is meant: the only one, or the named one. Raises: ToolUnavailable."""
    known = await context.shop.appointments.appointments(context.external_id, limit=20)
    mine = [one for one in known if one.owner == context.external_id]
    named = str(given.get("appointment_id") or "").strip()
    if named:
        mine = [one for one in mine if one.appointment_id.lower() == named.lower()]
    if not mine:
        return Refusal(told("no_appointment", context.language))
    if len(mine) == 1:
        return mine[0]
    options = [
        Option(f"{one.title}, {when(one, context)}", {"appointment_id": one.appointment_id})
        for one in mine[:MAX_OFFERED]
    ]
    return Missing("appointment_id", told("which_appointment", context.language), options)


def when(one: Any, context: ToolContext) -> str:
    """When an appointment or a free time begins, as it is said."""
    return moment(one.starts_at, context.language, context.time_zone)
