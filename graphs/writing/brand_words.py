"""The brand's words as the tenant writes them, put right in what is said."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphs.safety.cleaning import cleaned

_KEPT = re.compile(
    r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\S+\.\w{2,6}/\S*", re.IGNORECASE
)

_NO_LETTER_BEFORE, _NO_LETTER_AFTER = r"(?<![^\W_])", r"(?![^\W_])"


@dataclass(frozen=True, slots=True)
class Correction:
    """One place where another spelling stands."""

    start: int
    end: int
    write: str


def sayable(words: Sequence[Mapping[str, Any]], hosts: Collection[str]) -> list[Mapping[str, Any]]:
    """Those that cleaning leaves as they are: none that brings an address of a host not among these.

    They are put into what was cleaned already, so they must not need it.
    """
    return [one for one in words if cleaned(str(one["write"]), hosts) == str(one["write"])]


def corrected(text: str, words: Sequence[Mapping[str, Any]]) -> str:
    """The text with every other spelling replaced; links and addresses stay as they are."""
    for one in reversed(corrections(text, words)):
        text = f"{text[: one.start]}{one.write}{text[one.end :]}"
    return text


def corrections(text: str, words: Sequence[Mapping[str, Any]]) -> list[Correction]:
    """The places to put right, in order, none within another."""
    if not words:
        return []
    kept = [found.span() for found in _KEPT.finditer(text)]
    pattern, written = _compiled(
        tuple((str(one["write"]), tuple(map(str, one.get("instead_of") or ()))) for one in words)
    )
    return [
        Correction(*found.span(), right)
        for found in pattern.finditer(text)
        if (right := written[found[0].casefold()]) != found[0]
        and not any(start <= found.start() < end for start, end in kept)
    ]


@lru_cache(maxsize=256)
def _compiled(
    words: tuple[tuple[str, tuple[str, ...]], ...],
) -> tuple[re.Pattern[str], dict[str, str]]:
    """One pattern for all spellings, the longest first."""
    written: dict[str, str] = {}
    for write, others in words:
        for spelling in (write, *others):
            written.setdefault(spelling.casefold(), write)
    spellings = sorted(written, key=len, reverse=True)
    edges = [_edged(spelling) for spelling in spellings]
    return re.compile("|".join(edges), re.IGNORECASE), written


def _edged(spelling: str) -> str:
    """A spelling as a whole word, where it begins and ends with letters."""
    before = _NO_LETTER_BEFORE if spelling[0].isalnum() else ""
    after = _NO_LETTER_AFTER if spelling[-1].isalnum() else ""
    return f"{before}{re.escape(spelling)}{after}"
