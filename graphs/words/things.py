"""The things that a text speaks of: words that are neither verbs nor manners nor general ones."""

from collections.abc import Sequence

from graphs.understanding.following_words import CLASSES
from graphs.words.terms import word_terms, words
from graphs.words.thing_words import (
    ASKS,
    BE,
    BEFORE_THINGS,
    BEFORE_TO_DO,
    BEFORE_VERBS,
    GENERAL,
    MANNERS,
    VERBS,
)

SPOKEN = "en"  # the language whose things are known
_MIN_CHARS = 3


def things(text: str) -> list[str]:
    """The words of an English text that name what it is about, in lower case, each once."""
    said = words(text.replace("’", "'"))
    return list(dict.fromkeys(word for place, word in enumerate(said) if _is_thing(said, place)))


def _is_thing(said: Sequence[str], place: int) -> bool:
    word = said[place]
    if len(word) < _MIN_CHARS or not word[0].isalpha() or word in GENERAL or word in MANNERS:
        return False
    if not word_terms(word, SPOKEN) or word in CLASSES:
        return False
    if word.endswith("ly"):
        return False
    while place > 1 and said[place - 1].endswith("ly"):
        said = [*said[: place - 1], *said[place:]]
        place -= 1
    before = said[place - 1] if place else ""
    if before in BEFORE_THINGS:
        return True
    if word in VERBS or not place:
        return False
    if word.endswith(("ing", "ed")) and word not in VERBS:
        return False
    return not _is_verb_or_predicate(said, place, before)


def _is_verb_or_predicate(said: Sequence[str], place: int, before: str) -> bool:
    """ "can I juggle", "want to juggle", "the lamp is dim"; but "is lunch included?" asks of lunch."""
    if before in BEFORE_VERBS:
        return True
    if before in ASKS and said[place].removesuffix("s") in VERBS:
        return True  # "what happens"
    if before == "to":
        return place < 2 or said[place - 2] in BEFORE_TO_DO
    return before in BE and place > 1 and said[place - 2] not in ASKS  # "how much are implants?"
