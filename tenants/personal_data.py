"""Personal data taken out of text before it may become knowledge.

Recognised: e-mail addresses, telephone numbers, payment cards (Luhn), IBANs, and the names the
caller knows (the contact's). A pattern finds no unknown names: a person reviews the rest.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import phonenumbers

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+", re.UNICODE)
_CARD = re.compile(r"(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-])")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b")
_REGIONS = ("US", "GB", "DE")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The text with marks in place of what was taken out, and the kinds of it."""

    text: str
    removed: list[str]


def clean(text: str, *, names: Sequence[str] = ()) -> Cleaned:
    """`text` without the personal data recognised in it; `[name]`, `[e-mail]` … stand instead."""
    removed: set[str] = set()

    def mark(kind: str) -> str:
        removed.add(kind)
        return f"[{kind}]"

    text = _EMAIL.sub(lambda _: mark("e-mail"), text)
    text = _IBAN.sub(lambda m: mark("account") if _is_iban(m[0]) else m[0], text)
    text = _CARD.sub(lambda m: mark("card") if _passes_luhn(m[0]) else m[0], text)
    text = _without_phones(text, mark)
    for name in sorted({part for n in names for part in (n, *n.split())}, key=len, reverse=True):
        if len(name) >= 3:
            text = re.sub(
                rf"(?<!\w){re.escape(name)}(?!\w)",
                lambda _: mark("name"),
                text,
                flags=re.IGNORECASE,
            )
    text = re.sub(r"\[name\](?:\s+\[name\])+", "[name]", text)
    return Cleaned(text, sorted(removed))


def _without_phones(text: str, mark: Callable[[str], str]) -> str:
    spans: list[tuple[int, int]] = []
    for region in _REGIONS:
        for match in phonenumbers.PhoneNumberMatcher(
            text, region, leniency=phonenumbers.Leniency.VALID
        ):
            if not any(start < match.end and match.start < end for start, end in spans):
                spans.append((match.start, match.end))
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + mark("telephone") + text[end:]
    return text


def _passes_luhn(digits: str) -> bool:
    numbers = [int(c) for c in digits if c.isdigit()][::-1]
    doubled = [n * 2 - 9 if n > 4 else n * 2 for n in numbers[1::2]]
    return (sum(numbers[0::2]) + sum(doubled)) % 10 == 0


def _is_iban(text: str) -> bool:
    plain = text.replace(" ", "")
    if not 15 <= len(plain) <= 34:
        return False
    return int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1
