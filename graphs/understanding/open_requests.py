"""What a contact asked and nobody has answered yet, kept across the turns of a conversation."""

from collections.abc import Sequence
from typing import Any

from graphs.state import ConversationState, OpenRequest, Resolution
from graphs.words.terms import overlap, terms

MAX_KEPT = 10
MAX_TEXT_CHARS = 500
MAX_SAID_CHARS = 300


def after(
    state: ConversationState, resolutions: Sequence[Resolution], action: str
) -> list[OpenRequest]:
    """The open requests once this turn has said what it says."""
    seen = {r["query"] for r in resolutions}
    kept = [one for one in known(state) if one["query"] not in seen]
    if action == "hand_off":
        kept = [_with(one, "with_operator") if one["status"] == "open" else one for one in kept]
    status = "with_operator" if action == "hand_off" else "open"
    added = [
        OpenRequest(
            text=r["text"][:MAX_TEXT_CHARS],
            query=r["query"][:MAX_TEXT_CHARS],
            turn_id=r["turn_id"],
            why=r["reason"] or "not_in_knowledge",
            status=status,
            said="",
        )
        for r in resolutions
        if r["status"] == "unanswered"
    ]
    return [*kept, *added][-MAX_KEPT:]


def after_handoff(state: ConversationState, said: str, *, has_answered: bool) -> list[OpenRequest]:
    """The open requests once an operator has ended the handoff that held them."""
    status = "answered_by_operator" if has_answered else "open"
    return [
        _with(one, status, said[:MAX_SAID_CHARS]) if one["status"] == "with_operator" else one
        for one in known(state)
    ]


def known(state: ConversationState) -> list[OpenRequest]:
    """All that are kept, oldest first."""
    return list(state.get("open_requests") or [])


def reminded_of(state: ConversationState, text: str) -> list[OpenRequest]:
    """What a reminder means: the open request that shares its words, else those of the latest turn."""
    waiting = [one for one in known(state) if one["status"] == "open"]
    if not waiting:
        return []
    said = terms(text, state["language"])
    near = [overlap(terms(one["query"], state["language"]), said) for one in waiting]
    if max(near) > 0:
        return [waiting[near.index(max(near))]]
    return [one for one in waiting if one["turn_id"] == waiting[-1]["turn_id"]]


def answered_meanwhile(state: ConversationState) -> OpenRequest | None:
    """The latest request that an operator has answered."""
    answered = [one for one in known(state) if one["status"] == "answered_by_operator"]
    return answered[-1] if answered else None


def without_pending(state: ConversationState) -> list[OpenRequest]:
    """What is left when the contact takes the latest request back."""
    waiting = [one for one in known(state) if one["status"] == "open"]
    last = waiting[-1]["turn_id"] if waiting else ""
    return [one for one in known(state) if one["status"] != "open" or one["turn_id"] != last]


def without_query(state: ConversationState, query: str) -> list[OpenRequest]:
    """What is left when the contact has put one of them right."""
    return [one for one in known(state) if one["query"] != query]


def closed(state: ConversationState) -> list[OpenRequest]:
    """What is left when the contact starts afresh."""
    return [one for one in known(state) if one["status"] != "open"]


def _with(one: OpenRequest, status: Any, said: str = "") -> OpenRequest:
    return {**one, "status": status, "said": said}
