"""Everything that an operator needs to take over, as the machine knows it."""

from collections.abc import Sequence
from typing import Any

from graphs.deciding import promises
from graphs.deciding.closing_words import Closing, named
from graphs.deciding.decisions import Outcome
from graphs.live import BETWEEN
from graphs.remembering.history import recent_lines
from graphs.state import ConversationState, Resolution
from graphs.understanding import dialogue
from graphs.words.phrases import phrase
from graphs.words.sentences import split_sentences

MAX_PASSAGES = 8
MAX_FALLBACK_CHARS = 500


def folder(
    state: ConversationState,
    outcome: Outcome,
    resolutions: Sequence[Resolution],
    closing: Closing,
) -> dict[str, Any]:
    """The handoff's content: what is open, what was tried, what could be said; plain data."""
    left_open = [r for r in resolutions if r["status"] == "unanswered"]
    looked_up = left_open or list(resolutions)
    made: dict[str, Any] = {
        "reason": outcome.reason,
        "rule": outcome.rule,
        "priority": "high" if outcome.urgent else "normal",
        "open_intents": _open_intents(state, resolutions, left_open),
        "answered": [
            {"text": r["text"], "answer": r["answer"]} for r in resolutions if r["answer"]
        ],
        "summary": state.get("summary", ""),
        "recent": recent_lines(state),
        "tried": [{"query": r["query"], "passages": r["passages"]} for r in looked_up],
        "passages": [t for r in looked_up for t in r["passages"]][:MAX_PASSAGES],
        "drafts": drafts(looked_up, state["language"]),
        "key_facts": list(state.get("key_facts") or []),
        "sentiment": state.get("sentiment") or "neutral",
        "language": state["language"],
    }
    if closing.absence is not None:
        made["promised"] = {
            "text": closing.absence.promise,
            "opens_at": closing.absence.opens_at or None,
        }
    if closing.wants_details:
        made["wants_details"] = promises.wanted_details(state["language"])
    if closing.details:
        made["contact_details"] = closing.details
    return made


def drafts(looked_up: Sequence[Resolution], language: str) -> list[str]:
    """Two different beginnings: the best supported words, and a shorter or merely kind one."""
    whole = BETWEEN.join(r["draft"] or r["answer"] for r in looked_up if r["draft"] or r["answer"])
    short = BETWEEN.join(
        split_sentences(said)[0] for r in looked_up if (said := r["draft"] or r["answer"])
    )
    asked = named(looked_up)
    kind = [phrase("draft_checking", language, asked=asked)] if asked else []
    more = (
        [phrase("draft_asking", language, asked=asked)] if asked else [phrase("clarify", language)]
    )
    found = list(dict.fromkeys(filter(None, [whole, short, *kind, *more])))
    return (found if len(found) > 1 else [*found, phrase("back", language)])[:2]


def _open_intents(
    state: ConversationState, resolutions: Sequence[Resolution], left_open: Sequence[Resolution]
) -> list[dict[str, Any]]:
    """The requests in the contact's words; what they wrote, where no request was made out."""
    asked: list[dict[str, Any]] = [
        {"text": r["text"], "query": r["query"], "confidence": r["confidence"]} for r in left_open
    ]
    if not asked and not any(r["answer"] for r in resolutions):
        asked = [{"text": i["text"], "query": i["query"]} for i in state.get("intents") or []]
    if not asked:
        asked = [{"text": i["text"], "query": i["query"]} for i in dialogue.waiting(state)]
    if not asked:
        text = state["screened"]["text"][:MAX_FALLBACK_CHARS]
        asked = [{"text": text, "query": text}]
    return asked
