"""What went wrong in a turn and was mended on the way, counted where it led to an answer."""

from collections.abc import Sequence

from graphs.state import ConversationState, Resolution
from graphs.writing.operator_said import is_operators
from tenants.transcripts.outcomes import known_recoveries


def mended(state: ConversationState, resolutions: Sequence[Resolution]) -> list[str]:
    """The turn's recoveries: what its nodes named, a question well asked back, a reminder heeded."""
    if not any(r["answer"] for r in resolutions):
        return []
    named = list(state.get("recoveries") or [])
    if clarification_helped(state, resolutions) and not state.get("did_you_mean"):
        named.append("clarifying")
    if state["screened"]["reminds"]:
        named.append("forgotten_request")
    if any(is_operators(c["passage_id"]) for r in resolutions for c in r["citations"]):
        named.append("operator_said")
    return known_recoveries(named)


def clarification_helped(
    state: ConversationState, resolutions: Sequence[Resolution]
) -> bool | None:
    """Whether the question that the last turn asked back was worth it; None where it asked none."""
    last = state.get("decision") or {}
    if last.get("action") != "clarify":
        return None
    return bool(resolutions) and all(r["status"] != "unanswered" for r in resolutions)
