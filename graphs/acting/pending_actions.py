"""What we have asked a contact before an action is proposed, and whether they have answered it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from graphs.acting.tool_calls import ToolCall
from graphs.state import ConversationState, Intent, Lead, StateUpdate
from graphs.understanding import moves
from graphs.understanding.spoken_references import references
from graphs.words.phrases import phrase

MAX_ANSWER_WORDS = 25
PLAIN = 5.0  # of an option's words: its day and its hour
_DIGITS = re.compile(r"\d+")
_WORDS = re.compile(r"\w+")
_TIME = re.compile(r"\b(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm|uhr|h)?\b", re.IGNORECASE)


def answered(state: ConversationState) -> StateUpdate | None:
    """The turn's one intent where the message answers what we asked; None where it does not."""
    pending = state.get("pending_action") or {}
    screened = state["screened"]
    if not pending or screened["unsafe"] or screened["wants_person"]:
        return None
    text = screened["text"]
    if pending.get("confirm") and moves.declines(text):
        left = Lead(text=phrase("action_left", state["language"]), alone=True, buttons=[])
        return {"intents": [], "lead": left}
    if filled(pending, text) is None:
        return None
    intent = Intent(index=0, text=text, query=str(pending.get("query") or text))
    return {"intents": [intent]}


def call_of(pending: Mapping[str, Any], text: str, index: int) -> ToolCall | None:
    """The call that an answer completes."""
    arguments = filled(pending, text) if pending else None
    if arguments is None:
        return None
    return ToolCall(
        call_id=f"{index}.0.0",
        name=str(pending["tool"]),
        arguments=arguments,
        asked=str(pending.get("query") or ""),
        sure=True,
    )


def filled(pending: Mapping[str, Any], text: str) -> dict[str, Any] | None:
    """The arguments with what the answer says; None where it says nothing of it."""
    known = dict(pending.get("arguments") or {})
    if pending.get("confirm"):
        return known if moves.agrees(text) else None
    if len(text.split()) > MAX_ANSWER_WORDS or "?" in text:
        return None
    options: Sequence[Mapping[str, Any]] = pending.get("options") or []
    picked = pick(options, text)
    if picked is not None:
        return known | picked
    name = str(pending.get("missing") or "")
    named = references(text) or _DIGITS.findall(text)
    if name == "number" and len(named) == 1:
        return known | {name: named[0]}
    if name == "text" and len(text.split()) > 2:
        return known | {name: text}
    if pending.get("kind") == "number" and len(numbers := _DIGITS.findall(text)) == 1:
        return known | {name: int(numbers[0][:15])}
    if pending.get("kind") == "text":
        return known | {name: (references(text) or [text.strip()])[0]}
    return None


def pick(
    options: Sequence[Mapping[str, Any]], text: str, *, at_least: float = 0
) -> dict[str, Any] | None:
    """What the one option sets that the words mean; None where it is none, or more than one."""
    ranked = sorted(
        ((_fits(str(o["label"]), text), n) for n, o in enumerate(options)), reverse=True
    )
    if not ranked or ranked[0][0] <= 0 or ranked[0][0] < at_least:
        return None
    if len(ranked) > 1 and ranked[1][0] == ranked[0][0]:
        return None
    return dict(options[ranked[0][1]]["arguments"])


def _fits(label: str, text: str) -> float:
    """How many of the words that tell options apart are said: numbers and times count double."""
    there = {w for w in _WORDS.findall(label.lower()) if len(w) > 2 or w.isdigit()}
    said = set(_WORDS.findall(text.lower())) | {_clock(m) for m in _TIME.finditer(text.lower())}
    clocks = {":".join(m) for m in re.findall(r"\b(\d{1,2}):(\d{2})\b", label)}
    shared = sum(2.0 if any(c.isdigit() for c in word) else 1.0 for word in there & said)
    return shared + 3.0 * len(clocks & said)


def _clock(found: re.Match[str]) -> str:
    hour, minute, half = int(found[1]), found[2] or "00", found[3] or ""
    if half == "pm" and hour < 12:
        hour += 12
    return f"{hour:02}:{minute}"
