"""Names in a text: of people, places, firms and products, as their script shows them.

Where small and large letters differ, a large one within a sentence shows a name, save German nouns
of every day. In other scripts words of the Latin one are names, and what stands beside a title, a
firm or a place is.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from graphs.words.ordinary_words import is_german_noun, opens_sentences
from tenants.finding.lexemes import lexemes
from tenants.keeping.kept_texts import forgettable

_CAPITAL = r"[A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪĮİĶĹĽŁŃŇŌŐŒŔŘŚŞŠŤŪŮŰŲŸŹŻŽ]"
_LATIN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿĀ-žȘ-ț]+(?:['&.-][A-Za-zÀ-ÖØ-öø-ÿĀ-žȘ-ț]+)*")
_BEGINS = re.compile(r"(?:^|[.!?:;•*\n…。！？](?:\s|$)|[-–]\s)\s*[\"“„«(\[¿¡'*-]*\s*$")
_ELIDED = re.compile(r"^[dlcsnjmtqu]{1,2}'", re.IGNORECASE)
_NEVER = frozenset({"I", "OK", "Ok", "I'm", "I'll", "I've", "I'd", "A", "O", "Y"})
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr", "prof", "herr", "frau", "herrn", "señor", "señora", "sr", "sra", "monsieur", "madame", "mme", "st"})  # fmt: skip
_PREPOSITIONS = frozenset("per über unter hinter gegen wegen zwischen neben außer oder aber wie ohne laut gen bei von mit nach in aus an auf für um durch seit bis sowie statt".split())  # fmt: skip
_DETERMINED = re.compile(
    r"(?:^|\s)(?:der|die|das|den|dem|des|ein|eine|einen|einem|einer|eines|kein\w*|mein\w*|ihr\w*|sein\w*|unser\w*|"
    r"dies\w*|jed\w*|all\w*|im|am|zum|zur|vom|beim|ins|ans|welch\w*|\w+(?:en|er|es|em|te|ge|he|che|ne))\s+$",
    re.IGNORECASE,
)
_HAN_CUES = re.compile(
    r"([\u4e00-\u9fff]{1,3})(?=先生|女士|小姐|经理|老师|博士|医生|教授)"
    r"|([\u4e00-\u9fff]{2,4})(?=公司|银行|集团|大学|医院|机场|市(?!场)|省|路(?!线)|街(?!道))"
    r"|([\u4e00-\u9fff]{1,6}·[\u4e00-\u9fff]{1,6})"
)
_HAN_LITTLE = "的是在和与由请您我你们到从把被对为给向让跟及或也都就可以联系找问去来这那该每本各贵"
_ARABIC_CUES = re.compile(
    r"(?:السيد|السيدة|الأستاذ|الأستاذة|الدكتور|الدكتورة|شركة|بنك|مصرف|مدينة|شارع|جامعة|مستشفى|متجر)\s+([\u0621-\u064a]{2,}(?:\s+[\u0621-\u064a]{2,})?)"
)


@dataclass(frozen=True, slots=True)
class Named:
    """A name as it is written, and where."""

    words: str
    start: int
    end: int


def names(rest: str, text: str, language: str) -> Iterator[Named]:
    """The names in `rest`, which is `text` with other facts blanked out."""
    foreign = language[:2] in {"zh", "ja", "ko", "ar", "ru", "el", "he", "th", "hi"}
    if foreign:
        yield from _in_other_scripts(rest, language[:2])
        return
    group: list[re.Match[str]] = []
    for found in _LATIN.finditer(rest):
        if not _may_be_name(found, text, language):
            yield from _joined(group, rest)
            group = []
            continue
        if group and rest[group[-1].end() : found.start()] not in {" ", "-", " & "}:
            yield from _joined(group, rest)
            group = []
        group.append(found)
    yield from _joined(group, rest)


def _joined(group: Sequence[re.Match[str]], rest: str) -> Iterator[Named]:
    if group:
        start, end = group[0].start(), group[-1].end()
        yield Named(rest[start:end], start, end)


def _may_be_name(found: re.Match[str], text: str, language: str) -> bool:
    word = _ELIDED.sub("", found[0])
    if not word or found[0] in _NEVER or word in _NEVER:
        return False
    if len(word) > 1 and (word.isupper() or re.search(rf"[a-z]{_CAPITAL}", word)):
        return True
    if not re.match(_CAPITAL, word) or word.casefold().rstrip(".") in _TITLES:
        return False
    before = text[: found.start()]
    if _BEGINS.search(before):
        if language[:2] == "de":
            return not is_german_noun(word) and not opens_sentences(word, "de") and len(word) > 2
        return not opens_sentences(word, language)
    if language[:2] == "de":
        return _is_german_name(word, before)
    return True


def _is_german_name(word: str, before: str) -> bool:
    """Nouns are written large: a name is what no article leads and no everyday noun is."""
    last = before.split()[-1:] or [""]
    if last[0].casefold().rstrip(".") in _TITLES:
        return True
    if is_german_noun(word) or word in {"Sie", "Ihr", "Ihre", "Ihren", "Ihrem", "Ihrer", "Ihnen"}:
        return False
    if last[0].casefold() in _PREPOSITIONS:
        return True
    return _DETERMINED.search(before) is None


def _in_other_scripts(rest: str, language: str) -> Iterator[Named]:
    for found in _LATIN.finditer(rest):
        if len(found[0]) > 1:
            yield Named(found[0], *found.span())
    if language == "zh":
        for found in _HAN_CUES.finditer(rest):
            start, end = found.span()
            while start < end and rest[start] in _HAN_LITTLE:
                start += 1
            if end - start >= 1:
                yield Named(rest[start:end], start, end)
    if language == "ar":
        for found in _ARABIC_CUES.finditer(rest):
            yield Named(found[1], *found.span(1))


def stands_in(name: str, text: str) -> bool:
    """Whether a text holds a name: all its words, near each other where they are only ever names."""
    if re.search("[\u3040-\u30ff\u3400-\u9fff]", name):
        return name in text or (len(name) > 2 and name[1:] in text)
    places = _places(text)
    found: list[tuple[int, ...]] = []
    for word in re.findall(r"[^\W\d_]+", name):
        at = next((places[form] for form in _forms(word) if form in places), None)
        if at is None:
            return False
        found.append(at)
    return all(
        _is_ordinary(one, text) or _is_ordinary(two, text) or _near(one, two)
        for one, two in itertools.pairwise(found)
    )


def _near(one: Sequence[int], two: Sequence[int]) -> bool:
    return any(abs(a - b) <= 3 for a in one for b in two)


def _is_ordinary(at: Sequence[int], text: str) -> bool:
    """Whether a word also stands in small letters somewhere."""
    words = _words(text)
    return any(words[i][0].islower() for i in at)


def _forms(word: str) -> list[str]:
    plain = word.casefold()
    return [plain, plain.removesuffix("s"), f"{plain}s", *lexemes(word, "en")]


@forgettable
@lru_cache(maxsize=1_024)
def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W\d_]+", text))


@forgettable
@lru_cache(maxsize=1_024)
def _places(text: str) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for i, word in enumerate(_words(text)):
        for form in dict.fromkeys((word.casefold(), *lexemes(word, "en"))):
            found.setdefault(form, []).append(i)
    return {form: tuple(at) for form, at in found.items()}


def words_of(known: str) -> frozenset[str]:
    """The words of names that may always be said, the brand's and the assistant's own."""
    return frozenset(w.casefold() for w in re.findall(r"[^\W\d_]+", known))
