"""What an operator's reply says of the passages that the assistant had found."""

import re
from collections.abc import Sequence

from graphs.ports import Passage
from graphs.words.terms import overlap, terms
from tenants.finding.languages import detect

MIN_WORDS = 4  # "I will have a look" says nothing of the knowledge
SAME = 0.6  # share of the reply's meaning words that one passage holds: it says the same
OTHER = 0.3  # at most so much: it says something else
_NUMBER = re.compile(r"\d+")


def knew(reply: str, passages: Sequence[Passage]) -> bool | None:
    """Whether a passage says what the operator says; None where neither is clear."""
    language = detect(reply)
    said = set(terms(reply, language))
    if len(said) < MIN_WORDS or not passages:
        return None
    held = 0.0
    for passage in passages:
        text = f"{passage['title']} {passage['question'] or ''} {passage['text']}"
        share = overlap(said, terms(text, language))
        if share >= SAME and set(_NUMBER.findall(reply)) <= set(_NUMBER.findall(text)):
            return True
        held = max(held, share)
    return False if held <= OTHER else None
