"""What a run leaves behind, in the form that ends a turn."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from graphs.acting.tool_passages import is_tools
from graphs.context import TurnContext
from graphs.deciding.settling import settling
from graphs.labelling import labels
from graphs.live import LiveReply
from graphs.prompts import prompt_version
from graphs.remembering import memory
from graphs.remembering.history import recent_lines
from graphs.state import (
    ConversationState,
    Reply,
    Resolution,
    UsageEntry,
    resolutions_in_order,
)
from graphs.understanding import wishes
from graphs.writing.operator_said import is_operators
from tenants.ids import parse_id
from tenants.lessons.recorded_questions import AskedQuestion
from tenants.outside.actions import NewAction
from tenants.running.turn_ends import OpenedHandoff, TurnEnd
from tenants.running.turn_steps import Step
from tenants.running.usage import Usage, thrown_away
from tenants.transcripts.blocks import text_of

_MICRO = Decimal(1_000_000)


@dataclass
class RunRecord:
    """What is seen of a run while it goes on: steps, and the reply as it is shown."""

    graph_version: str
    trace_run_id: UUID | None
    live: LiveReply
    began: float
    steps: list[Step] = field(default_factory=list[Step])
    calls: list[UsageEntry] = field(default_factory=list[UsageEntry])

    def spent(self) -> list[Usage]:
        """What the run has cost so far, marked as thrown away."""
        return thrown_away(_usage(call) for call in self.calls)

    def hear(self, event: dict[str, Any]) -> bool:
        """Take one event; whether words are ready since then that may not be shown yet."""
        waited = self.live.waits
        self.take(event)
        return self.live.waits and not waited

    def take(self, event: dict[str, Any]) -> None:
        """One event that a node tells."""
        match event:
            case {"kind": "piece", "index": index, "text": text}:
                self.live.piece(index, text)
            case {"kind": "sentence", "index": index, "text": text, "source": source}:
                self.live.sentence(index, text, source, event.get("whole"))
            case {"kind": "answered", "index": index}:
                self.live.over(index)
            case {"kind": "reply", "text": text}:
                self.live.finish(text)
            case {"kind": "step", "node": node, "ms": ms, "in": taken, "out": given}:
                self._step(node, ms, taken, given)
            case _:
                pass  # a newer node's event: live frames are extras

    def _step(self, node: str, ms: float, taken: dict[str, Any], given: dict[str, Any]) -> None:
        if node == "split":
            self.live.expect(given.get("intents") or [])
        used = _used(node, given)
        self.steps.append(
            Step(
                step=len(self.steps) + 1,
                node=node,
                input=taken,
                output=given,
                duration_ms=round(ms, 3),
                started_ms=round((time.perf_counter() - self.began) * 1_000 - ms, 3),
                model_calls=[_call(u) for u in used],
                input_tokens=sum(u["input_tokens"] for u in used),
                output_tokens=sum(u["output_tokens"] for u in used),
                cost_usd=sum((u["cost_microusd"] for u in used), 0) / _MICRO,
            )
        )


def turn_end(
    context: TurnContext, state: ConversationState, interrupt_id: str | None, record: RunRecord
) -> TurnEnd:
    """The turn's end as the state tells it; the last of the reply goes out here."""
    resumed = context.kind == "resume"
    resolutions = [] if resumed else resolutions_in_order(state)
    reply = _reply_of(state, context.turn_id)
    text = reply["text"] if reply else ""
    content = _content(reply) if reply and text else []
    record.live.finish(text_of(content))
    decision = state.get("decision") or {}
    used = (
        []
        if resumed
        else [*(state.get("usage") or []), *(u for r in resolutions for u in r["usage"])]
    )
    handoff = state.get("handoff") or {}
    waits = interrupt_id is not None
    return TurnEnd(
        status="waiting_for_operator" if waits else "completed",
        reply={"message_id": reply["message_id"], "content": content} if reply and text else None,
        intents=_intents(state, resolutions, resumed=resumed, waits=waits),
        confidence=None if resumed else decision.get("confidence"),
        citations=[dict(c) for c in reply["citations"]] if reply else [],
        handoff=(
            OpenedHandoff(interrupt_id, str(handoff.get("reason")), handoff)
            if interrupt_id is not None
            else None
        ),
        contact_details=handoff.get("contact_details") or {} if waits else {},
        learnt=state.get("learnt") or None if resumed else None,
        facts=memory.told(state, context),
        actions=_actions(context, resolutions),
        decision="deliver" if resumed else decision.get("action"),
        reason=None if resumed else decision.get("reason"),
        usage=[_usage(u) for u in used],
        steps=record.steps,
        questions=_questions(context, state, resolutions),
        language=state.get("language"),
        sentiment=None if resumed else state.get("sentiment"),
        recoveries=[] if resumed else state.get("recoveries") or [],
        clarification_helped=None if resumed else state.get("clarification_helped"),
        rule=None if resumed else decision.get("rule"),
        settling=settling(context, state, resolutions, waits=waits),
        models=list(dict.fromkeys(u["model"] for u in used)),
        withheld_sentences=sum(r.get("withheld_sentences", 0) for r in resolutions),
        knowledge_hit=None
        if not resolutions
        else any(_is_knowledges(c) for r in resolutions for c in r["citations"]),
        **_figures(context, record),
    )


def _is_knowledges(citation: Mapping[str, Any]) -> bool:
    passage_id = citation["passage_id"]
    return not is_operators(passage_id) and not is_tools(passage_id)


def _actions(context: TurnContext, resolutions: list[Resolution]) -> list[NewAction]:
    """The effects that this turn has told the contact of."""
    if not context.acts:
        return []
    return [
        NewAction(
            action_id=UUID(one["action_id"]),
            call_id=one["call_id"],
            tool=one["tool"],
            arguments=one["arguments"],
            content={
                "title": one["title"],
                "what": one["what"],
                "asked": r["text"],
                "language": one["language"],
                "passages": [dict(p) for p in r["passages"]],
            },
            needs_approval=bool(one["why"]),
            why=one["why"],
            amount=Decimal(one["amount"]) if one["amount"] is not None else None,
            currency=one["currency"],
            approval_hours=one["approval_hours"],
        )
        for r in resolutions
        for one in r.get("proposed") or []
    ]


def silent_end(context: TurnContext, record: RunRecord) -> TurnEnd:
    """The end of a message's turn that found an operator in the conversation."""
    return TurnEnd(status="waiting_for_operator", **_figures(context, record))


def with_figures(end: TurnEnd, context: TurnContext, record: RunRecord) -> TurnEnd:
    """The end of a turn that ran no graph, with what it ran under and how long it took."""
    return replace(end, **_figures(context, record))


def _figures(context: TurnContext, record: RunRecord) -> dict[str, Any]:
    return {
        "feature_variants": dict(context.variants),
        "knowledge_versions": dict(context.knowledge),
        "assistant_revision": context.assistant_revision or None,
        "calibration_revision": context.calibration.get("revision"),
        "labels_revision": context.labels_revision or None,
        "graph_version": record.graph_version,
        "prompt_version": prompt_version(),
        "trace_run_id": record.trace_run_id,
        "first_token_ms": record.live.first_token_ms,
        "total_ms": round((time.perf_counter() - record.began) * 1_000),
    }


def _reply_of(state: ConversationState, turn_id: str) -> Reply | None:
    reply = state.get("reply")
    return reply if reply and reply["turn_id"] == turn_id else None


def _content(reply: Reply) -> list[dict[str, Any]]:
    """The reply's blocks: its words, with buttons where it has some, and cards below them."""
    block: dict[str, Any] = {"type": "text", "text": reply["text"]}
    if buttons := reply.get("buttons"):
        block |= {"type": "buttons", "buttons": [dict(button) for button in buttons]}
    return [block, *(dict(card) for card in reply.get("blocks") or [])]


def _intents(
    state: ConversationState, resolutions: list[Resolution], *, resumed: bool, waits: bool
) -> list[dict[str, Any]]:
    """The turn's intents as the client sees them."""
    if resumed:
        return []
    left = "handed_off" if waits else "open"
    if not resolutions and waits:
        asked = (state.get("handoff") or {}).get("open_intents") or []
        return [{"text": i["text"], "status": left, "confidence": None} for i in asked]
    return [
        {
            "text": r["text"],
            "status": left if r["status"] == "unanswered" else "answered",
            "confidence": r["confidence"],
        }
        | labels.shown(r.get("label"))
        | ({"curated": True} if r.get("curated") else {})
        for r in resolutions
    ]


def _questions(
    context: TurnContext, state: ConversationState, resolutions: list[Resolution]
) -> list[AskedQuestion]:
    """What is kept of a contact's message to learn from: neither attacks, nor reminders of what
    was asked before, nor the wish for a person.
    """
    screened = state.get("screened")
    is_asked = context.kind == "message" and context.learns
    if not is_asked or not screened or screened["unsafe"] or screened["reminds"]:
        return []
    history = _lines_before(state)
    return [
        AskedQuestion(
            text=r["text"],
            query=r["query"],
            status=r["status"],
            reason=r["reason"],
            confidence=r["confidence"],
            language=state["language"],
            history=history,
            features=r.get("features") or {},
        )
        for r in resolutions
        if not wishes.wants_person(r["text"]) and not r.get("tools")  # no knowledge answers those
    ]


def _lines_before(state: ConversationState) -> list[dict[str, str]]:
    """The lines that the turn's questions followed on, as its nodes saw them."""
    messages = list(state.get("messages") or [])
    while messages and messages[-1].type != "human":
        messages.pop()  # the reply of this turn
    return recent_lines(cast(ConversationState, {"messages": messages}))


def _call(used: UsageEntry) -> dict[str, Any]:
    """A model call as a step shows it."""
    names = ("model", "input_tokens", "output_tokens", "cached_tokens")
    return {name: used[name] for name in names}


def _used(node: str, given: dict[str, Any]) -> list[UsageEntry]:
    if node == "split":
        return given.get("usage") or []
    if node != "answer":
        return []
    written: dict[str, Any] = given.get("written") or {}
    used: list[UsageEntry] = written.get("usage") or []
    return used[int(written.get("earlier") or 0) :]  # without what its earlier rounds used


def _usage(entry: UsageEntry) -> Usage:
    return Usage(
        node=entry["node"],
        model=entry["model"],
        input_tokens=entry["input_tokens"],
        output_tokens=entry["output_tokens"],
        cached_tokens=entry["cached_tokens"],
        cost_usd=entry["cost_microusd"] / _MICRO,
        price_version=entry.get("price_version", ""),
        intent_index=entry.get("intent_index"),
        intent_label=entry.get("intent_label"),
        is_estimated=entry.get("is_estimated", False),
        stage=entry.get("stage", ""),
        call_id=parse_id(entry.get("call_id", "")),
    )
