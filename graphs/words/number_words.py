"""Numbers that are written as words or in Chinese signs, in the languages whose facts are checked.

"one" counts only before a unit: elsewhere it is an article or a pronoun.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

_UNITS: Mapping[str, Mapping[int, str]] = {
    "en": {
        2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine",
        10: "ten", 11: "eleven", 12: "twelve", 13: "thirteen", 14: "fourteen", 15: "fifteen",
        16: "sixteen", 17: "seventeen", 18: "eighteen", 19: "nineteen", 20: "twenty", 30: "thirty",
        40: "forty", 50: "fifty", 60: "sixty", 70: "seventy", 80: "eighty", 90: "ninety",
    },
    "de": {
        2: "zwei zwo", 3: "drei", 4: "vier", 5: "fünf", 6: "sechs", 7: "sieben", 8: "acht",
        9: "neun", 10: "zehn", 11: "elf", 12: "zwölf", 13: "dreizehn", 14: "vierzehn",
        15: "fünfzehn", 16: "sechzehn", 17: "siebzehn", 18: "achtzehn", 19: "neunzehn",
        20: "zwanzig", 30: "dreißig", 40: "vierzig", 50: "fünfzig", 60: "sechzig", 70: "siebzig",
        80: "achtzig", 90: "neunzig",
    },
    "es": {
        2: "dos", 3: "tres", 4: "cuatro", 5: "cinco", 6: "seis", 7: "siete", 8: "ocho", 9: "nueve",
        10: "diez", 11: "once", 12: "doce", 13: "trece", 14: "catorce", 15: "quince",
        16: "dieciséis", 17: "diecisiete", 18: "dieciocho", 19: "diecinueve", 20: "veinte",
        21: "veintiuno veintiún veintiuna", 22: "veintidós", 23: "veintitrés", 24: "veinticuatro",
        25: "veinticinco", 26: "veintiséis", 27: "veintisiete", 28: "veintiocho",
        29: "veintinueve", 30: "treinta", 40: "cuarenta", 50: "cincuenta", 60: "sesenta",
        70: "setenta", 80: "ochenta", 90: "noventa", 200: "doscientos doscientas",
        300: "trescientos trescientas", 400: "cuatrocientos cuatrocientas",
        500: "quinientos quinientas", 600: "seiscientos seiscientas",
        700: "setecientos setecientas", 800: "ochocientos ochocientas",
        900: "novecientos novecientas",
    },
    "fr": {
        2: "deux", 3: "trois", 4: "quatre", 5: "cinq", 6: "six", 7: "sept", 8: "huit", 9: "neuf",
        10: "dix", 11: "onze", 12: "douze", 13: "treize", 14: "quatorze", 15: "quinze",
        16: "seize", 20: "vingt vingts", 30: "trente", 40: "quarante", 50: "cinquante",
        60: "soixante",
    },
    "ar": {
        2: "اثنان اثنين اثنتان اثنتين", 3: "ثلاث ثلاثة", 4: "أربع أربعة", 5: "خمس خمسة",
        6: "ست ستة", 7: "سبع سبعة", 8: "ثمان ثماني ثمانية", 9: "تسع تسعة", 10: "عشر عشرة",
        20: "عشرون عشرين", 30: "ثلاثون ثلاثين", 40: "أربعون أربعين", 50: "خمسون خمسين",
        60: "ستون ستين", 70: "سبعون سبعين", 80: "ثمانون ثمانين", 90: "تسعون تسعين",
        200: "مئتان مئتين مائتان مائتين",
    },
}  # fmt: skip
_HUNDRED = {
    "en": "hundred", "de": "hundert", "es": "cien ciento", "fr": "cent cents",
    "ar": "مئة مائة",
}  # fmt: skip
_THOUSAND = {
    "en": "thousand", "de": "tausend", "es": "mil", "fr": "mille", "ar": "ألف آلاف",
}  # fmt: skip
_ONE = {
    "en": "one", "de": "ein eine einen einem einer eines", "es": "un una uno", "fr": "un une",
    "ar": "واحد واحدة",
}  # fmt: skip
_HALF = {
    "en": "half", "de": "halb halbe halben halber halbes", "es": "medio media mitad",
    "fr": "demi demie moitié", "ar": "نصف",
}  # fmt: skip
_AND = {"en": "and", "de": "und", "es": "y", "fr": "et", "ar": "و"}
_WORD = re.compile(r"[^\W\d_]+")
_HAN_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_HAN_SCALES = {"十": 10, "百": 100, "千": 1_000, "万": 10_000}
_HAN = re.compile("[零〇一二三四五六七八九十百千万两半]+")


@dataclass(frozen=True, slots=True)
class Worded:
    """A number in words and where it stands; `needs_unit` where it may be no number at all."""

    value: Decimal
    start: int
    end: int
    needs_unit: bool = False


def worded_numbers(text: str, language: str) -> Iterator[Worded]:
    """The numbers that a text spells out, in order; none in other languages than ours."""
    if language[:2] == "zh":
        yield from _chinese(text)
    elif language[:2] in _UNITS:
        yield from _spelt(text, language[:2])


def _chinese(text: str) -> Iterator[Worded]:
    for found in _HAN.finditer(text):
        value = Decimal("0.5") if found[0] == "半" else _han_value(found[0])
        if value is not None:
            yield Worded(value, found.start(), found.end(), needs_unit=True)


def _han_value(signs: str) -> Decimal | None:
    total, digit = 0, None
    for sign in signs:
        if sign == "半":
            return None
        if sign in _HAN_DIGITS:
            digit = _HAN_DIGITS[sign] if digit is None else digit * 10 + _HAN_DIGITS[sign]
        elif _HAN_SCALES[sign] == 10_000:
            total, digit = (total + (digit or 0) or 1) * 10_000, None
        else:
            total, digit = total + (1 if digit is None else digit) * _HAN_SCALES[sign], None
    return Decimal(total + (digit or 0))


def _spelt(text: str, language: str) -> Iterator[Worded]:
    run: list[re.Match[str]] = []
    known, joins = _values(language), _AND[language]
    for found in _WORD.finditer(text):
        word = found[0].casefold()
        if run and not _beside(text, run[-1], found):
            yield from _counted(run, language)
            run = []
        is_number = _value_of(word, language) is not None or word in known
        if is_number or (run and word == joins):
            run.append(found)
        else:
            yield from _counted(run, language)
            run = []
    yield from _counted(run, language)


def _beside(text: str, before: re.Match[str], after: re.Match[str]) -> bool:
    return text[before.end() : after.start()] in {" ", "-"}


def _counted(run: Sequence[re.Match[str]], language: str) -> Iterator[Worded]:
    """One number of a run of number words; "two and three" are two."""
    joins = _AND[language]
    pieces = list(run)
    while pieces and pieces[-1][0].casefold() == joins:
        pieces.pop()
    if not pieces:
        return
    values = [_value_of(m[0].casefold(), language) for m in pieces]
    groups: list[list[int]] = [[]]
    for i, value in enumerate(values):
        last = next((v for j in reversed(groups[-1]) if (v := values[j]) is not None), None)
        if value is not None and last is not None and not _goes_on(last, value, language):
            groups.append([])
        groups[-1].append(i)
    for group in groups:
        kept = [i for i in group if values[i] is not None]
        if not kept:
            continue
        numbers = [v for i in kept if (v := values[i]) is not None]
        word = pieces[kept[0]][0].casefold()
        alone = len(kept) == 1 and word in _HALF[language].split() + _ONE[language].split()
        yield Worded(
            _sum(numbers), pieces[kept[0]].start(), pieces[kept[-1]].end(), needs_unit=alone
        )


def _goes_on(last: Decimal, value: Decimal, language: str) -> bool:
    """Whether a number word belongs to the one before: twenty five, two hundred, sixty thousand."""
    if value in {100, 1_000}:
        return True
    if last in {100, 1_000} or last >= 200:
        return True
    if language == "fr" and (last, value) == (4, 20):
        return True
    if language == "fr" and last in {20, 60} and value < 20:
        return True
    if language == "ar" and last < 10 and value >= 10:
        return True
    return last >= 20 and value < 10


def _sum(numbers: Sequence[Decimal]) -> Decimal:
    total = part = Decimal(0)
    for number in numbers:
        if number == 1_000:
            total, part = total + (part or 1) * 1_000, Decimal(0)
        elif number == 100 or (number == 20 and part == 4):
            part = (part or 1) * number
        else:
            part += number
    return total + part


def _value_of(word: str, language: str) -> Decimal | None:
    known = _values(language)
    if word in known:
        return known[word]
    if language == "ar" and word.startswith("و") and len(word) > 3:
        return known.get(word[1:])
    return _german(word) if language == "de" else None


@cache
def _values(language: str) -> dict[str, Decimal]:
    found = {w: Decimal(n) for n, forms in _UNITS[language].items() for w in forms.split()}
    found |= {w: Decimal(100) for w in _HUNDRED[language].split()}
    found |= {w: Decimal(1_000) for w in _THOUSAND[language].split()}
    found |= {w: Decimal(1) for w in _ONE[language].split()}
    found |= {w: Decimal("0.5") for w in _HALF[language].split()}
    return found


@cache
def _german(word: str) -> Decimal | None:
    """ "fünfundzwanzig", "zweihundertfünfzig", "dreitausend" as one word."""
    known = _values("de")
    if word in known or len(word) > 60:
        return known.get(word)
    for scale, name in ((1_000, "tausend"), (100, "hundert")):
        if name in word:
            before, _, after = word.partition(name)
            many = _german(before) if before else Decimal(1)
            rest = _german(after.removeprefix("und")) if after else Decimal(0)
            return None if many is None or rest is None else many * scale + rest
    before, joined, after = word.partition("und")
    if joined and before and after:
        ones, tens = known.get(before), known.get(after)
        if ones is not None and tens is not None and 1 <= ones < 10 and tens >= 20:
            return ones + tens
    return None
