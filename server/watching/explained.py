"""A turn's steps read for its explanation: questions, passages, tool calls."""

from collections.abc import Iterator, Sequence
from typing import Any

from server.shapes.explanation_schemas import PassageRead, QuestionExplained, ToolCallShown

_MICRO = 1_000_000


def questions(steps: Sequence[dict[str, Any]]) -> list[QuestionExplained]:
    """What was looked up, in the order of the intents; each with what its last retrieval found."""
    found = {
        index: passages
        for index, passages in ((_index(one), one["output"].get("passages")) for one in steps)
        if passages is not None and index is not None
    }
    scored = dict(_scored(steps))
    return [
        QuestionExplained(
            index=index,
            text=str(one.get("text", "")),
            query=str(one.get("query", "")),
            status=one.get("status"),
            reason=one.get("reason"),
            label=_label(one.get("label")),
            curated=bool(one.get("curated")),
            confidence=one.get("confidence"),
            confidence_parts=one.get("features") or {},
            passages=_passages(found.get(index) or one.get("passages") or [], one),
        )
        for index, one in sorted(scored.items())
    ]


def tool_calls(steps: Sequence[dict[str, Any]]) -> list[ToolCallShown]:
    """Every call of a tool, in order, with how long it took and what it cost."""
    return [
        ToolCallShown(
            tool=str(one["tool"]),
            outcome=str(one["outcome"]),
            duration_ms=float(one.get("ms", 0)),
            cost_usd=f"{one.get('cost_microusd', 0) / _MICRO:.6f}",
            cached=bool(one.get("cached")),
            cause=str(one.get("cause") or ""),
        )
        for step in steps
        if step["node"] == "call_tools"
        for one in _listed(step["output"].get("tool_results"))
    ]


def _index(step: dict[str, Any]) -> int | None:
    if step["node"] != "retrieve":
        return None
    intent = step["input"].get("intent")
    return int(intent["index"]) if isinstance(intent, dict) and "index" in intent else None


def _scored(steps: Sequence[dict[str, Any]]) -> Iterator[tuple[int, dict[str, Any]]]:
    for step in steps:
        resolutions = step["output"].get("resolutions") if step["node"] == "score" else None
        if isinstance(resolutions, dict):
            for key, one in resolutions.items():
                if isinstance(one, dict):
                    yield int(key), one


def _passages(found: Any, resolution: dict[str, Any]) -> list[PassageRead]:
    cited = {
        one.get("passage_id")
        for one in _listed(resolution.get("citations"))
        if isinstance(one, dict)
    }
    return [
        PassageRead(cited=one.get("passage_id") in cited, **one)
        for one in _listed(found)
        if isinstance(one, dict) and "passage_id" in one
    ]


def _label(label: Any) -> str | None:
    name = label.get("name") if isinstance(label, dict) else label
    return str(name) if name else None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
