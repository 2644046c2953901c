"""A text as plain words: lower case, without accents, an English contraction as one word."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_WORD = re.compile(r"[^\W_]+(?:['’](?:d|t|s|m|re|ve|ll)\b)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Word:
    """A folded word, and where the written one stands in the text."""

    plain: str
    start: int
    end: int


def spans(text: str) -> list[Word]:
    """The words in their order."""
    return [Word(_plain(m[0]), m.start(), m.end()) for m in _WORD.finditer(text)]


def folded(text: str) -> list[str]:
    """The words in their order, without their places."""
    return [_plain(m[0]) for m in _WORD.finditer(unicodedata.normalize("NFC", text))]


def _plain(word: str) -> str:
    if word.isascii():
        return word.lower().replace("'", "")
    parts = unicodedata.normalize("NFKD", word.lower().replace("ß", "ss"))
    return "".join(c for c in parts if not unicodedata.combining(c) and c not in "'’")


class Phrases:
    """Sayings of several words, each with what it stands for; found at the beginning of words."""

    def __init__(self, by_kind: Mapping[str, Mapping[str, str]]) -> None:
        """By kind and language, sayings divided by `|`."""
        self._kinds: dict[tuple[str, ...], str] = {}
        self._longest: dict[str, int] = {}
        for kind, by_language in by_kind.items():
            for saying in "|".join(by_language.values()).split("|"):
                words = tuple(folded(saying))
                if words:
                    self._kinds.setdefault(words, kind)
                    self._longest[words[0]] = max(self._longest.get(words[0], 0), len(words))

    def at(self, words: Sequence[str], place: int) -> tuple[str, int]:
        """The kind of the longest saying at a place and its number of words; ("", 0) for none."""
        most = min(self._longest.get(words[place], 0), len(words) - place)
        for length in range(most, 0, -1):
            kind = self._kinds.get(tuple(words[place : place + length]))
            if kind is not None:
                return kind, length
        return "", 0

    def over(self, words: Sequence[str]) -> Iterator[str]:
        """The kinds that the words are made of, one after the other; "" where one is none of them."""
        place = 0
        while place < len(words):
            kind, length = self.at(words, place)
            yield kind
            place += max(length, 1)
