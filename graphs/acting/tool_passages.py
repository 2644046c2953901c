"""What tools gave, as passages that an answer leans on: supported, cited and shown like any other."""

import json
from collections.abc import Sequence
from typing import Any, cast

from graphs.acting.tool_calls import ToolOutcome
from graphs.ports import Passage

PREFIX = "tool:"
MAX_VALUE_CHARS = 6_000
_GAVE = ("ok", "not_found")


def is_tools(passage_id: str) -> bool:
    """Whether a passage or a citation is what a tool gave."""
    return passage_id.startswith(PREFIX)


def gave(outcomes: Sequence[ToolOutcome]) -> list[ToolOutcome]:
    """Those that have something to tell, if only that there is no such thing."""
    return [one for one in outcomes if one["outcome"] in _GAVE and one["text"]]


def tool_passages(outcomes: Sequence[ToolOutcome], *, for_model: bool) -> list[Passage]:
    """One passage an outcome: its sentences, and for a model every field that it gave.

    Ours come first, and what was only looked up beforehand last.
    """
    told = sorted(
        gave(outcomes), key=lambda one: (not one.get("is_ours"), bool(one.get("is_recalled")))
    )
    return [_passage(one, for_model=for_model) for one in told]


def ours(outcomes: Sequence[ToolOutcome]) -> int:
    """How many passages, the first ones, are sentences of ours about effects."""
    return sum(bool(one.get("is_ours")) for one in gave(outcomes))


def problems(outcomes: Sequence[ToolOutcome]) -> list[str]:
    """What a model is told of the calls that gave nothing."""
    return [f"{one['name']}: {one['problem']}" for one in outcomes if one["problem"]]


def failure(outcomes: Sequence[ToolOutcome]) -> str | None:
    """Why calls gave nothing, by the closed list of reasons; None where one of them gave something.

    What was only looked up beforehand is missed by nobody.
    """
    outcomes = [one for one in outcomes if not one.get("is_recalled")]
    if not outcomes or gave(outcomes):
        return None
    kinds = {one["outcome"] for one in outcomes}
    if "identity_needed" in kinds:
        return "identity_needed"
    return "tool_failed" if "unavailable" in kinds else None


def _passage(one: ToolOutcome, *, for_model: bool) -> Passage:
    text = one["text"]
    if for_model and one["value"]:
        text = "\n".join([text, *_lines(one["value"])])[:MAX_VALUE_CHARS]
    made: dict[str, Any] = {
        "passage_id": f"{PREFIX}{one['call_id']}",
        "knowledge_base_id": "",
        "document_id": "",
        "version": 0,
        "title": one["title"],
        "question": None,
        "text": text,
        "path": "",
        "kind": "text",
        "score": 1.0,
        "cosine": 1.0,
        "lexical": 1.0,
        "source": {"kind": "tool", "tool": one["name"]},
    }
    return cast(Passage, made)


def _lines(value: Any, path: str = "") -> list[str]:
    """`field: value`, one a line, as deep as it goes."""
    if isinstance(value, dict):
        return [line for k, v in value.items() for line in _lines(v, f"{path} {k}".strip())]
    if isinstance(value, list):
        return [line for n, v in enumerate(value, 1) for line in _lines(v, f"{path} {n}".strip())]
    said = value if isinstance(value, str) else json.dumps(value)
    return [f"{path.replace('_', ' ')}: {said}"] if said not in ("", "null") else []
