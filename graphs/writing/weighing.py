"""What each sentence of the passages, and each line of a record, weighs as an answer to a question.

By the share of the question's idf mass that it holds and by how much the search believes in its
passage.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from graphs.words.concepts import concepts, fields_in_english, told_by_amounts
from graphs.words.records import is_record
from graphs.words.sentences import split_sentences
from graphs.words.terms import terms
from graphs.words.weekdays import days_within
from tenants.finding.languages import detect
from tenants.finding.search import Passage

STRESS = 4.0  # what a word of the contact's own counts beside those that an earlier turn lends
NEAR = 0.6  # what a word counts that stands only in the title or the question beside the sentence
_DIGIT = re.compile(r"\d")
_WANTS_NUMBER = re.compile(
    r"\bhow (?:much|many|long|far|old|heavy|tall|big|high|fast|often)\b|\b(?:cost|price)s?\b"
    r"|\bwie (?:viele?|lange|weit|alt|schwer|groß|hoch|oft)\b|\bkosten?\b|\bkostet\b"
    r"|\bcuánt[oa]s?\b|\bprecio\b|\bcuestan?\b|\bcombien\b|\bprix\b|\bcoûtent?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence or a line at its place of a passage, by index, and what it weighs."""

    passage: int
    place: int
    text: str
    is_line: bool  # a `label: value` of a record, no sentence
    own: float  # share of the question's idf mass that only the unit itself holds, not its title
    share: float  # the whole share, with what stands only in the title or the question beside it
    weight: float


def wants_number(question: str) -> bool:
    """Whether only a number can answer: how much, how long, what price."""
    return _WANTS_NUMBER.search(question) is not None


def has_number(text: str) -> bool:
    """Whether a digit stands in a text."""
    return _DIGIT.search(text) is not None


def weigh(question: str, passages: Sequence[Passage], stressed: str = "") -> list[Unit]:
    """Every unit of the passages, in their order; `stressed` are words that count more."""
    language = detect(question)
    asked = concepts(terms(question, language), language)
    cut = [(i, j, u) for i, p in enumerate(passages) for j, u in enumerate(_units(p))]
    says = [
        concepts(terms(text, language), language)
        | told_by_amounts(text, language)
        | (fields_in_english(text, language) if is_line else set[str]())
        | days_within(text, language)
        for _, _, (text, is_line) in cut
    ]
    held = [asked & words for words in says]
    idf = _idf(asked, held)
    for term in concepts(terms(stressed, language), language).intersection(asked):
        idf[term] *= STRESS
    mass = sum(idf.values()) or 1.0
    around = [
        asked.intersection(
            concepts(terms(f"{p['title']} {p['question'] or ''}", language), language)
        )
        for p in passages
    ]
    prior = _priors(passages)
    counts = wants_number(question)
    units: list[Unit] = []
    for (i, j, (text, is_line)), found in zip(cut, held, strict=True):
        own = sum(idf[t] for t in found - around[i]) / mass
        says_which = False  # which thing is meant, and nothing of it
        if is_line:  # a field's name says what it is about; its value may mention anything
            named, _, told = text.partition(": ")
            label, value = (
                concepts(terms(part, language), language)
                | days_within(part, language)
                | fields_in_english(part, language)
                for part in (named, told)
            )
            says_which = bool(value) and value <= asked and not label & asked
            own += sum(idf[t] for t in (found & label) - around[i]) / mass
            if counts and found & label and not has_number(text):
                own, found = own / 2, found - label  # "price is: per dose" is no price
        share = sum(idf[t] for t in found) / mass
        share += NEAR * sum(idf[t] for t in around[i] - found) / mass
        # a follow-up keeps its subject, not its field: what it adds itself decides
        asked_for = share + own if stressed else share
        weight = prior[i] * (0.3 + asked_for)
        units.append(Unit(i, j, text, is_line, 0.0 if says_which else own, share, weight))
    return units


def _units(passage: Passage) -> list[tuple[str, bool]]:
    """The passage's sentences; of a record its short lines whole, and whether it is such a line."""
    if not is_record(passage):
        return [(sentence, False) for sentence in split_sentences(passage["text"])]
    units: list[tuple[str, bool]] = []
    for line in filter(None, map(str.strip, passage["text"].splitlines())):
        _, _, value = line.partition(": ")
        sentences = split_sentences(value)
        if len(sentences) > 1:
            units.extend((sentence, False) for sentence in sentences)
        else:
            units.append((line, True))
    return units


def _idf(asked: set[str], held: Sequence[set[str]]) -> dict[str, float]:
    n = len(held)
    found = {t: sum(t in own for own in held) for t in asked}
    return {t: math.log(1 + (n - df + 0.5) / (df + 0.5)) for t, df in found.items()}


def _priors(passages: Sequence[Passage]) -> list[float]:
    """How much the search believes in each passage, the first one 1."""
    top = max((p["score"] for p in passages), default=0.0)
    relative = [max(0.0, p["score"] / top) if top > 0 else 1.0 for p in passages]
    return [r / (1 + 0.12 * rank) for rank, r in enumerate(relative)]
