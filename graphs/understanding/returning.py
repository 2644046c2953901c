"""A contact who comes back after a pause: what there is to go on with, and whether to ask."""

from datetime import datetime

from graphs.context import TurnContext
from graphs.state import ConversationState, Topic
from graphs.understanding import open_requests

PAUSE_MINUTES = 30
_GREETS = frozenset({"greeting", "how_are_you", "are_you_there"})


def has_paused(state: ConversationState, context: TurnContext) -> bool:
    """Whether the last turn lies further back than the assistant's pause."""
    before, now = state.get("active_at") or "", context.now
    if not before or not now:
        return False
    minutes = int(context.dialogue.get("pause_minutes") or PAUSE_MINUTES)
    passed = datetime.fromisoformat(now) - datetime.fromisoformat(before)
    return passed.total_seconds() >= minutes * 60


def worth_continuing(state: ConversationState) -> Topic | None:
    """The latest open request, or what we asked back or offered a person for; else nothing."""
    waiting = [one for one in open_requests.known(state) if one["status"] == "open"]
    if waiting:
        return Topic(text=waiting[-1]["text"], query=waiting[-1]["query"])
    pending = (state.get("decision") or {}).get("action") in ("clarify", "offer")
    topics = state.get("topics") or []
    return topics[-1] if pending and topics else None


def only_greets(kind: str) -> bool:
    """Whether small talk of this kind says that somebody is there, and nothing else."""
    return kind in _GREETS
