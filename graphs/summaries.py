"""What a step took in and gave out, short enough to keep with every turn."""

from typing import Any

from graphs.acting.tool_calls import summary

MAX_TEXT_CHARS = 300
MAX_ITEMS = 6
_TAKEN: dict[str, tuple[str, ...]] = {
    "screen": ("language",),
    "split": ("screened",),
    "retrieve": ("intent",),
    "answer": ("intent", "evidence", "context"),
    "call_tools": ("intent", "tool_rounds"),
    "score": ("intent", "evidence"),
    "compose": ("intents",),
    "deliver": ("decision",),
    "hand_off": ("decision",),
    "update_knowledge": ("handoff",),
    "remember": (),
}


def summary_of(node: str, state: dict[str, Any], update: dict[str, Any]) -> dict[str, Any]:
    """`in` and `out` of a step: texts clipped, passages by id, messages by number."""
    taken = {key: short(state[key]) for key in _TAKEN.get(node, ()) if key in state}
    return {"in": taken, "out": {key: _given(key, value) for key, value in update.items()}}


def _given(key: str, value: Any) -> Any:
    """What a node gave; of tools which were called and how that went, and nothing that they told."""
    if key == "tool_results":
        return summary(value)
    if key == "tool_calls":
        return [{"tool": c["name"], "arguments": sorted(c["arguments"])} for c in value]
    return short(value)


def short(value: Any, depth: int = 0) -> Any:
    """A value as a step shows it: clipped, and plain JSON."""
    if isinstance(value, str):
        return value if len(value) <= MAX_TEXT_CHARS else value[:MAX_TEXT_CHARS] + "…"
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict):
        if "passage_id" in value:
            return {k: value[k] for k in ("passage_id", "score", "cosine", "lexical") if k in value}
        if depth >= 3:
            return f"{len(value)} fields"
        return {str(k): short(v, depth + 1) for k, v in value.items()}
    if isinstance(value, list | tuple):
        if depth >= 3:
            return f"{len(value)} items"
        return [short(v, depth + 1) for v in value[:MAX_ITEMS]]
    return type(value).__name__
