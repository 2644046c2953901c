"""Make one reply of all intents, and decide what happens next. No model has a say here."""

from dataclasses import dataclass
from typing import Any

from langgraph.runtime import Runtime

from graphs import dialogue
from graphs.citations import merged
from graphs.context import TurnContext
from graphs.history import recent_lines
from graphs.live import BETWEEN, Weaver
from graphs.phrases import phrase
from graphs.recoveries import clarification_helped, mended
from graphs.state import (
    ConversationState,
    Decision,
    Resolution,
    StateUpdate,
    resolutions_in_order,
)
from graphs.terms import terms
from tenants.ids import new_id

MAX_CLARIFIED = 2
MAX_UNSURE = 2
MAX_ASKED_CHARS = 120


@dataclass(frozen=True, slots=True)
class _Outcome:
    """The decision and the key of our own sentence that goes with it."""

    action: Any
    reason: str | None = None
    tail: str = ""


async def compose(state: ConversationState, runtime: Runtime[TurnContext]) -> StateUpdate:
    """Put reply, decision and, when a person takes over, the operator's folder in the state."""
    context = runtime.context
    resolutions = resolutions_in_order(state)
    outcome = _decide(state, context, resolutions)
    lead = state.get("lead") or {}
    said = _woven(resolutions, "" if lead.get("alone") else lead.get("text", ""))
    left_open = [r for r in resolutions if r["status"] == "unanswered"]
    has_answers = any(r["sentences"] for r in resolutions)
    tail = _tail(outcome, state, context, has_answers, left_open)
    sure = [r["confidence"] for r in resolutions]
    decision = Decision(
        action=outcome.action, reason=outcome.reason, confidence=min(sure) if sure else None
    )
    citations = [c for r in resolutions for c in r["citations"]]
    update: StateUpdate = {
        "decision": decision,
        "reply": {
            "turn_id": state["turn_id"],
            "message_id": str(new_id()),
            "text": lead["text"] if lead.get("alone") else _joined(said, tail),
            "citations": merged(citations),
        },
        "clarified": state.get("clarified", 0) + 1 if outcome.action == "clarify" else 0,
        "unsure": state.get("unsure", 0) + 1 if outcome.action in ("offer", "clarify") else 0,
        "recoveries": mended(state, resolutions),
        "clarification_helped": clarification_helped(state, resolutions),
        **dialogue.kept(state, resolutions, outcome.action),
    }
    if lead.get("buttons"):
        update["reply"]["buttons"] = lead["buttons"]
    if outcome.action == "hand_off":
        update["handoff"] = _folder(state, outcome, resolutions)
    runtime.stream_writer({"kind": "reply", "text": update["reply"]["text"]})
    return update


def _woven(resolutions: list[Resolution], lead: str) -> str:
    """The answers as they were shown, in the order of the intents, after the lead."""
    weaver = Weaver()
    first = weaver.join(0, lead) if lead else ""
    return first + "".join(weaver.join(r["index"], s) for r in resolutions for s in r["sentences"])


def _joined(said: str, tail: str) -> str:
    """Our own sentence after what was said; a lead ends with its own gap."""
    gap = "" if not said or not tail or said.endswith(BETWEEN) else BETWEEN
    return f"{said}{gap}{tail}"


def _decide(
    state: ConversationState, context: TurnContext, resolutions: list[Resolution]
) -> _Outcome:
    screened = state["screened"]
    if screened["wants_person"] or screened["accepts_offer"]:
        if context.hands_off:
            return _Outcome("hand_off", "contact_asked", "contact_asked")
        return _Outcome("deliver", "contact_asked", "no_people")
    if not resolutions:
        return _Outcome("deliver", None, screened["small_talk"] or "greeting")
    left_open = [r for r in resolutions if r["status"] == "unanswered"]
    if not left_open:
        return _if_unsure(context, resolutions)
    if screened["unsafe"]:
        return _Outcome("deliver", "unsafe_input", "unsafe")
    if _is_vague(resolutions) and state.get("clarified", 0) < MAX_CLARIFIED:
        return _Outcome("clarify", "low_confidence", "clarify")
    reason = left_open[0]["reason"] or "not_in_knowledge"
    if not context.hands_off:
        return _Outcome("deliver", reason, "not_known")
    if state.get("unsure", 0) >= MAX_UNSURE:
        return _Outcome("hand_off", "repeated_low_confidence", "hand_off")
    if context.offers_first:
        return _Outcome("offer", reason, "offer")
    return _Outcome("hand_off", reason, "hand_off")


def _if_unsure(context: TurnContext, resolutions: list[Resolution]) -> _Outcome:
    unsure = any(r["status"] == "unsure" for r in resolutions)
    if unsure and context.hands_off:
        return _Outcome("offer", "low_confidence", "offer_more")
    return _Outcome("deliver", "low_confidence" if unsure else None)


def _is_vague(resolutions: list[Resolution]) -> bool:
    """One thing asked in so few words that no search can know what is meant."""
    return len(resolutions) == 1 and len(set(terms(resolutions[0]["query"]))) <= 1


def _tail(
    outcome: _Outcome,
    state: ConversationState,
    context: TurnContext,
    has_answers: bool,
    left_open: list[Resolution],
) -> str:
    """Our own sentence at the end; it names what stays open when other things were answered."""
    if not outcome.tail:
        return ""
    key = outcome.tail
    asked = ""
    if has_answers and left_open and key in ("hand_off", "offer", "not_known"):
        key = f"{key}_part"
        asked = _named(left_open)
    name = str(context.persona.get("name") or "")
    return phrase(key, state["language"], name=name, brand=context.brand, asked=asked)


def _named(left_open: list[Resolution]) -> str:
    names = [r["text"].strip().rstrip("?.!;, ") for r in left_open]
    return "; ".join(n if len(n) <= MAX_ASKED_CHARS else n[:MAX_ASKED_CHARS] + "…" for n in names)


def _folder(
    state: ConversationState, outcome: _Outcome, resolutions: list[Resolution]
) -> dict[str, Any]:
    """Everything that the operator needs to take over."""
    left_open = [r for r in resolutions if r["status"] == "unanswered"]
    asked = [
        {"text": r["text"], "query": r["query"], "confidence": r["confidence"]} for r in left_open
    ]
    if not asked and not any(r["answer"] for r in resolutions):
        asked = [{"text": i["text"], "query": i["query"]} for i in state.get("intents") or []]
    if not asked:
        asked = [{"text": i["text"], "query": i["query"]} for i in dialogue.waiting(state)]
    if not asked:
        asked = [
            {"text": state["screened"]["text"][:500], "query": state["screened"]["text"][:500]}
        ]
    return {
        "reason": outcome.reason,
        "open_intents": asked,
        "answered": [
            {"text": r["text"], "answer": r["answer"]} for r in resolutions if r["answer"]
        ],
        "summary": state.get("summary", ""),
        "recent": recent_lines(state),
        "passages": [t for r in (left_open or resolutions) for t in r["passages"]][:8],
        "drafts": [r["draft"] for r in left_open if r["draft"]],
        "language": state["language"],
    }
