"""Words with their counts, and which of them lie within two slips of the pen of another word.

Source: the symmetric delete method (two words within two edits share a form that is reached by
deleting letters from either). Only the first letters are indexed, each form packed into one
integer, so that 80,000 words take some 17 MB and no dictionary of strings.

A third way in is by sound: words whose consonants sound the same, however far apart they are spelt,
and words of the same first letter within three edits.
"""

import math
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

MAX_EDITS = 2
FAR_EDITS = 3
_INDEXED_CHARS = 7
_BITS = 9
_MASK = (1 << _BITS) - 1
_SPREAD = (
    0x9E3779B97F4A7C15  # a form's 63 bits are spread over 32; strangers that meet are weighed out
)


class Lexicon:
    """An immutable set of lower-case words; a count says how usual a word is."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self.words = list(counts)
        self.ids = {word: at for at, word in enumerate(self.words)}
        self.total = max(sum(counts.values()), 1)
        raw = np.fromiter(counts.values(), np.float64, len(counts))
        self.log_shares = np.log10(np.maximum(raw, 1) / self.total)
        self._forms, self._owners = _index(self.words)
        keys = [_crc(sound) for sound in _sounds_of(self.words)]
        self._by_sound = np.argsort(np.asarray(keys, np.int64), kind="stable").astype(np.int32)
        self._sounds = np.asarray(keys, np.int64)[self._by_sound]
        self._by_letter: dict[str, list[int]] = {}
        for at, word in enumerate(self.words):
            self._by_letter.setdefault(word[:1], []).append(at)

    def __contains__(self, word: str) -> bool:
        return word in self.ids

    def __len__(self) -> int:
        return len(self.words)

    def log_share(self, word: str) -> float:
        """The decimal logarithm of the word's share of all text; that of one count if unknown."""
        at = self.ids.get(word)
        return -math.log10(self.total) if at is None else float(self.log_shares[at])

    def near(self, word: str) -> list[tuple[int, int]]:
        """Places and distances (1 or 2) of the words near this one, in no order."""
        asked = _spread(np.fromiter(set(_forms_of(word)), np.uint64))
        first = np.searchsorted(self._forms, asked, "left")
        last = np.searchsorted(self._forms, asked, "right")
        slices = [self._owners[a:b] for a, b in zip(first, last, strict=True) if b > a]
        if not slices:
            return []
        found: list[tuple[int, int]] = []
        for at in np.unique(np.concatenate(slices)).tolist():
            other = self.words[at]
            if abs(len(other) - len(word)) <= MAX_EDITS:
                distance = OSA.distance(word, other, score_cutoff=MAX_EDITS)
                if 0 < distance <= MAX_EDITS:
                    found.append((at, distance))
        return found

    def alike(self, word: str) -> list[int]:
        """Places of the words whose consonants sound like this one's, in no order."""
        key = _crc(sound_of(word))
        first = int(np.searchsorted(self._sounds, key, "left"))
        last = int(np.searchsorted(self._sounds, key, "right"))
        return self._by_sound[first:last].tolist()

    def far(self, word: str) -> list[int]:
        """Places of the words of the same first letter that are three edits away, in no order."""
        places = [
            at
            for at in self._by_letter.get(word[:1], ())
            if abs(len(self.words[at]) - len(word)) <= FAR_EDITS
        ]
        found = process.extract_iter(
            word, [self.words[at] for at in places], scorer=OSA.distance, score_cutoff=FAR_EDITS
        )
        return [places[row] for _, distance, row in found if distance == FAR_EDITS]


def sound_of(word: str) -> str:
    """The consonants of a word as they roughly sound in English; a first vowel counts as one."""
    return _sounds_of([word])[0]


def _sounds_of(words: Sequence[str]) -> list[str]:
    """The sound of each word; all are rewritten together as lines, which is some ten times faster."""
    lines = "\n".join(words)
    for pattern, sound in _SOUNDS:
        lines = pattern.sub(sound, lines)
    return lines.split("\n")


_SOUNDS = tuple(
    (re.compile(pattern, re.MULTILINE), sound)
    for pattern, sound in (
        (r"^(?:kn|gn|pn)", "n"),
        (r"^wr", "r"),
        (r"^ps", "s"),
        (r"^[aeiouy]+", "A"),
        (r"ph", "f"),
        (r"[tcs]i(?=[oa])|sh|ch", "X"),
        (r"gh", ""),
        (r"dge|dj", "j"),
        (r"c(?=[eiy])|sc(?=[eiy])", "s"),
        (r"ck|qu|[cqx]", "k"),
        (r"g(?=[eiy])", "j"),
        (r"z", "s"),
        (r"d", "t"),
        (r"[aeiouywh']", ""),
        (r"(.)\1+", r"\1"),
    )
)


def _crc(text: str) -> int:
    return zlib.crc32(text.encode())


def _spread(forms: NDArray[np.uint64]) -> NDArray[np.uint32]:
    return ((forms * np.uint64(_SPREAD)) >> np.uint64(32)).astype(np.uint32)


def _index(words: list[str]) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
    """All forms in order, and beside each the place of its word."""
    letters = np.zeros((len(words), _INDEXED_CHARS), np.uint64)
    lengths = np.zeros(len(words), np.int64)
    for at, word in enumerate(words):
        head = word[:_INDEXED_CHARS]
        lengths[at] = len(head)
        for place, letter in enumerate(head):
            letters[at, place] = ord(letter) & _MASK or _MASK
    forms: list[NDArray[np.uint32]] = []
    owners: list[NDArray[np.int32]] = []
    for dropped in _dropped(_INDEXED_CHARS):
        rows = np.flatnonzero(lengths > max(dropped, default=-1))
        packed = np.zeros(len(rows), np.uint64)
        for place in range(_INDEXED_CHARS):
            if place not in dropped:
                there = letters[rows, place]
                packed = np.where(there > 0, (packed << np.uint64(_BITS)) | there, packed)
        forms.append(_spread(packed))
        owners.append(rows.astype(np.int32))
    all_forms, all_owners = np.concatenate(forms), np.concatenate(owners)
    order = np.argsort(all_forms)
    return all_forms[order], all_owners[order]


def _forms_of(word: str) -> Iterator[int]:
    head = [ord(letter) & _MASK or _MASK for letter in word[:_INDEXED_CHARS]]
    for dropped in _dropped(len(head)):
        packed = 0
        for place, letter in enumerate(head):
            if place not in dropped:
                packed = (packed << _BITS) | letter
        yield packed


def _dropped(length: int) -> Iterator[tuple[int, ...]]:
    for edits in range(MAX_EDITS + 1):
        yield from combinations(range(length), edits)
