"""When a conversation counts as over once its contact falls silent after this turn."""

from collections.abc import Sequence

from graphs.context import TurnContext
from graphs.state import ConversationState, Resolution
from tenants.transcripts.outcomes import SOON_SECONDS, OutcomeSettings, Settling

_ENDINGS = ("thanks", "goodbye")


def settling(
    context: TurnContext,
    state: ConversationState,
    resolutions: Sequence[Resolution],
    *,
    waits: bool,
) -> Settling:
    """Soon after thanks or a goodbye, later where all was answered, latest where something is open.

    A conversation that waits for an operator is not settled.
    """
    if waits:
        return Settling()
    times = OutcomeSettings.model_validate(context.outcomes)
    answered = times.resolved_after_minutes * 60
    if context.kind == "resume":
        return Settling(answered)
    decision = state.get("decision") or {}
    screened = state.get("screened")
    if screened and screened["small_talk"] in _ENDINGS:
        return Settling(min(SOON_SECONDS, answered))
    is_open = any(r["status"] == "unanswered" for r in resolutions) or bool(
        decision.get("action") in ("clarify", "offer") or decision.get("reason")
    )
    return Settling(times.abandoned_after_minutes * 60 if is_open else answered)
