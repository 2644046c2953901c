"""Data in a prompt stands between marks that nobody can guess, and the prompt is not said aloud.

A mark is drawn for every call. It is also a canary: a sentence of a reply that holds it is dropped,
and so is one that says what the rules or the company's own wishes say and no passage does.
"""

import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from graphs.keeping.tape import slot

WORDS_IN_A_ROW = 6  # of a prompt, which nobody says by chance
MIN_WORDS = 2  # of a sentence that stands whole in the prompt
MIN_ECHOED_CHARS = 24  # where words have no spaces between them
_WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


def new_mark() -> str:
    """A mark for one call; the same one when the turn is run again."""
    place = slot("mark", None)
    if place.is_recorded:
        return place.gave
    mark = f"data-{secrets.token_hex(6)}"
    place.keep(mark)
    return mark


def fenced(text: str, mark: str, about: str = "") -> str:
    """The text as data: between the mark's lines, which it cannot hold."""
    told = f" {about}" if about else ""
    return f"<{mark}{told}>\n{text.replace(mark, '')}\n</{mark}>"


@dataclass(frozen=True)
class Echo:
    """What must not be said: runs of words of a prompt that stand in no passage."""

    mark: str
    runs: frozenset[tuple[str, ...]] = field(default_factory=frozenset[tuple[str, ...]])
    prompt: str = ""  # as plain words
    sources: str = ""

    @classmethod
    def of(cls, mark: str, prompt: str, sources: Sequence[str]) -> "Echo":
        """`prompt` is what is not to be said, `sources` are what the reply may well repeat."""
        open_runs = {run for text in sources for run in _runs(text)}
        told, said = _plain(prompt), _plain(" . ".join(sources))
        return cls(mark, frozenset(set(_runs(prompt)) - open_runs), told, said)

    def is_in(self, sentence: str) -> bool:
        """Whether a sentence says the prompt, or names its mark."""
        if self.mark and self.mark.partition("-")[2] in sentence:
            return True
        said = _plain(sentence)
        if said.count(" ") > MIN_WORDS and said in self.prompt and said not in self.sources:
            return True
        return any(run in self.runs for run in _runs(sentence))


def _plain(text: str) -> str:
    return f" {' '.join(w.lower() for w in _WORD.findall(text))} ".replace("  ", "")


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    words = [w.lower() for w in _WORD.findall(text)]
    for start in range(len(words) - WORDS_IN_A_ROW + 1):
        yield tuple(words[start : start + WORDS_IN_A_ROW])
    for word in words:
        if len(word) >= MIN_ECHOED_CHARS and _UNSPACED.search(word):
            for start in range(len(word) - MIN_ECHOED_CHARS + 1):
                yield (word[start : start + MIN_ECHOED_CHARS],)
