"""How much of a sentence under way may be shown word by word, so that nothing is ever taken back.

Shown is the longest beginning that is surely as it will stay: whole words, without marks, carried
by one passage so far, and with every fact in it found there. What may be a fact, or may still grow
into another one (20 → 20 %, 3 → 3 October, New → New York), waits until three more words have come.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphs.ports import Passage
from graphs.words import facts
from graphs.words.sentences import split_sentences
from graphs.words.terms import overlap, terms
from graphs.writing.brand_words import corrected, corrections
from graphs.writing.citations import full_text, language_of
from tenants.keeping.kept_texts import forgettable

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
        if not self._speaks_of(whole[:waits_from], body):
            return ""
        found = facts.facts_of(whole, self.language)
        crossing = [f.start for f in found if f.start < waits_from < f.end]
        beginning = whole[: min(crossing, default=waits_from)].rstrip()
        held = facts.held_by(body, language_of(body))
        unproven = [f.start for f in found if not facts.states(held, f, self.known)]
        cut = facts.facts_of(beginning, self.language)
        unproven += [f.start for f in cut if not facts.states(held, f, self.known)]
        beginning = beginning[: min(unproven, default=len(beginning))].rstrip()
        return beginning if self._speaks_of(beginning, body) else ""

    def _speaks_of(self, beginning: str, body: str) -> bool:
        said = terms(beginning, self.language)
        return len(said) >= MIN_TERMS and overlap(said, _terms(body, self.language)) >= MIN_CARRIED


@forgettable
@lru_cache(maxsize=1_024)
def _terms(body: str, language: str) -> frozenset[str]:
    return frozenset(terms(body, language))


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
