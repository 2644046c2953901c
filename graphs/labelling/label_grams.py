"""A short text as letters and words: hashed, signed, weighed by how rare each piece is.

Beside an embedding this tells apart what differs by a word or a code ("top up by card", "top up by
cheque"). Pieces: runs of three to five letters within a word, words, pairs of words.
"""

import math
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

WIDTH = 2_048
LENGTHS = (3, 4, 5)
MAX_CHARS = 500
_WORD = re.compile(r"[^\W_]+")
_SIGN = 0x80000000


class GramSpace:
    """The weights of the pieces of some texts; turns texts into rows of length one."""

    def __init__(self, texts: Sequence[str]) -> None:
        found = Counter(key for text in texts for key in set(_pieces(text)))
        self._rare = math.log(len(texts) + 1)
        self._idf = {
            key: math.log((len(texts) + 1) / (count + 0.5)) for key, count in found.items()
        }

    def rows(self, texts: Sequence[str]) -> Matrix:
        """(texts, WIDTH); a text without a letter is a row of zeros."""
        made = np.zeros((len(texts), WIDTH), np.float32)
        for row, text in zip(made, texts, strict=True):
            for key, count in Counter(_pieces(text)).items():
                weight = self._idf.get(key, self._rare) * (1 + math.log(count))
                row[key % WIDTH] += weight if key & _SIGN else -weight
        return made / np.maximum(np.linalg.norm(made, axis=1, keepdims=True), 1e-9)


class GramIndex:
    """Rows kept by the pieces that they have: a hundredth of their room, and quick for one text."""

    def __init__(self, rows: Matrix) -> None:
        self._size = len(rows)
        column, row = np.nonzero(rows.T)
        self._rows = row.astype(np.int32)
        self._values = rows[row, column]
        self._starts = np.searchsorted(column, np.arange(rows.shape[1] + 1))

    @property
    def size(self) -> int:
        """Its bytes in memory."""
        return self._rows.nbytes + self._values.nbytes + self._starts.nbytes

    def products(self, asked: Matrix) -> Matrix:
        """(asked, rows): how alike each asked text is to each kept one."""
        found = np.zeros((len(asked), self._size), np.float32)
        for given, likeness in zip(asked, found, strict=True):
            for column in np.flatnonzero(given):
                part = slice(self._starts[column], self._starts[column + 1])
                likeness[self._rows[part]] += given[column] * self._values[part]
        return found


def _pieces(text: str) -> list[int]:
    words = _WORD.findall(unicodedata.normalize("NFKC", text[:MAX_CHARS]).casefold())
    pieces = [f"w:{word}" for word in words]
    pieces += [f"b:{one}_{two}" for one, two in pairwise(words)]
    for word in words:
        ends = f" {word} "
        pieces += [
            ends[at : at + length] for length in LENGTHS for at in range(len(ends) - length + 1)
        ]
    return [zlib.crc32(piece.encode()) for piece in pieces]
