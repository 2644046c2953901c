"""Personal data taken out of text before it may become knowledge.

Recognised by form: e-mail addresses, telephone numbers, payment cards (Luhn), IBANs. Recognised by
the words before them: names people give themselves or are greeted by, home addresses, dates of
birth, secrets, numbers of orders, accounts and customers that are somebody's own. Recognised
because the caller knows them: the contact's names and addresses. A pattern finds no unknown name
in the middle of a sentence: a person reviews the rest.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import phonenumbers

from tenants.lessons.personal_cues import COMMON_WORDS, CUES, GREETING

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+", re.UNICODE)
_SPELT_EMAIL = re.compile(
    r"\b[\w.+-]{1,64}\s*(?:\(at\)|\[at\]|\sat\s)\s*[\w-]+(?:\s*(?:\(dot\)|\[dot\]|\sdot\s)\s*[a-z]{2,10})+\b",
    re.IGNORECASE,
)
_CARD = re.compile(r"(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-])")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b", re.IGNORECASE)
_SPOKEN = re.compile(
    r"\b(?:(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple)[\s,-]+){3,}"
    r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)\b",
    re.IGNORECASE,
)
_REGIONS = ("US", "GB", "DE", "FR", "ES")  # for numbers without a country's code
_MIN_NAME_CHARS = 3
_KINDS = (
    "e-mail", "telephone", "card", "account", "name", "address", "date of birth", "secret",
    "number", "contact data",
)  # fmt: skip
_MARK = re.compile(r"\[(" + "|".join(map(re.escape, _KINDS)) + r")\]")

Mark = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The text with marks in place of what was taken out, and the kinds of it."""

    text: str
    removed: list[str]

    @property
    def marks(self) -> list[dict[str, str | int]]:
        """Each mark that stands in the text: its kind, and where it begins and ends."""
        return [
            {"kind": found[1], "start": found.start(), "end": found.end()}
            for found in _MARK.finditer(self.text)
        ]


def clean(text: str, *, names: Sequence[str] = (), known: Sequence[str] = ()) -> Cleaned:
    """`text` without the personal data recognised in it; `[name]`, `[e-mail]` … stand instead.

    `names` are people's; `known` are other words of theirs: addresses, numbers, ids.
    """
    removed: set[str] = set()

    def mark(kind: str) -> str:
        removed.add(kind)
        return f"[{kind}]"

    text = _EMAIL.sub(lambda _: mark("e-mail"), text)
    text = _SPELT_EMAIL.sub(lambda _: mark("e-mail"), text)
    text = _IBAN.sub(lambda m: mark("account") if _is_iban(m[0]) else m[0], text)
    text = _CARD.sub(lambda m: mark("card") if _passes_luhn(m[0]) else m[0], text)
    text = _without_cued(text, mark)
    text = _SPOKEN.sub(lambda _: mark("number"), text)
    text = _without_phones(text, mark)
    text = _without_known(text, known, mark)
    text = _without_names(text, names, mark)
    return Cleaned(text, sorted(removed))


def _without_cued(text: str, mark: Mark) -> str:
    """What the words before it give away; a greeting by name goes altogether."""
    greeted = GREETING.match(text)
    if greeted:
        mark("name")
        rest = text[greeted.end() :].lstrip()
        text = rest[:1].upper() + rest[1:]
    for kind, cue in CUES:
        text = cue.sub(
            lambda m, kind=kind: m[0] if _is_marked(m["what"]) else _marked(m, mark(kind)), text
        )
    return text


def _marked(found: re.Match[str], mark: str) -> str:
    before, after = found.start("what") - found.start(), found.end("what") - found.start()
    return found[0][:before] + mark + found[0][after:]


def _is_marked(what: str) -> bool:
    return _MARK.search(what) is not None


def _without_phones(text: str, mark: Mark) -> str:
    spans: list[tuple[int, int]] = []
    if sum(c.isdigit() for c in text) < 6:
        return text
    for region in _REGIONS:
        for match in phonenumbers.PhoneNumberMatcher(
            text, region, leniency=phonenumbers.Leniency.VALID
        ):
            if not any(start < match.end and match.start < end for start, end in spans):
                spans.append((match.start, match.end))
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + mark("telephone") + text[end:]
    return text


def _without_known(text: str, known: Sequence[str], mark: Mark) -> str:
    for word in sorted(set(known), key=len, reverse=True):
        if len(word.strip()) >= _MIN_NAME_CHARS:
            text = _sub_word(text, word.strip(), lambda: mark("contact data"))
    return text


def _without_names(text: str, names: Sequence[str], mark: Mark) -> str:
    """Whole names however they are written; their parts unless they are ordinary words as well."""
    for name in sorted(set(names), key=len, reverse=True):
        if len(name) >= _MIN_NAME_CHARS and (" " in name or name.casefold() not in COMMON_WORDS):
            text = _sub_word(text, name, lambda: mark("name"))
    for part in sorted({part for name in names for part in name.split()}, key=len, reverse=True):
        if len(part) >= _MIN_NAME_CHARS and part.casefold() not in COMMON_WORDS:
            text = _sub_word(text, part, lambda: mark("name"))
    return re.sub(r"\[name\](?:\s+\[name\])+", "[name]", text)


def _sub_word(text: str, word: str, mark: Callable[[], str]) -> str:
    whole = rf"(?<!\w){re.escape(word)}(?!\w)"
    return re.sub(whole, lambda _: mark(), text, flags=re.IGNORECASE)


def _passes_luhn(digits: str) -> bool:
    numbers = [int(c) for c in digits if c.isdigit()][::-1]
    doubled = [n * 2 - 9 if n > 4 else n * 2 for n in numbers[1::2]]
    return (sum(numbers[0::2]) + sum(doubled)) % 10 == 0


def _is_iban(text: str) -> bool:
    plain = text.replace(" ", "").upper()
    if not 15 <= len(plain) <= 34:
        return False
    return int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1
