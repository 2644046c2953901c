"""Which questions ask for the same thing, so that a reviewer sees one suggestion with a count.

A question joins the group whose middle (the mean of its members' vectors) it is nearest to, counted
with the content words it shares with one of the group's wordings. Set by `python -m evals.grouping`
on sets whose questions are labelled by intent; the table stands in docs/knowledge-learning.md.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenants.finding.asking import plain_question
from tenants.finding.languages import detect, little_words
from tenants.finding.lexemes import question_terms
from tenants.finding.question_words import MODEL_LANGUAGES

SAME = 0.62  # cosine to the middle, with WORDS × the shared content words: from here on it joins
WORDS = 0.2
# In a language that the model was not trained on its cosine says little: the words must agree too.
FOREIGN_WORDS = 0.4
MAX_TEXT_CHARS = 500  # of a question; what is longer is compared by its beginning

_WORD = re.compile(r"\w+")
_WITHIN = re.compile(r"(?<=[^.!?¿¡\s] )[^\W\d_][\w'’-]+")  # words that do not begin a sentence
_CAPITAL_NOUNS = frozenset({"de"})  # every noun is written large there: a capital is no name

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Wording:
    """One way in which something was asked, as it is compared."""

    words: frozenset[str]
    names: frozenset[str]
    language: str


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that were found to be the same; `middle` has length 1."""

    middle: Vector
    wordings: Sequence[Wording]


def as_compared(text: str) -> str:
    """The question as it is embedded here: as the search would ask it, and of bounded length."""
    return plain_question(text[:MAX_TEXT_CHARS])


def wording(text: str) -> Wording:
    """The content words and the names of a question; no words where it is of little ones alone."""
    text = as_compared(text)
    language = detect(text)
    if set(_WORD.findall(text.casefold())) <= little_words(language):
        return Wording(frozenset(), frozenset(), language)
    words = frozenset(term.lexemes[0] for term in question_terms(text, [language]) if term.lexemes)
    return Wording(words, _names(text, language), language)


def asks_something(asked: Wording) -> bool:
    """Whether there is a word to group by at all."""
    return bool(asked.words)


def nearest(
    asked: Wording, vector: Vector, groups: Sequence[Group], *, model_id: str, same: float = SAME
) -> int | None:
    """The place of the group that the question belongs to, or None: it begins one of its own."""
    best, place = 0.0, None
    for n, group in enumerate(groups):
        likeness = _likeness(asked, vector, group, model_id)
        if likeness >= same and likeness > best:
            best, place = likeness, n
    return place


def moved(middle: Vector, members: int, vector: Vector) -> Vector:
    """The middle of a group of `members` after one more joined, of length 1 again."""
    total = middle.astype(np.float32) * members + vector
    return total / max(float(np.linalg.norm(total)), 1e-9)


def _likeness(asked: Wording, vector: Vector, group: Group, model_id: str) -> float:
    """How alike; 0 where both name somebody or something and never the same."""
    named = frozenset[str]().union(*(one.names for one in group.wordings))
    if asked.names and named and not asked.names & named:
        return 0.0
    shared = max((_share(asked.words, one.words) for one in group.wordings), default=0.0)
    spoken = MODEL_LANGUAGES.get(model_id)
    if spoken is not None and asked.language not in spoken and shared < FOREIGN_WORDS:
        return 0.0
    return float(vector @ group.middle) + WORDS * shared


def _share(some: frozenset[str], others: Iterable[str]) -> float:
    held = frozenset(others)
    return len(some & held) / len(some | held) if some or held else 0.0


def _names(text: str, language: str) -> frozenset[str]:
    """What is written large within a sentence: who asks about Norway does not ask about Iceland."""
    large = [word for word in _WITHIN.findall(text) if word[0].isupper()]
    if language in _CAPITAL_NOUNS or 2 * len(large) > len(text.split()):
        return frozenset()  # WHO SHOUTS or Writes Like A Title names nothing
    return frozenset(word.casefold() for word in large if not word.startswith(("I'", "I’")))
