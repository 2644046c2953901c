"""Small talk: whether a whole text is made of nothing else, and what it mainly says."""

import re
import unicodedata

from graphs.understanding.talk_words import FILLER, SAID
from graphs.words.folding import Phrases, folded

MAX_CHARS = 160
MAX_WORDS = 24
# Of several, the one that wants an answer of its own most ("hi, how are you?", "thanks, bye").
_FIRST = (
    "cancelled", "insult", "joke", "who_are_you", "how_are_you", "are_you_there", "goodbye",
    "thanks", "compliment", "greeting", "laughter", "fine",
)  # fmt: skip
_PHRASES = Phrases({**SAID, "": FILLER})
_SIGNS = {
    "laughter": "😂🤣😆😅😹",
    "insult": "😡🤬😠👎🖕",
    "thanks": "🙏",
    "greeting": "👋",
    "compliment": "😍🥰😘❤💖💯👏🎉🤩⭐",
}
_LAUGH = re.compile(
    r"(?:b?w?a?(?:ha|he|hi|ja|je|ah|xa)+h?|(?:lo+l)+|x+d+|k{3,}|(?:rs){2,}|hu(?:e|hu)+)$"
)
_CHAT = {"u": "you", "ur": "youre", "r": "are", "ya": "you"}
_ALL_OF_YOU = frozenset({"guys", "folks", "all"})
_STRETCHED = re.compile(r"(\w)\1{2,}")


def kind_of(text: str) -> str:
    """The kind of small talk that the whole text is, or "" where it says anything more."""
    if len(text) > MAX_CHARS:
        return ""
    words = folded(text)
    if not words:
        return _by_signs(text)
    if len(words) > MAX_WORDS:
        return ""
    plain = [_STRETCHED.sub(r"\1", word) for word in words]
    return _kind(words) or _kind(plain) or _kind(_spelt_out(plain))


def _spelt_out(words: list[str]) -> list[str]:
    """ "u guys r great" as "you are great"."""
    spelt = [_CHAT.get(word, word) for word in words]
    return [
        word
        for place, word in enumerate(spelt)
        if word not in _ALL_OF_YOU or not place or spelt[place - 1] != "you"
    ]


def _kind(words: list[str]) -> str:
    """Every word must belong to a saying or be filler; filler alone is no small talk."""
    said: set[str] = set()
    place = 0
    while place < len(words):
        kind, length = _PHRASES.at(words, place)
        if not length:
            if not _LAUGH.match(words[place]):
                return ""
            kind, length = "laughter", 1
        said.add(kind)
        place += length
    return next((kind for kind in _FIRST if kind in said), "")


def _by_signs(text: str) -> str:
    """What is said without a word: emoji, question marks."""
    found = next((k for k, signs in _SIGNS.items() if any(c in signs for c in text)), "")
    if found:
        return found
    if any(unicodedata.category(c) == "So" for c in text) or _smiles(text):
        return "fine"
    return "are_you_there" if "?" in text else ""


def _smiles(text: str) -> bool:
    return re.search(r"[:;=][-o]?[)(]", text) is not None
