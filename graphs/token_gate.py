"""How much of a sentence under way may be shown word by word, so that nothing is ever taken back.

Shown is the longest beginning that is surely as it will stay: whole words, without marks, carried
by one passage so far, and with every fact in it found there. What may be a fact, or may still grow
into another one (20 → 20 %, 3 → 3 October, New → New York), waits until three more words have come.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphs import facts
from graphs.brand_words import corrected, corrections
from graphs.citations import full_text, language_of
from graphs.ports import Passage
from graphs.sentences import split_sentences
from graphs.terms import overlap, terms

MIN_TERMS = 2  # words with a meaning before anything of a sentence is shown
MIN_CARRIED = 0.6  # share of them that one passage holds; the whole sentence needs less
WAITING_WORDS = 3
_WAITING_SIGNS = 8  # where no blanks stand between words
_WORD = re.compile(r"\S+")
_SPACELESS = re.compile("[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")


@dataclass(frozen=True, slots=True)
class TokenGate:
    """The gate of one answer."""

    passages: list[Passage]
    language: str
    known: str = ""
    brand_words: Sequence[Mapping[str, Any]] = ()

    def sure(self, sentence: str) -> str:
        """The beginning that may be shown now, without white space at its end; may be empty."""
        whole = _whole_words(sentence)
        waits_from = _waiting_from(whole)
        beginning = whole[:waits_from].rstrip()
        if not beginning or len(split_sentences(whole)) > 1:
            return ""
        for passage in self.passages:
            held = self._carried(whole, waits_from, passage)
            if held:
                return self._corrected(whole, held)
        return ""

    def _corrected(self, whole: str, held: str) -> str:
        """With the brand's words put right; one that is not all there yet waits."""
        places = corrections(whole, self.brand_words)
        cut = next((c.start for c in places if c.start < len(held) < c.end), len(held))
        return corrected(held[:cut].rstrip(), self.brand_words)

    def _carried(self, whole: str, waits_from: int, passage: Passage) -> str:
        body = full_text(passage)
        found = facts.facts_of(whole, self.language)
        if any(fact.start < waits_from < fact.end for fact in found):
            waits_from = min(f.start for f in found if f.start < waits_from < f.end)
        beginning = whole[:waits_from].rstrip()
        bodies = [(body, language_of(body))]
        missing = facts.unheld(beginning, bodies, self.language, known=self.known)
        late = facts.unheld(whole, bodies, self.language, known=self.known)
        starts = [f.start for f in (*missing, *late) if f.start < len(beginning)]
        if starts:
            beginning = beginning[: min(starts)].rstrip()
        said = terms(beginning, self.language)
        if len(said) < MIN_TERMS or overlap(said, terms(body, self.language)) < MIN_CARRIED:
            return ""
        return beginning


def _whole_words(sentence: str) -> str:
    """Up to the last white space, or all of it where none stands between words; no marks."""
    text = sentence.partition("[")[0]
    if _SPACELESS.search(text):
        return text
    end = max((i for i, sign in enumerate(text) if sign.isspace()), default=0)
    return text[:end]


def _waiting_from(text: str) -> int:
    """Where the last words begin that may still change what they mean."""
    if _SPACELESS.search(text):
        return max(0, len(text) - _WAITING_SIGNS)
    words = list(_WORD.finditer(text))
    return words[-WAITING_WORDS].start() if len(words) >= WAITING_WORDS else 0
