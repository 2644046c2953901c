"""How a message sounds, by the words that people complain and praise with, in six languages.

A closed list instead of a model: it costs microseconds, explains itself, and is wrong in ways that
a person can mend. A word counts 1 or 2; one with a `*` stands for everything that begins so. A
negation shortly before a word turns it over, and halves it where it was a complaint ("not bad").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from graphs.understanding.sentiment_words import NEGATIONS, WORDS
from graphs.words.terms import words

Sentiment = Literal["negative", "neutral", "positive"]
FROM = 2.0  # how much a message must hold of either to be called so
REACH = 3  # words between a negation and what it turns over
MAX_CHARS = 4_000
_SIGNS = {
    "😡": -2,
    "🤬": -2,
    "😠": -2,
    "👎": -2,
    "😞": -1,
    "😢": -1,
    "😊": 1,
    "👍": 1,
    "❤": 2,
    "😍": 2,
}


@dataclass(frozen=True, slots=True)
class _Lexicon:
    whole: Mapping[str, float]
    begins: Mapping[str, float]
    negations: frozenset[str]

    def weight(self, word: str) -> float:
        """What a word says by itself; the longest beginning that is known decides."""
        found = self.whole.get(word)
        if found is not None:
            return found
        fitting = [known for known in self.begins if word.startswith(known)]
        return self.begins[max(fitting, key=len)] if fitting else 0.0


def sentiment(text: str, language: str = "en") -> Sentiment:
    """Whether a message complains, praises, or does neither."""
    found = tone(text, language)
    if found <= -FROM:
        return "negative"
    return "positive" if found >= FROM else "neutral"


def tone(text: str, language: str = "en") -> float:
    """The sum of what the words say: below zero a complaint, above it praise."""
    text = text[:MAX_CHARS]
    lexicon = _lexicon(language[:2].lower())
    said = words(text.replace("’", "'"))
    total = float(sum(weight * text.count(sign) for sign, weight in _SIGNS.items()))
    for place, word in enumerate(said):
        weight = lexicon.weight(word)
        if weight:
            before = said[max(0, place - REACH) : place]
            total += _turned(weight) if _is_negated(before, lexicon) else weight
    return total - 1.0 if total < 0 and _shouts(text) else total


def _is_negated(before: list[str], lexicon: _Lexicon) -> bool:
    """An odd number of negations: "not without trouble" is trouble."""
    found = sum(word in lexicon.negations or word.endswith("n't") for word in before)
    return found % 2 == 1


def _turned(weight: float) -> float:
    return -weight / 2 if weight < 0 else -weight


def _shouts(text: str) -> bool:
    """Three exclamation marks, or most of a longer message in capitals."""
    letters = [c for c in text if c.isalpha()]
    loud = len(letters) >= 12 and sum(c.isupper() for c in letters) > 0.7 * len(letters)
    return loud or "!!!" in text


@lru_cache(maxsize=8)
def _lexicon(language: str) -> _Lexicon:
    spoken = language if language in WORDS else "en"
    whole: dict[str, float] = {}
    begins: dict[str, float] = {}
    for weight, listed in WORDS[spoken].items():
        for word in listed.split():
            if word.endswith("*"):
                begins[word[:-1]] = weight
            else:
                whole[word] = weight
    return _Lexicon(whole, begins, frozenset(NEGATIONS[spoken].split()))
