"""Words that an answer must hold: looked for in what was said, and added where they are missing."""

from collections.abc import Sequence
from typing import Any

from graphs.context import TurnContext
from graphs.live import BETWEEN
from graphs.state import Resolution
from graphs.writing.conditions import in_language


def completed(
    text: str, resolutions: Sequence[Resolution], language: str, context: TurnContext
) -> str:
    """The reply with every disclaimer that its answers need, each once, in the contact's language."""
    needed = {name for r in resolutions if r["sentences"] and r["citations"] for name in _names(r)}
    held = _plain(text)
    for one in context.answering.get("disclaimers") or []:
        words = in_language(one["text"], language, context)
        if one["name"] in needed and _plain(words) not in held:
            text = f"{text}{BETWEEN if text else ''}{words}"
            held = _plain(text)
    return text


def _names(resolution: Resolution) -> list[str]:
    bound: dict[str, Any] = dict(resolution.get("bound") or {})
    return list(bound.get("disclaimers") or [])


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
