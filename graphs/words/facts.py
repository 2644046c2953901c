"""The checkable facts of a text, and whether a passage holds them: numbers and amounts with their
units, dates, times, weekdays, links, e-mail addresses, telephone numbers, codes and names.

A fact is the same however it is written (1.234,56 and 1,234.56; 3 October and 03.10.; 9 am and
9:00; thirty and 30; € and EUR), in English, German, Spanish, French, Chinese and Arabic. Nothing is
computed: a sum, a difference or a converted unit that no passage states is not held.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from graphs.words import dates, names, units
from graphs.words.number_words import worded_numbers
from tenants.keeping.kept_texts import forgettable

_LINK = re.compile(
    r"https?://[^\s<>\"'，。）)】]+|www\.[^\s<>\"'，。）)】]+"
    r"|(?<![@\w.-])(?:[a-z0-9-]+\.)+(?:com|net|org|io|de|fr|es|at|ch|eu|uk|co|cn|info|shop|store|app|dev|ai|example|test)(?:/[^\s<>\"'，。）)】]*)?(?![\w-])",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"(?<![\w.+/-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(
    r"(?<![\w.,])(?:\+\d|\(?0\d|\(\d{3}\))[\d ()/.-]{5,}\d|(?<![\w.,])\d{3}[-. ]\d{3}[-. ]\d{4}(?!\d)"
)
_NUMBER = re.compile(
    r"(?<![\d])(?:\d{1,3}(?:[ ']\d{3})+(?:[.,]\d+)?(?![\d])|\d+(?:[.,]\d+)*)", re.ASCII
)
_CODE = re.compile(r"(?<![\w])#?(?=[\w-]*\d)(?=[\w-]*[^\W\d_])\w+(?:[-/]\w+)*(?![\w])")
_RATIO = re.compile(r"(?<![\d/.,])\d{1,3}/\d{1,3}(?![\d/])")
_ATTACHED = re.compile(r"(\d+(?:[.,]\d+)*)-?([^\W\d_]+)")
_ORDINALS = frozenset({"st", "nd", "rd", "th", "er", "ère", "ème", "e", "º", "ª", "x"})
_SIGNS = str.maketrans(
    {"٫": ".", "٬": ",", "٪": "%", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "‐": "-", "‑": "-",
     "–": "-", "—": "-", "−": "-", "’": "'", "‘": "'", "×": "x", "～": "-", "ー": "-"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fact:
    """One checkable thing and where it stands; `values` are all its readings."""

    kind: str  # link, email, phone, date, time, weekday, number, code, name
    values: frozenset[object]
    start: int
    end: int
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """What a passage states, ready to be asked."""

    text: str
    facts: tuple[Fact, ...]
    units: frozenset[str]
    numbers: frozenset[Decimal] = field(default=frozenset())

    def of(self, kind: str) -> list[Fact]:
        """The passage's facts of one kind."""
        return [fact for fact in self.facts if fact.kind == kind]


def plain(text: str) -> str:
    """The text with every digit, sign and dash in its plain form, one character for one."""
    return "".join(map(_plain_sign, text.translate(_SIGNS)))


def _plain_sign(sign: str) -> str:
    if sign.isascii():
        return sign
    if 0xFF01 <= ord(sign) <= 0xFF5E:
        return chr(ord(sign) - 0xFEE0)
    digit = unicodedata.decimal(sign, None)
    return sign if digit is None else str(digit)


@forgettable
@lru_cache(maxsize=4_096)
def facts_of(text: str, language: str) -> tuple[Fact, ...]:
    """The facts of a text in their order."""
    return tuple(sorted(_Finder(plain(text), language).found(), key=lambda f: (f.start, -f.end)))


@forgettable
@lru_cache(maxsize=1_024)
def held_by(body: str, language: str) -> Held:
    """Everything that a passage states; spans of weekdays are spread out."""
    finder = _Finder(plain(body), language, spread=True)
    facts = tuple(finder.found())
    numbers = {v for f in facts if f.kind == "number" for v in f.values if isinstance(v, Decimal)}
    for fact in facts:
        if fact.kind == "date":
            for reading in fact.values:
                numbers |= {Decimal(part) for part in _parts(reading) if part}
    known = frozenset(filter(None, (units.unit_of(w) for w in _unit_words(finder.text))))
    return Held(finder.text, facts, known | {f.unit for f in facts if f.unit}, frozenset(numbers))


def _unit_words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+|[€$£¥₹₺%]", text)


def _parts(reading: object) -> tuple[int, ...]:
    return reading if isinstance(reading, tuple) else ()


def unheld(
    text: str, bodies: Sequence[tuple[str, str]], language: str, *, known: str = ""
) -> list[Fact]:
    """The facts of a sentence that none of the bodies (with their languages) states.

    `known` are names that may be said without a source.
    """
    held = [held_by(body, spoken) for body, spoken in bodies]
    return [
        fact
        for fact in facts_of(text, language)
        if not any(states(one, fact, known) for one in held)
    ]


def states(held: Held, fact: Fact, known: str = "") -> bool:
    """Whether a passage states a fact, or it is a name that may be said without a source."""
    if fact.kind == "name":
        own = names.words_of(known)
        if all(names.words_of(str(value)) <= own for value in fact.values):
            return True
    return holds(held, fact)


def holds(held: Held, fact: Fact) -> bool:
    """Whether a passage states a fact."""
    match fact.kind:
        case "link" | "email":
            return any(fact.values & one.values for one in held.of(fact.kind))
        case "phone":
            return _holds_phone(held, fact)
        case "date":
            return _holds_date(held, fact)
        case "time":
            return _holds_time(held, fact)
        case "weekday":
            return any(fact.values == one.values for one in held.of("weekday"))
        case "number":
            return _holds_number(held, fact)
        case "code":
            return all(_stands_in(str(value), held.text) for value in fact.values)
        case _:
            return all(names.stands_in(str(value), held.text) for value in fact.values)


def _holds_phone(held: Held, fact: Fact) -> bool:
    [digits] = fact.values
    wanted = str(digits).lstrip("0")
    found = [str(v).lstrip("0") for one in held.of("phone") for v in one.values]
    found += [str(n) for n in held.numbers]
    return any(len(one) >= 6 and (one.endswith(wanted) or wanted.endswith(one)) for one in found)


def _holds_date(held: Held, fact: Fact) -> bool:
    known = [reading for one in held.of("date") for reading in one.values]
    for reading in fact.values:
        year, month, day = _parts(reading)
        if year and Decimal(year) not in held.numbers:
            continue
        if not month:
            return True
        for other in known:
            y, m, d = _parts(other)
            if m == month and (not day or d == day) and (not year or not y or y == year):
                return True
    return False


def _holds_time(held: Held, fact: Fact) -> bool:
    """18:00 does not become 6:00; but "6 pm" may, and 6:00 may be said to be 6 pm.

    Not where the passage counts to 24: there 9:00 is the morning.
    """
    counts_on = any(one.unit == "clock" for one in held.of("time"))
    for minutes in _minutes(fact):
        for one in held.of("time"):
            shifts = {fact.unit, one.unit} == {"half", ""} and not (counts_on and not one.unit)
            if any(minutes == m or (shifts and (minutes - m) % 720 == 0) for m in _minutes(one)):
                return True
        hours: set[object] = {
            Decimal(minutes // 60 - back) for back in ((0,) if counts_on else (0, 12))
        }
        if minutes % 60 == 0 and any(
            one.unit in {"", "hour"} and hours & one.values for one in held.of("number")
        ):
            return True
    return False


def _minutes(fact: Fact) -> list[int]:
    return [value for value in fact.values if isinstance(value, int)]


def _holds_number(held: Held, fact: Fact) -> bool:
    for one in held.of("number"):
        if not fact.values & one.values:
            continue
        if not fact.unit or units.same_unit(fact.unit, one.unit):
            return True
        if not one.unit and any(units.same_unit(fact.unit, u) for u in held.units):
            return True
    if fact.unit and fact.unit != "hour":
        return False
    values = {v for v in fact.values if isinstance(v, Decimal)}
    clock = {t for one in held.of("time") for t in one.values if isinstance(t, int)}
    as_hours = {Decimal(t // 60 - back) for t in clock if t % 60 == 0 for back in (0, 12)}
    return bool(values & (as_hours if fact.unit else as_hours | held.numbers))


def _stands_in(code: str, text: str) -> bool:
    """A code with or without its hyphens, as a whole."""
    joined = r"[-\s/.]?".join(map(re.escape, code))
    return re.search(rf"(?<![^\W_]){joined}(?![^\W_])", text, re.IGNORECASE) is not None


class _Finder:
    """Takes the facts out of a text, the longest kinds first; what is taken is blanked."""

    def __init__(self, text: str, language: str, *, spread: bool = False) -> None:
        self.text = text
        self._rest = text
        self._language = language
        self._spread = spread

    def found(self) -> Iterator[Fact]:
        yield from self._by(_EMAIL, "email", lambda m: m[0].casefold().rstrip("."))
        yield from self._by(_LINK, "link", lambda m: _same_link(m[0]))
        yield from self._dates_and_times()
        yield from self._by(_PHONE, "phone", lambda m: re.sub(r"\D", "", m[0]))
        yield from self._by(_RATIO, "code", lambda m: m[0])
        yield from self._codes()
        yield from self._numbers()
        yield from self._worded()
        for found in names.names(self._rest, self.text, self._language):
            yield Fact("name", frozenset({found.words}), found.start, found.end)

    def _take(self, start: int, end: int) -> None:
        self._rest = f"{self._rest[:start]}{' ' * (end - start)}{self._rest[end:]}"

    def _by(self, pattern: re.Pattern[str], kind: str, value: object) -> Iterator[Fact]:
        assert callable(value)
        for found in list(pattern.finditer(self._rest)):
            end = found.start() + len(found[0].rstrip(".,;:!?"))
            yield Fact(kind, frozenset({value(found)}), found.start(), end)
            self._take(found.start(), end)

    def _dates_and_times(self) -> Iterator[Fact]:
        taken: list[tuple[int, int]] = []
        for one in dates.dates(self._rest):
            inside = any(one.start < end and start < one.end for start, end in taken)
            if inside and (one.start, one.end) not in taken:
                continue  # a part of a date that was found whole
            taken.append((one.start, one.end))
            yield Fact("date", one.readings, one.start, one.end)
        for start, end in taken:
            self._take(start, end)
        for day, start, end in list(dates.weekdays(self._rest, spread=self._spread)):
            yield Fact("weekday", frozenset({day}), start, end)
            if not self._spread:
                self._take(start, end)
        for one in list(dates.times(self._rest)):
            yield Fact("time", frozenset({one.minutes}), one.start, one.end, one.said)
            self._take(one.start, one.end)

    def _codes(self) -> Iterator[Fact]:
        for found in list(_CODE.finditer(self._rest)):
            attached = _ATTACHED.fullmatch(found[0].lstrip("#"))
            if attached and _is_measured(attached[2]):
                continue
            if re.fullmatch(r"\d+(?:[.,]\d+)*x\d+\w*", found[0]) or re.search(
                "[\u3040-\u30ff\u3400-\u9fff\u0600-\u06ff]", found[0]
            ):
                continue
            code = re.sub(r"[^\w]|_", "", found[0]).casefold()
            yield Fact("code", frozenset({code}), *found.span())
            self._take(*found.span())

    def _numbers(self) -> Iterator[Fact]:
        for found in list(_NUMBER.finditer(self._rest)):
            yield self._amount(_readings(found[0]), found.start(), found.end())

    def _amount(self, values: frozenset[object], start: int, end: int) -> Fact:
        after = self._rest[end : end + 60]
        word = re.match(r"[ -]?([^\W\d_]+)\.?", after)
        if word and units.times(word[1]) > 1 and (after[0] in " -" or word[1].casefold() in {"k", "bn"} or not word[1].isascii()):  # fmt: skip
            many = units.times(word[1])
            values = frozenset(v * many for v in values if isinstance(v, Decimal))
            end += word.end()
            after = self._rest[end : end + 60]
            of = re.match(r" (?:de|of|d')\s?", after)
            if of:
                after, end = after[of.end() :], end + of.end()
        unit, length = units.leading_unit(after)
        before = units.PREFIXES.search(self._rest[max(0, start - 8) : start])
        if before:
            leading = units.unit_of(before[1])
            if leading:
                start -= len(before[0])
                unit, length = leading, length if unit == leading else 0
        if length and after[:length].strip(" -"):
            end += length
        self._take(start, end)
        return Fact("number", values, start, end, unit)

    def _worded(self) -> Iterator[Fact]:
        for one in list(worded_numbers(self._rest, self._language)):
            if self._rest[one.start : one.end].strip() == "":
                continue
            fact_rest = self._rest
            fact = self._amount(frozenset({one.value}), one.start, one.end)
            if one.needs_unit and not fact.unit:
                self._rest = fact_rest
                continue
            yield fact


def _is_measured(word: str) -> bool:
    return bool(units.unit_of(word)) or units.times(word) > 1 or word.casefold() in _ORDINALS


def _same_link(link: str) -> str:
    bare = re.sub(r"^https?://", "", link.rstrip(".,;:!?"), flags=re.IGNORECASE)
    host, slash, path = bare.partition("/")
    return f"{host.casefold().removeprefix('www.')}{slash}{path}".rstrip("/")


@forgettable
@lru_cache(maxsize=8_192)
def _readings(number: str) -> frozenset[object]:
    """What digits with points, commas and gaps may stand for: 1.234 is a thousand or one and a bit."""
    number = number.replace(" ", "").replace("'", "")
    points, commas = number.count("."), number.count(",")
    found: set[str] = set()
    if points and commas:
        decimal = max(".", ",", key=number.rfind)
        if number.count(decimal) == 1:
            whole, _, part = number.rpartition(decimal)
            found.add(f"{re.sub('[.,]', '', whole)}.{part}")
    elif points + commas == 1:
        whole, part = re.split("[.,]", number)
        found.add(f"{whole}.{part}")
        if len(part) == 3 and len(whole) <= 3 and whole.lstrip("0"):
            found.add(whole + part)
    elif points + commas > 1:
        groups = re.split("[.,]", number)
        if all(len(group) in {2, 3} for group in groups[1:]):
            found.add("".join(groups))
    else:
        found.add(number)
    if not found:
        return frozenset({number})  # a version or the like
    return frozenset(Decimal(text) for text in found)
