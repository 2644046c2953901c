"""That an AI answers: said once, at the beginning of a conversation, in words of the tenant's."""

from graphs.context import TurnContext
from graphs.state import ConversationState, Lead, StateUpdate
from graphs.understanding.dialogue import GAP

SHOWN_BY = frozenset({"widget"})  # the frame shows the line above every conversation
FALLBACK = "en"


def disclosed(state: ConversationState, context: TurnContext, found: StateUpdate) -> StateUpdate:
    """What was found of the message, with the line before all that is said first."""
    line = _line(state, context)
    if not line:
        return found
    lead = found.get("lead") or {}
    made = Lead(
        text=f"{line}{GAP}{lead.get('text', '')}",
        alone=bool(lead.get("alone")),
        buttons=list(lead.get("buttons") or []),
    )
    return found | {"lead": made, "disclosed": True}


def _line(state: ConversationState, context: TurnContext) -> str:
    """The line in the conversation's language; "" where it was said, or there is none to say."""
    texts = context.disclosure
    if not texts or state.get("disclosed") or context.channel in SHOWN_BY:
        return ""
    first = next(iter(texts.values()))
    return str(texts.get(state["language"]) or texts.get(FALLBACK) or first)
