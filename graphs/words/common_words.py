"""Common English: how usual a word is, and which words stand side by side.

Read from the lists in the package `symspellpy` (MIT licence), whose own index is not used; they
are found without importing the package.
"""

import asyncio
import math
import threading
from array import array
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from graphs.words.lexicon import Lexicon

_WORDS = "frequency_dictionary_en_82_765.txt"
_PAIRS = "frequency_bigramdictionary_en_243_342.txt"
_SHIFT = 32
_READING = threading.Lock()
_FLOOR = 0.3  # the share of a word's own weight that a stranger beside it cannot take away


class CommonEnglish:
    """A lexicon, and how much more likely one word is after another than anywhere."""

    def __init__(
        self, lexicon: Lexicon, side_by_side: Iterable[tuple[tuple[str, str], int]] = ()
    ) -> None:
        self.lexicon = lexicon
        keys, counts = array("q"), array("d")
        for (one, other), count in side_by_side:
            a, b = lexicon.ids.get(one), lexicon.ids.get(other)
            if a is not None and b is not None:
                keys.append((a << _SHIFT) | b)
                counts.append(count)
        order = np.argsort(np.asarray(keys, np.int64))
        self._keys = np.asarray(keys, np.int64)[order]
        self._counts = np.asarray(counts, np.float64)[order]

    def pull(self, first: str, second: str) -> float:
        """The decimal logarithm of that factor; a little below 0 for words never seen together."""
        a, b = self.lexicon.ids.get(first), self.lexicon.ids.get(second)
        if a is None or b is None or not len(self._keys):
            return 0.0
        key = (a << _SHIFT) | b
        at = int(np.searchsorted(self._keys, key))
        if at >= len(self._keys) or self._keys[at] != key:
            return math.log10(_FLOOR)
        shares = self.lexicon.log_shares
        lift = self._counts[at] / self.lexicon.total / 10 ** float(shares[a] + shares[b])
        return math.log10(_FLOOR + (1 - _FLOOR) * lift)


NO_ENGLISH = CommonEnglish(Lexicon({}))


async def common_english() -> CommonEnglish:
    """The lists of this process, read in a thread when first asked for; that takes about a second."""
    return await asyncio.to_thread(_read_once)


def _read_once() -> CommonEnglish:
    with _READING:
        return _read()


@lru_cache(maxsize=1)
def _read() -> CommonEnglish:
    return read_english()


def read_english(counts: Mapping[str, int] | None = None) -> CommonEnglish:
    """Common English with its own counts of words, or with these."""
    return CommonEnglish(Lexicon(counts or dict(_words())), _pairs())


def _words() -> Iterator[tuple[str, int]]:
    for line in _lines(_WORDS):
        word, _, count = line.strip().rpartition(" ")
        if word:
            yield word, int(count)


def _pairs() -> Iterator[tuple[tuple[str, str], int]]:
    for line in _lines(_PAIRS):
        parts = line.split()
        if len(parts) == 3:
            yield (parts[0], parts[1]), int(parts[2])


def _lines(name: str) -> Iterator[str]:
    found = find_spec("symspellpy")
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError(f"{name} of the package symspellpy")
    folder = Path(next(iter(found.submodule_search_locations)))
    with (folder / name).open(encoding="utf-8-sig") as lines:
        yield from lines
