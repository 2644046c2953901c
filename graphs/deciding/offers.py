"""A person is offered once for a topic: what was offered for, and whether it was declined."""

from graphs.state import ConversationState, Offered, Resolution
from graphs.understanding import moves
from graphs.words.terms import terms

MAX_OFFERED = 5
SAME_TOPIC = 0.6  # of the smaller topic's words


def after_reply(state: ConversationState) -> list[Offered]:
    """The offers so far, the last one marked where the contact declines it; none after a pause."""
    if state["screened"].get("paused"):
        return []
    offered = list(state.get("offered") or [])
    last = state.get("decision") or {}
    if offered and last.get("action") == "offer" and moves.declines(state["screened"]["text"]):
        offered[-1] = Offered(terms=offered[-1]["terms"], declined=True)
    return offered


def earlier(offered: list[Offered], left_open: list[Resolution]) -> Offered | None:
    """The offer that was made for the same topic, if one was."""
    asked = _topic(left_open)
    return next((one for one in offered[::-1] if _same(set(one["terms"]), asked)), None)


def added(offered: list[Offered], left_open: list[Resolution]) -> list[Offered]:
    """The offers with the one that is made now."""
    return [*offered, Offered(terms=sorted(_topic(left_open)), declined=False)][-MAX_OFFERED:]


def _topic(left_open: list[Resolution]) -> set[str]:
    return {term for r in left_open for term in terms(r["query"])}


def _same(one: set[str], other: set[str]) -> bool:
    least = min(len(one), len(other))
    return bool(least) and len(one & other) / least >= SAME_TOPIC
