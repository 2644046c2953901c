"""Make one reply of all intents, and decide what happens next. No model has a say here."""

from dataclasses import replace

from langgraph.runtime import Runtime

from graphs.acting.tool_cards import cards
from graphs.context import TurnContext
from graphs.deciding.clarifying import as_buttons, asked_back
from graphs.deciding.closing_words import closing
from graphs.deciding.decisions import decide, unsure_turns
from graphs.deciding.handoff_folder import folder
from graphs.deciding.recoveries import clarification_helped, mended
from graphs.keeping.tape import fresh_id
from graphs.live import BETWEEN, Weaver
from graphs.safety.cleaning import cleaned
from graphs.state import (
    ConversationState,
    Decision,
    LeadButton,
    Reply,
    Resolution,
    StateUpdate,
    resolutions_in_order,
)
from graphs.understanding import dialogue
from graphs.writing import disclaimers
from graphs.writing.citations import merged
from graphs.writing.repeats import told_once


async def compose(state: ConversationState, runtime: Runtime[TurnContext]) -> StateUpdate:
    """Put reply, decision and, when a person takes over, the operator's folder in the state."""
    context = runtime.context
    resolutions = told_once(resolutions_in_order(state), state["language"])
    outcome = decide(state, context, resolutions)
    lead = state.get("lead") or {}
    said = _woven(resolutions, "" if lead.get("alone") else lead.get("text", ""))
    left_open = [r for r in resolutions if r["status"] == "unanswered"]
    has_answers = any(r["sentences"] for r in resolutions)
    last = closing(outcome, state, context, has_answers=has_answers, left_open=left_open)
    last = replace(last, text=cleaned(last.text, context.allowed_hosts))
    sure = [r["confidence"] for r in resolutions]
    decision = Decision(
        action=outcome.action,
        reason=outcome.reason,
        confidence=min(sure) if sure else None,
    )
    if outcome.rule is not None:
        decision["rule"], decision["priority"] = outcome.rule, outcome.urgent
    reply = Reply(
        turn_id=state["turn_id"],
        message_id=fresh_id(),
        text=lead["text"]
        if lead.get("alone")
        else disclaimers.completed(
            _joined(said, last.text), resolutions, state["language"], context
        ),
        citations=merged([c for r in resolutions for c in r["citations"]]),
    )
    clarifies = outcome.action == "clarify"
    doubt = dialogue.did_you_mean(state) if outcome.tail == "did_you_mean" else None
    meant = dialogue.meant_buttons(state["language"]) if doubt else []
    if buttons := lead.get("buttons") or meant or as_buttons(outcome.choices):
        reply["buttons"] = [
            LeadButton(action_id=b["action_id"], label=cleaned(b["label"], context.allowed_hosts))
            for b in buttons
        ]
    if below := [b for r in resolutions for b in r.get("blocks") or []]:
        reply["blocks"] = cards(below, context.allowed_hosts)
    update: StateUpdate = {
        "decision": decision,
        "reply": reply,
        "resolutions": {str(r["index"]): r for r in resolutions},
        "clarified": state.get("clarified", 0) + 1 if clarifies else 0,
        "unsure": unsure_turns(state, resolutions),
        "offered": outcome.offered,
        "asked_back": asked_back(left_open[0], outcome.choices) if clarifies and not doubt else {},
        "did_you_mean": doubt or {},
        "pending_action": next((a for r in resolutions if (a := r.get("asks"))), {}),
        "recoveries": mended(state, resolutions),
        "clarification_helped": clarification_helped(state, resolutions),
        **dialogue.kept(state, resolutions, outcome.action),
    }
    if outcome.action == "hand_off":
        update["handoff"] = folder(state, outcome, resolutions, last)
    runtime.stream_writer({"kind": "reply", "text": reply["text"]})
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
