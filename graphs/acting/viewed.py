"""What a contact was shown of their own a moment ago, so that "cancel it" says which.

Only kinds and numbers are kept, as the tools gave them; a pause ends it like every other focus.
"""

import re
from collections.abc import Mapping, Sequence
from typing import TypedDict

from graphs.understanding.following import points_back
from graphs.words.folding import spans

MOST_VIEWED = 5
NOUNS: Mapping[str, Mapping[str, str]] = {
    "order": {"en": "my order", "de": "meine Bestellung", "es": "mi pedido", "fr": "ma commande"},
    "invoice": {"en": "my invoice", "de": "meine Rechnung", "es": "mi factura", "fr": "ma facture"},
    "appointment": {
        "en": "my appointment",
        "de": "meinen Termin",
        "es": "mi cita",
        "fr": "mon rendez-vous",
    },
}
_PRONOUN = re.compile(
    r"\b(?:it|that one|this one|that|this|them|es|ihn|sie|diese[nrs]?|esto|eso|ella|elle|la)\b"
)


class Viewed(TypedDict):
    """One record: `kind` as in NOUNS, and the number or id by which its service knows it."""

    kind: str
    reference: str


def means(text: str, viewed: Sequence[Viewed], kind: str) -> Viewed | None:
    """The record of a kind that "it" means in a contact's words; None where nothing is meant by them."""
    if kind not in NOUNS or not points_back([word.plain for word in spans(text)]):
        return None
    return next((one for one in viewed if one["kind"] == kind), None)


def is_only_one(viewed: Sequence[Viewed], kind: str) -> bool:
    """Whether no other record of the kind was shown beside it."""
    return sum(one["kind"] == kind for one in viewed) == 1


def spelt_out(text: str, kind: str, language: str, number: str = "") -> str:
    """The words with the record in the place of "it"; behind them, where they have no such word."""
    noun = NOUNS[kind].get(language[:2].lower(), NOUNS[kind]["en"])
    named = f"{noun} {number}".rstrip()
    replaced, count = _PRONOUN.subn(named, text, count=1)
    return replaced if count else f"{text.rstrip(' .!?')} {named}"
