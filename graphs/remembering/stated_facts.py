"""Facts as they are told: "my order number is 4711", "ich trage Größe 42", "vivo en Sevilla"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from graphs.remembering.fact_phrases import kind_phrases, kinds_at, phrases_of, words_of
from graphs.remembering.fact_words import (
    COURTESIES,
    IS,
    KINDS,
    MINE,
    NUMBERED,
    SEVERAL,
    STOPS,
    THING_STOPS,
    THINGS,
    TOLD,
)
from graphs.words.folding import Phrases, Word, spans
from graphs.words.sentences import split_sentences
from graphs.words.terms import terms
from tenants.people.contact_details import recognised

MAX_READ_CHARS = 2_000
MAX_TOLD = 8  # of one message
MAX_VALUE_WORDS = 5
MAX_ADDRESS_WORDS = 10
MAX_VALUE_CHARS = 120
MAX_QUOTE_CHARS = 200
_WORDS_BETWEEN = 3  # "my new order number from Monday is"
_HAS_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(
    r"[#:\s]*(?:no\.?|nr\.?|n[°º.]|number)?[#:\s]*((?=[\w/-]*\d)[A-Za-z0-9][\w/-]{2,24})"
)
_END = re.compile(r"[.!?;\n](?:\s|$)|[?!;\n]|,\s")
_ADDRESS_END = re.compile(r"[.!?;\n](?:\s|$)|[?!;\n]")
_NEGATED = re.compile(r"^(?:not|nicht|kein\w*|no|pas|non|não|un(?:known|sure))\b", re.IGNORECASE)
_LEAD = re.compile(
    r"^(?:the|a|an|der|die|das|el|la|los|las|le|les|il|lo|o|os|as|eigentlich|now|actually|jetzt|[:=\s])\s+",
    re.IGNORECASE,
)
_AND = frozenset({"and", "und", "y", "et", "e"})
_WORDY = frozenset({"name", "place", "colour", "company", "product", "pet", "allergy", "model",
                    "vehicle", "plan", "appointment", "address", "birthday"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stated:
    """One fact as a message tells it, with the sentence that does."""

    kind: str
    value: str
    quote: str


def stated_in(text: str, language: str) -> list[Stated]:
    """The facts that a message tells, in their order; of one kind the last."""
    found: dict[tuple[str, str], Stated] = {}
    for sentence in split_sentences(text[:MAX_READ_CHARS]):
        if sentence.rstrip().endswith(("?", "？")):
            told = _numbered(sentence, language)
        else:
            told = [*_owned(sentence, language), *_told(sentence, language)]
            told += [one for one in _numbered(sentence, language) if one[0] not in dict(told)]
        for kind, value in told:
            key = (kind, value.casefold() if kind in SEVERAL else "")
            found[key] = Stated(kind, value, sentence.strip()[:MAX_QUOTE_CHARS])
    for kind, value in recognised(text[:MAX_READ_CHARS], language).items():
        name = "phone number" if kind == "phone" else kind
        found[name, ""] = Stated(name, value, value)
    return list(found.values())[-MAX_TOLD:]


def only_tells(text: str, language: str) -> bool:
    """Whether a message tells facts and neither asks nor says anything else."""
    told = False
    for sentence in split_sentences(text[:MAX_READ_CHARS]):
        if sentence.rstrip().endswith(("?", "？")):
            return False
        found = stated_in(sentence, language)
        said = " ".join([*(one.value for one in found), *(one.kind for one in found)])
        beside = set(terms(sentence, language)) - set(terms(said, language))
        if beside - _courtesies(language):
            return False
        told = told or bool(found)
    return told


@lru_cache(maxsize=16)
def _courtesies(language: str) -> frozenset[str]:
    """What may stand beside a fact: how facts are told, and what is said to be polite."""
    tables = [*TOLD.values(), *KINDS.values(), IS, MINE]
    said = " ".join(by.get(language, "").replace("|", " ") for by in tables)
    return frozenset(terms(f"{COURTESIES} {said}", language))


def _owned(sentence: str, language: str) -> list[tuple[str, str]]:
    """ "My order number is 4711": whose, what, is, value."""
    words = spans(sentence)
    plain = [word.plain for word in words]
    mine, copula = phrases_of("mine", language), phrases_of("is", language)
    found: list[tuple[str, str]] = []
    for place in range(len(plain)):
        _, length = mine.at(plain, place)
        if not length:
            continue
        for at in range(place + length, min(place + length + _WORDS_BETWEEN, len(plain))):
            kind, size = kind_phrases(language).at(plain, at)
            if not kind:
                continue
            behind = at + size
            said = _value_behind(sentence, words, plain, behind, kind, copula, language)
            if said:
                found.append((kind, said))
            break
    return found


def _value_behind(
    sentence: str,
    words: Sequence[Word],
    plain: Sequence[str],
    behind: int,
    kind: str,
    copula: Phrases,
    language: str,
) -> str:
    colon = behind <= len(words) and sentence[words[behind - 1].end :].lstrip()[:1] in (":", "=")
    if colon:
        return _value(sentence[words[behind - 1].end :].lstrip(" :="), kind, language)
    for at in range(behind, min(behind + _WORDS_BETWEEN, len(plain))):
        _, length = copula.at(plain, at)
        if length and at + length < len(words):
            return _value(sentence[words[at + length].start :], kind, language)
    return ""


def _told(sentence: str, language: str) -> list[tuple[str, str]]:
    """ "I live in Bern", "ich trage Größe 42"."""
    words = spans(sentence)
    plain = [word.plain for word in words]
    told = phrases_of("told", language)
    found: list[tuple[str, str]] = []
    for place in range(len(plain)):
        kind, length = told.at(plain, place)
        if kind and place + length < len(words):
            value = _value(sentence[words[place + length].start :], kind, language)
            if value and _is_name_like(value, kind):
                found.append((kind, value))
    return found


def _numbered(sentence: str, language: str) -> list[tuple[str, str]]:
    """ "order 4711-B", "Bestellnummer: 4711"."""
    words = spans(sentence)
    plain = [word.plain for word in words]
    found: list[tuple[str, str]] = []
    for kind, place, length in kinds_at(plain, language):
        end = words[place + length - 1].end
        number = _NUMBER.match(sentence, end) if kind in NUMBERED else None
        if number:
            found.append((kind, number[1]))
    return found


def _value(rest: str, kind: str, language: str) -> str:
    """The words that tell it: to the clause's end, at most a few."""
    end = (_ADDRESS_END if kind == "address" else _END).search(rest)
    clause = _LEAD.sub("", (rest[: end.start()] if end else rest).strip())
    if _NEGATED.match(clause):
        return ""
    most = MAX_ADDRESS_WORDS if kind == "address" else MAX_VALUE_WORDS
    stops = words_of(STOPS, language) - (_AND if kind == "allergy" else frozenset())
    kept: list[Word] = []
    for word in spans(clause)[: most + 1]:
        if word.plain in stops and kind != "address":
            break
        if kept and kind in THINGS and word.plain in THING_STOPS:
            break
        kept.append(word)
    if not kept or len(kept) > most:
        return ""
    value = clause[: kept[-1].end].strip(" \"'“”„«»()")[:MAX_VALUE_CHARS]
    if kind not in _WORDY and not _HAS_DIGIT.search(value) and kind not in ("size", "email"):
        return ""
    return value


def _is_name_like(value: str, kind: str) -> bool:
    """What is bought, or where one lives, has a name; "I bought a few things" has none."""
    if kind == "name":
        return value[:1].isupper() and not _HAS_DIGIT.search(value)
    if kind not in THINGS:
        return True
    return any(word[:1].isupper() or _HAS_DIGIT.search(word) for word in value.split())
