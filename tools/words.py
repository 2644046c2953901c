"""What tools tell a contact, in whole sentences; days, times and money as they are said."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tools.word_lists import MONTHS, SENTENCES, STATES

LANGUAGES = ("en", "de", "es", "fr")


def language_of(language: str) -> str:
    """The language that is spoken here for a locale; English for any other."""
    short = language[:2].lower()
    return short if short in LANGUAGES else "en"


def say(key: str, language: str, **values: object) -> str:
    """One of our sentences with its values."""
    forms: Mapping[str, str] = SENTENCES[key]
    return forms[language_of(language)].format(**values)


def state(told: str, language: str) -> str:
    """A status in the contact's language; one that we do not know is told as it is."""
    forms = STATES.get(told.strip().lower().replace(" ", "_").replace("-", "_"))
    return forms[language_of(language)] if forms else told


def day(when: date, language: str) -> str:
    """A day, written out: 3 December 2026."""
    month = MONTHS[language_of(language)][when.month - 1]
    match language_of(language):
        case "de":
            return f"{when.day}. {month} {when.year}"
        case "es":
            return f"{when.day} de {month} de {when.year}"
        case _:
            return f"{when.day} {month} {when.year}"


def moment(when: datetime, language: str, time_zone: str) -> str:
    """A day and a time, in the company's own time zone."""
    try:
        local = when.astimezone(ZoneInfo(time_zone))
    except (ZoneInfoNotFoundError, ValueError):
        local = when
    return say("moment", language, day=day(local.date(), language), time=f"{local:%H:%M}")


def money(amount: Decimal, currency: str) -> str:
    """An amount with its currency: 98.00 EUR."""
    return f"{amount:.2f} {currency}"


def joined(sentences: list[str]) -> str:
    """The sentences that say something, one after the other."""
    return " ".join(filter(None, sentences))
