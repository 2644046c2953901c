"""Say how sure we are that one intent's answer is right and supported."""

from dataclasses import asdict, replace
from typing import Any, cast

from langgraph.runtime import Runtime

from graphs.acting.tool_calls import ToolOutcome, summary, viewed
from graphs.acting.tool_passages import failure
from graphs.calibration import Correction, corrected
from graphs.context import TurnContext
from graphs.deciding import confidence as sure
from graphs.deciding.clarifying import MAX_TRIED, topic_of
from graphs.labelling import labels
from graphs.ports import Passage
from graphs.state import Resolution, ResolveState, StateUpdate, Tried
from graphs.words.terms import overlap, terms

SURE_OF_TOOL = 0.95


async def score(state: ResolveState, runtime: Runtime[TurnContext]) -> StateUpdate:
    """Put the intent's resolution in the state; a draft that was not shown stays a draft."""
    intent, written = state["intent"], state["written"]
    passages: list[Passage] = state["passages"]
    features = _features(state)
    correction = Correction.of(runtime.context.calibration)
    label = state.get("label")
    sureness = corrected(sure.confidence(features), correction)
    sureness *= labels.trust(label, runtime.context)
    enough = runtime.context.threshold("answer", sure.ANSWER)
    if label and labels.is_reply(label):  # the tenant's own words: as sure as the label is
        sureness, enough = float(label["confidence"]), 0.0
    curated = None if labels.action_of(label)["type"] == "reply" else state.get("curated")
    if curated and written["shown"]:  # the tenant's own answer to this very question
        sureness, enough = curated["similarity"], 0.0
    if written.get("by_tool") and written["shown"]:  # as sure as what the tool says is carried over
        sureness, enough = SURE_OF_TOOL * float(written["supported"]), 0.0
    if not written["shown"]:
        status = "unanswered"
    else:
        is_whole = not written.get("incomplete")
        status = "answered" if sureness >= enough and is_whole else "unsure"
    resolution = Resolution(
        turn_id=state["turn_id"],
        index=intent["index"],
        text=intent["text"],
        query=intent["query"],
        status=status,
        answer=written["text"] if written["shown"] else "",
        sentences=written["sentences"] if written["shown"] else [],
        draft="" if written["shown"] else written["text"],
        confidence=round(sureness, 4),
        citations=written["citations"] if written["shown"] else [],
        passages=[
            Tried(
                passage_id=p["passage_id"],
                title=p["title"],
                score=round(p["score"], 4),
                topic=topic_of(p),
            )
            for p in passages[:MAX_TRIED]
        ],
        reason=labels.reason_of(label)
        or _failed(state, status)
        or _reason(status, sureness, written, is_closed=bool(state.get("is_closed"))),
        label=label,
        bound=state.get("bound"),
        withheld_sentences=written.get("withheld_count", 0),
        curated=bool(curated and written["shown"]),
        usage=written["usage"],
        features={name: round(value, 4) for name, value in asdict(features).items()},
    )
    if outcomes := _outcomes(state):
        resolution["tools"] = summary(outcomes)
        resolution["blocks"] = (
            [b for one in outcomes for b in one["blocks"]] if written["shown"] else []
        )
        if written["shown"]:
            resolution["viewed"] = viewed(outcomes)
            resolution["proposed"] = [o["proposal"] for o in outcomes if "proposal" in o]
            resolution["asks"] = next((o["asks"] for o in outcomes if "asks" in o), {})
    return {"resolutions": {str(intent["index"]): resolution}}


def _outcomes(state: ResolveState) -> list[ToolOutcome]:
    return [cast(ToolOutcome, one) for one in state.get("tool_results") or []]


def _failed(state: ResolveState, status: str) -> str | None:
    """Why tools gave nothing, where nothing else was said."""
    return failure(_outcomes(state)) if status == "unanswered" else None


def _features(state: ResolveState) -> sure.Features:
    written = state["written"]
    return replace(
        sure.Features.of(state["features"]),
        supported=float(written["supported"]),
        answer_coverage=overlap(terms(state["intent"]["query"]), terms(written["text"])),
        doubt=float(written["doubt"]),
    )


def _reason(
    status: str, sureness: float, written: dict[str, Any], *, is_closed: bool
) -> str | None:
    if status == "answered":
        return None
    if is_closed and status == "unanswered":
        return "identity_needed"
    if not written["text"] and any(u.get("stage") == "extractive" for u in written["usage"]):
        return "budget"
    if written["failures"] and not written["text"]:
        return "model_unavailable"
    if status == "unsure" or sureness >= sure.ANSWER:  # where a tenant asks for more
        return "low_confidence"
    return "not_in_knowledge"
