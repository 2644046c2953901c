"""Passages on a tape: ids and figures are kept, their texts are read again when the turn is.

A passage whose text has changed or is gone cannot be given again: the turn is no longer recorded.
"""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from graphs.keeping.tape import digest
from graphs.ports import Passage
from tenants.errors import TurnNotRecorded

_FIGURES = ("version", "score", "cosine", "lexical", "source", "asks")
_GIVE_PASSAGES = ("knowledge.search", "knowledge.read", "knowledge.pieces")
_TEXTS: ContextVar[Mapping[str, Passage] | None] = ContextVar("taped_passages", default=None)


def without_texts(found: Sequence[Passage]) -> list[dict[str, Any]]:
    """What the tape keeps of passages."""
    return [
        {name: value for name, value in one.items() if name in _FIGURES}
        | {"passage_id": one["passage_id"], "document_id": one["document_id"]}
        | {"text": _of_text(one)}
        for one in found
    ]


def passage_ids(calls: Sequence[Mapping[str, Any]]) -> list[str]:
    """Every passage that a recorded turn was given."""
    return _named(calls, "passage_id")


def document_ids(calls: Sequence[Mapping[str, Any]]) -> list[str]:
    """The documents that they are of."""
    return _named(calls, "document_id")


def _named(calls: Sequence[Mapping[str, Any]], name: str) -> list[str]:
    given = [
        one[name]
        for call in calls
        if call["port"] in _GIVE_PASSAGES
        for one in call.get("gave") or []
    ]
    return list(dict.fromkeys(given))


@contextmanager
def texts_of(passages: Sequence[Passage]) -> Generator[None]:
    """What is given again inside has these texts."""
    token = _TEXTS.set({one["passage_id"]: one for one in passages})
    try:
        yield
    finally:
        _TEXTS.reset(token)


def given_again(kept: Sequence[Mapping[str, Any]]) -> list[Passage]:
    """The passages as they were found. Raises: TurnNotRecorded."""
    texts = _TEXTS.get() or {}
    found: list[Passage] = []
    for one in kept:
        text = texts.get(one["passage_id"])
        if text is None or _of_text(text) != one["text"]:
            raise TurnNotRecorded(f"the passage {one['passage_id']} is gone from the knowledge")
        again = text.copy()
        again.pop("asks", None)
        for name in _FIGURES:
            if name in one:
                again[name] = one[name]
        found.append(again)
    return found


def _of_text(passage: Passage) -> str:
    return digest({k: v for k, v in passage.items() if k not in _FIGURES})
