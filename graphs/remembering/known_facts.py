"""Facts that contacts told of themselves: asked back for, and put into what is searched.

Works on words alone, in six languages; a fact proves nothing about who somebody is.
"""

from collections.abc import Sequence
from typing import TypedDict

from graphs.remembering.fact_phrases import kind_phrases, kinds_at, phrases_of, words_of
from graphs.remembering.fact_words import (
    ASKS_BACK,
    NUMBER_WORDS,
    NUMBERED,
    RECALLS,
    SEARCHED,
    SEVERAL,
    THINGS,
    WHERE,
)
from graphs.words.folding import spans

MAX_PER_KIND = 3  # of what one may have several of
_WORDS_BETWEEN = 3


class Fact(TypedDict):
    """One thing a contact told: in which turn, and the words that say so."""

    fact_id: str  # empty until it is stored
    kind: str
    value: str
    quote: str
    turn_id: str


def asked_back(text: str, facts: Sequence[Fact], language: str) -> list[Fact]:
    """The facts that a question wants to hear again, and nothing else; empty where it asks more."""
    words = spans(text)
    plain = [word.plain for word in words]
    kinds = [
        kind
        for kind, place, length in kinds_at(plain, language)
        if _names_the_fact(kind, plain[place : place + length], plain)
    ]
    mine = set(phrases_of("mine", language).over(plain)) - {""}
    if not plain or not facts or not (mine or _first_person(plain, language)):
        return []
    if not kinds:
        kinds = _told_kinds(plain, language)
    asks = text.rstrip().endswith(("?", "？")) or plain[0] in _asking(language)
    if not kinds or not asks or any(w not in _asking(language) for w in _rest(plain, language)):
        return []
    return [fact for fact in facts if fact["kind"] in kinds]


def enriched(query: str, facts: Sequence[Fact], language: str) -> tuple[str, list[str]]:
    """The query with what "my size" and "my tent" are, and the kinds that were put in."""
    words = spans(query)
    plain = [word.plain for word in words]
    put: list[tuple[int, Fact]] = []
    known = [fact for fact in facts if fact["kind"] in SEARCHED]
    mine = phrases_of("mine", language)
    place = 0
    while place < len(plain):
        _, length = mine.at(plain, place)
        meant = _meant(plain, place + length, known, language) if length else None
        if meant is not None and meant[1]["value"].casefold() not in query.casefold():
            put.append((words[meant[0]].end, meant[1]))
        place += max(length, 1)
    for end, fact in reversed(put):
        query = f"{query[:end]} {fact['value']}{query[end:]}"
    return query, [fact["kind"] for _, fact in put]


def newest(facts: Sequence[Fact]) -> list[Fact]:
    """Oldest first; of a kind the newest, of what one has several of the last three."""
    kept: list[Fact] = []
    seen: dict[str, int] = {}
    values: set[tuple[str, str]] = set()
    for fact in reversed(facts):
        kind, value = fact["kind"], fact["value"].casefold()
        most = MAX_PER_KIND if kind in SEVERAL else 1
        if seen.get(kind, 0) < most and (kind, value) not in values:
            seen[kind] = seen.get(kind, 0) + 1
            values.add((kind, value))
            kept.append(fact)
    return kept[::-1]


def _meant(
    plain: Sequence[str], place: int, facts: Sequence[Fact], language: str
) -> tuple[int, Fact] | None:
    """The word that names a fact behind "my", and the fact."""
    for at in range(place, min(place + _WORDS_BETWEEN, len(plain))):
        kind, length = kind_phrases(language).at(plain, at)
        held = [fact for fact in facts if fact["kind"] == kind] if kind else []
        if held:
            return at + length - 1, held[-1]
        for fact in reversed(facts):
            named = {word.plain for word in spans(fact["value"])}
            if fact["kind"] in THINGS and len(plain[at]) > 2 and plain[at] in named:
                return at, fact
    return None


def _names_the_fact(kind: str, said: Sequence[str], plain: Sequence[str]) -> bool:
    """ "My order number", or "my order" where we are asked to remember; not "where is my order?"."""
    if kind != "place" and not WHERE.isdisjoint(plain):
        return False
    is_number = any(word.endswith(NUMBER_WORDS) for word in said)
    return kind not in NUMBERED or is_number or not RECALLS.isdisjoint(plain)


def _told_kinds(plain: Sequence[str], language: str) -> list[str]:
    """ "Where do I live?", "what am I allergic to?": the verb names the kind."""
    asked = {"place": ("live", "wohne", "vivo", "habite", "abito", "moro"),
             "allergy": ("allergic", "allergisch", "alergico", "alergica", "allergique",
                         "allergico", "allergica"),
             "name": ("called", "heisse", "llamo", "appelle", "mappelle", "chiamo", "chamo"),
             "product": ("bought", "gekauft", "compre", "achete", "comprato", "comprei")}  # fmt: skip
    return [kind for kind, verbs in asked.items() if any(v in plain for v in verbs)]


def _rest(plain: Sequence[str], language: str) -> list[str]:
    """The words beside the kinds and whose they are."""
    rest: list[str] = []
    place = 0
    kinds, mine = kind_phrases(language), phrases_of("mine", language)
    while place < len(plain):
        length = max(kinds.at(plain, place)[1], mine.at(plain, place)[1])
        if not length:
            rest.append(plain[place])
        place += max(length, 1)
    return rest


def _first_person(plain: Sequence[str], language: str) -> bool:
    first = {"en": "i", "de": "ich", "es": "yo vivo llamo dije di he compre soy",
             "fr": "je jai j mappelle", "it": "ho abito vivo chiamo sono", "pt": "eu moro vivo chamo disse dei"}  # fmt: skip
    return not set(first.get(language, "i").split()).isdisjoint(plain)


def _asking(language: str) -> frozenset[str]:
    return words_of(ASKS_BACK, language)
