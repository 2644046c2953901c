"""Dates, times of day and weekdays as they are written in the languages whose facts are checked.

Every finder yields spans of the text with all that they may mean: 03/04 is the third of April and
the fourth of March, 6:00 without more may be either half of the day.
"""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

Day = tuple[int, int, int]  # year, month, day; 0 where it is not said
_MONTHS: Sequence[str] = (
    "january jan januar jänner enero ene janvier janv يناير 一月",
    "february feb februar febrero février févr fév فبراير 二月",
    "march mar märz marzo mars مارس 三月",
    "april apr abril abr avril avr أبريل ابريل إبريل 四月",
    "may mai mayo مايو 五月",
    "june jun juni junio juin يونيو 六月",
    "july jul juli julio juillet juil يوليو 七月",
    "august aug agosto ago août أغسطس اغسطس 八月",
    "september sep sept septiembre septembre سبتمبر 九月",
    "october oct oktober okt octubre octobre أكتوبر اكتوبر 十月",
    "november nov noviembre novembre نوفمبر 十一月",
    "december dec dezember dez diciembre dic décembre déc ديسمبر 十二月",
)
_WEEKDAYS: Sequence[str] = (
    "monday mondays mon montag montags lunes lundi lundis الاثنين الإثنين 星期一 周一 礼拜一",
    "tuesday tuesdays tue tues dienstag dienstags martes mardi mardis الثلاثاء 星期二 周二 礼拜二",
    "wednesday wednesdays wed mittwoch mittwochs miércoles mercredi mercredis الأربعاء الاربعاء 星期三 周三 礼拜三",
    "thursday thursdays thu thur thurs donnerstag donnerstags jueves jeudi jeudis الخميس 星期四 周四 礼拜四",
    "friday fridays fri freitag freitags viernes vendredi vendredis الجمعة 星期五 周五 礼拜五",
    "saturday saturdays sat samstag samstags sonnabend sábado sábados samedi samedis السبت 星期六 周六 礼拜六",
    "sunday sundays sun sonntag sonntags domingo domingos dimanche dimanches الأحد الاحد 星期日 星期天 周日 周天 礼拜日",
)
_SHORT_GERMAN = {"mo": 0, "di": 1, "mi": 2, "do": 3, "fr": 4, "sa": 5, "so": 6}
_RELATIVE = {
    "tomorrow": 10, "demain": 10, "明天": 10, "غدا": 10, "غدًا": 10, "yesterday": 11, "gestern": 11,
    "ayer": 11, "hier": 11, "昨天": 11, "أمس": 11, "übermorgen": 12,
}  # fmt: skip
_AS_VERBS = frozenset({"may", "march", "mar", "sun", "sat", "wed", "dec", "mon", "hier", "ago"})
_MONTH_OF: Mapping[str, int] = {w: n for n, names in enumerate(_MONTHS, 1) for w in names.split()}
_WEEKDAY_OF: Mapping[str, int] = {w: n for n, names in enumerate(_WEEKDAYS) for w in names.split()}


def _any_of(words: Mapping[str, int]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_LATIN_MONTHS = {w: n for w, n in _MONTH_OF.items() if not re.search("[\u4e00-\u9fff]", w)}
_M = rf"(?P<month>(?<![^\W\d_])(?:{_any_of(_LATIN_MONTHS)})(?![^\W\d_])\.?)"
_TO = r"\s*(?:-|–|to|bis|a|al|au|until|till|and|und|y|et|إلى|الى|و)\s*"
_ORD = r"(?:st|nd|rd|th|er|\.|º|ª)?"
_DAY_MONTH = re.compile(
    rf"(?<!\d)(?:(?P<first>\d{{1,2}}){_ORD}{_TO}(?:the\s+|le\s+|el\s+)?)?(?P<day>\d{{1,2}}){_ORD}\s+"
    rf"(?:of\s+|de\s+)?{_M}(?:,?\s+(?:de\s+|del\s+)?(?P<year>\d{{4}})(?!\d))?",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    rf"{_M}\s+(?:the\s+)?(?P<first>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|[:.]\d)"
    rf"(?:{_TO}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|[:.]\d))?(?:,?\s+(?P<year>\d{{4}})(?!\d))?",
    re.IGNORECASE,
)
_MONTH = re.compile(rf"{_M}(?:\s+(?:de\s+|del\s+|of\s+)?(?P<year>\d{{4}})(?!\d))?", re.IGNORECASE)
_ISO = re.compile(r"(?<!\d)(?P<year>\d{4})([-/.])(?P<m>\d{1,2})\2(?P<day>\d{1,2})(?!\d)")
_NUMERIC = re.compile(r"(?<![\d.])(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?![\d.,]*\d)")
_DOTTED = re.compile(r"(?<![\d.,])(\d{1,2})\.\s?(\d{1,2})\.(?!\d)")
_BEFORE_DAY = re.compile(
    r"(?:\b(?:am|ab|bis|vom|zum|den|dem|der|seit|und|oder)\s+|[-–]\s?)$", re.IGNORECASE
)
_GOES_ON = re.compile(r"\s*[,;:)–-]?\s*(?:[a-zäöüß(]|\d|[-–])")
_CHINESE = re.compile(
    r"(?:(?P<year>\d{4})年)?(?P<m>\d{1,2})月(?:(?P<day>\d{1,2})[日号])?(?!个)|(?P<only>\d{4})年(?!内)"
)
_TIME = re.compile(
    r"(?<![\d.:])(?P<h>\d{1,2})(?:(?P<sep>[:.h]|\s?uhr\s)(?P<min>[0-5]\d)(?::[0-5]\d)?)?\s*"
    r"(?:heures?\s+)?(?P<half>de la (?:ma[nñ]ana|tarde|noche)\b|du (?:matin|soir)\b|de l'après-midi\b|a\.?\s?m\b\.?|p\.?\s?m\b\.?|صباح\w*|مساء\w*|ظهرا|ص(?!\w)|م(?!\w))?(?P<clock>\s?uhr\b|\s?o'clock\b)?(?!\d|:\d|\.\d)",
    re.IGNORECASE,
)
_CHINESE_TIME = re.compile(
    r"(?P<half>上午|下午|早上|晚上|中午|凌晨|傍晚)?(?P<h>\d{1,2})[点點时時](?!间|段|内)(?:(?P<min>\d{1,2})分?|(?P<mid>半))?"
)
_LATER = frozenset({"下午", "晚上", "傍晚"})
_WORD = re.compile(r"[^\W\d_]+(?:-feira)?")
_HAN_WEEKDAY = re.compile(r"(?:星期|周|礼拜)[一二三四五六日天]")
_FROM_TO = re.compile(r"\.?\s*(?:-|–|to|through|bis|a|al|au|à|至|到|إلى|الى)\s*(?:le\s+|el\s+)?")


@dataclass(frozen=True, slots=True)
class Dated:
    """A date, with every reading."""

    readings: frozenset[Day]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Timed:
    """A time of day in minutes; `said` is "half" where morning or evening is, "clock" where the
    hour leaves no doubt, else "".
    """

    minutes: int
    said: str
    start: int
    end: int


def dates(text: str) -> Iterator[Dated]:
    """The dates of a text, whole ones before parts of them; spans may overlap."""
    for found in _ISO.finditer(text):
        yield from _dated(found, [(int(found["year"]), int(found["m"]), int(found["day"]))])
    for found in _NUMERIC.finditer(text):
        year = int(found[4]) + (2000 if len(found[4]) == 2 else 0)
        one, two = int(found[1]), int(found[3])
        yield from _dated(found, [(year, two, one), (year, one, two)])
    for found in _DOTTED.finditer(text):
        if _ends_a_sentence(found, text):
            continue
        yield from _dated(found, [(0, int(found[2]), int(found[1]))])
    for found in _CHINESE.finditer(text):
        if found["only"]:
            yield Dated(frozenset({(int(found["only"]), 0, 0)}), *found.span())
        else:
            day = (int(found["year"] or 0), int(found["m"]), int(found["day"] or 0))
            yield from _dated(found, [day])
    for pattern in (_DAY_MONTH, _MONTH_DAY, _MONTH):
        for found in pattern.finditer(text):
            yield from _named(found, text)


def _ends_a_sentence(found: re.Match[str], text: str) -> bool:
    """Whether "17.8." is a number before a full stop: nothing before it or behind it says a day."""
    return not _BEFORE_DAY.search(text[: found.start()]) and not _GOES_ON.match(text[found.end() :])


def _named(found: re.Match[str], text: str) -> Iterator[Dated]:
    name = found["month"].rstrip(".")
    parts = found.groupdict()
    numbers = [int(parts[key]) for key in ("first", "day") if parts.get(key)]
    month, year = _LATIN_MONTHS[name.casefold()], int(parts.get("year") or 0)
    if not numbers and not year and not _is_month(name, text[: found.start("month")]):
        return
    if name.casefold() in {"may", "march"} and name.islower():
        return  # the verbs; "5 may" is none either
    readings = [(year, month, n) for n in numbers] or [(year, month, 0)]
    for reading in readings:
        yield from _dated(found, [reading])


def _is_month(name: str, before: str) -> bool:
    """Whether a month's name without a number is the month, and no other word."""
    word = name.casefold()
    if len(word) <= 4 and word not in {"mai", "mayo", "juin", "août", "mars", "juni", "juli", "june", "july", "مايو"}:  # fmt: skip
        return word == "may" and name[0].isupper() and bool(before.strip())
    return not (word == "march" and not before.strip())


def _dated(found: re.Match[str], readings: Sequence[Day]) -> Iterator[Dated]:
    valid = frozenset((y, m, d) for y, m, d in readings if 1 <= m <= 12 and 0 <= d <= 31)
    if valid:
        yield Dated(valid, *found.span())


def times(text: str) -> Iterator[Timed]:
    """The times of day of a text; a bare hour only beside "am", "Uhr" and their like."""
    for found in _TIME.finditer(text):
        half = (found["half"] or "").casefold().replace(".", "")
        sep = (found["sep"] or "").strip().casefold()
        marked = bool(half or found["clock"])
        if not (sep in {":", "h", "uhr"} or marked) or (sep == "." and not marked):
            continue
        later = half.startswith(("p", "م", "de la t", "de la n", "du s", "de l'"))
        timed = _timed(found, int(found["h"]), int(found["min"] or 0), half, later)
        if timed is not None:
            yield timed
    for found in _CHINESE_TIME.finditer(text):
        minute = 30 if found["mid"] else int(found["min"] or 0)
        half = found["half"] or ""
        timed = _timed(found, int(found["h"]), minute, half, half in _LATER)
        if timed is not None:
            yield timed


def _timed(found: re.Match[str], hour: int, minute: int, half: str, later: bool) -> Timed | None:
    if hour > 24 or minute > 59:
        return None
    if later and hour < 12:
        hour += 12
    elif half and not later and hour == 12 and half != "中午":
        hour = 0
    said = "half" if half else "clock" if hour > 12 or hour == 0 else ""
    return Timed(hour * 60 + minute, said, *found.span())


def weekdays(text: str, *, spread: bool = False) -> Iterator[tuple[int, int, int]]:
    """(weekday from Monday as 0, start, end); with `spread` also those within a span of days.

    Tomorrow and yesterday are 10 and 11.
    """
    found = sorted({*_weekday_words(text), *(_short_german(text) if spread else ())}, key=lambda f: f[1])  # fmt: skip
    yield from found
    if spread:
        for (one, _, end), (two, start, stop) in itertools.pairwise(found):
            if one < 7 and two < 7 and _FROM_TO.fullmatch(text[end:start]):
                for day in range(one, one + (two - one) % 7 + 1):
                    yield day % 7, end, stop


def _weekday_words(text: str) -> Iterator[tuple[int, int, int]]:
    for found in _HAN_WEEKDAY.finditer(text):
        yield _WEEKDAY_OF[found[0]], *found.span()
    for found in _WORD.finditer(text):
        word = found[0].casefold()
        day = _WEEKDAY_OF.get(word, _RELATIVE.get(word))
        if day is None or (word in _AS_VERBS and not found[0][0].isupper()):
            continue
        yield day, *found.span()
    for word in ("明天", "昨天"):
        for at in re.finditer(word, text):
            yield _RELATIVE[word], *at.span()


def _short_german(text: str) -> Iterator[tuple[int, int, int]]:
    for found in re.finditer(r"\b(Mo|Di|Mi|Do|Fr|Sa|So)\b\.?(?=\s*(?:-|–|bis|,|:|\d))", text):
        yield _SHORT_GERMAN[found[1].casefold()], found.start(), found.start() + 2
    for found in re.finditer(r"(?<=[-–,]|\s)(Mo|Di|Mi|Do|Fr|Sa|So)\b", text):
        yield _SHORT_GERMAN[found[1].casefold()], found.start(), found.end()
