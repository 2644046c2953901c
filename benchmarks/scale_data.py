"""Made-up knowledge bases of many tenants, drawn with a fixed seed, as arrays.

Vectors lie in clusters (topic, tenant, document, passage), words follow Zipf's law within topics;
six tenants have a known size, the others are small, a few of them large. The same shapes as the
measurements behind the design, so that figures can be laid side by side.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tenants.finding.lexemes import lexemes

DIMENSION = 384
KNOWN_SIZES = (100, 1_000, 5_000, 10_000, 20_000, 100_000)
PASSAGES_A_DOCUMENT = 8
_LATENT = 64
_TOPICS = 300
_WORDS = 30_000
_BATCH_PASSAGES = 20_000
LITTLE = "the a to of and in is for on with your you we can it this that be are if".split()
_ONSETS = "b br c ch cl d dr f fl g gr h j k l m n p pl pr r s st t tr v w z".split()
_NUCLEI = "a e i o u ai ea ou".split()
_CODAS = ["", *"n r l t m k p nd x".split()]

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Vocabulary:
    """Words by rank, the little ones last, and the lexeme of each as a place in `lexemes`."""

    words: list[str]
    lexemes: list[bytes]
    lexeme_of: Ints

    @classmethod
    def drawn(cls, draw: np.random.Generator) -> "Vocabulary":
        """As many invented words as a language is spoken with."""
        seen: dict[str, None] = {}
        while len(seen) < _WORDS:
            syllables = draw.integers(2, 4)
            seen["".join(
                _ONSETS[draw.integers(len(_ONSETS))]
                + _NUCLEI[draw.integers(len(_NUCLEI))]
                + _CODAS[draw.integers(len(_CODAS))]
                for _ in range(syllables)
            )] = None  # fmt: skip
        words = [*seen, *LITTLE]
        stems = [lexemes(word, "en")[0].encode() for word in words]
        ordered = sorted(set(stems))
        places = {stem: place for place, stem in enumerate(ordered)}
        return cls(words, ordered, np.array([places[stem] for stem in stems], dtype=np.int64))


@dataclass(frozen=True)
class Batch:
    """Whole tenants with all their passages; arrays of one row a passage unless said."""

    tenants: range
    tenant: Ints
    chunk_id: Ints
    document: Ints
    vectors: Floats
    lengths: Ints
    words: Ints  # of all passages, one after the other


def tenant_sizes(tenants: int, passages: int, known: tuple[int, ...] = KNOWN_SIZES) -> Ints:
    """Passages of each tenant: the known sizes first, then Zipf."""
    others, left = tenants - len(known), passages - sum(known)
    if others <= 0 or left < others * 5:
        raise ValueError(f"{passages} passages are too few for {tenants} tenants")
    weights = np.arange(1, others + 1) ** -0.8
    sizes = np.clip(weights / weights.sum() * left, 5, 5_000)
    sizes = np.maximum(5, (sizes * left / sizes.sum())).astype(np.int64)
    sizes[0] += left - sizes.sum()
    return np.concatenate([np.array(known, dtype=np.int64), sizes])


def tenant_uuid(number: int) -> UUID:
    """The id of a tenant, in order like those that the server makes."""
    return UUID(int=(0x019A << 112) | (number << 80) | (7 << 76) | (8 << 60) | (number + 1))


def base_uuid(number: int) -> UUID:
    """The id of a tenant's one knowledge base."""
    return UUID(int=tenant_uuid(number).int + (1 << 40))


def document_uuid(number: int, document: int) -> UUID:
    """The id of a tenant's document."""
    return UUID(int=tenant_uuid(number).int + (2 << 40) + (document << 16))


class Drawn:
    """The passages of all tenants, a batch of whole tenants at a time."""

    def __init__(self, sizes: Ints, *, mean_words: int = 60, seed: int = 7) -> None:
        self.sizes = sizes
        self._draw = np.random.default_rng(seed)
        self._mean_words = mean_words
        self.vocabulary = Vocabulary.drawn(self._draw)
        scale = np.sqrt(_LATENT)
        self._project = (self._normal(_LATENT, DIMENSION) / scale).astype(np.float32)
        self._centres = self._normal(_TOPICS, _LATENT)
        self._topic_words = self._draw.integers(0, _WORDS, (_TOPICS, 120))
        falling = np.cumsum((np.arange(_WORDS) + 10.0) ** -0.95)
        self._zipf = falling / falling[-1]

    def batches(self) -> Iterator[Batch]:
        """Tenants in order; a large one is a batch of its own."""
        first = 0
        while first < len(self.sizes):
            last, count = first, 0
            while last < len(self.sizes) and (
                count == 0 or count + self.sizes[last] <= _BATCH_PASSAGES
            ):
                count += int(self.sizes[last])
                last += 1
            yield self._batch(range(first, last))
            first = last

    def _batch(self, tenants: range) -> Batch:
        sizes = self.sizes[tenants.start : tenants.stop]
        count = int(sizes.sum())
        tenant = np.repeat(np.arange(tenants.start, tenants.stop), sizes)
        starts = np.repeat(np.cumsum(sizes) - sizes, sizes)
        chunk_id = np.arange(count) - starts + 1
        document = (chunk_id - 1) // PASSAGES_A_DOCUMENT
        new_document = (chunk_id - 1) % PASSAGES_A_DOCUMENT == 0
        of_document = np.cumsum(new_document) - 1
        topic = self._draw.integers(0, _TOPICS, int(new_document.sum()))[of_document]
        vectors = self._vectors(tenant - tenants.start, topic, of_document)
        lengths = np.clip(
            self._draw.lognormal(np.log(self._mean_words), 0.4, count), 15, 220
        ).astype(np.int64)
        return Batch(
            tenants, tenant, chunk_id, document, vectors, lengths,
            self._word_places(np.repeat(topic, lengths)),
        )  # fmt: skip

    def _vectors(self, tenant: Ints, topic: Ints, document: Ints) -> Floats:
        shift = self._normal(int(tenant[-1]) + 1, _LATENT) * 0.5
        about = self._normal(int(document[-1]) + 1, _LATENT) * 0.6
        latent = self._centres[topic] + shift[tenant] + about[document]
        latent += self._normal(len(topic), _LATENT) * 0.5
        vectors = latent @ self._project + self._normal(len(topic), DIMENSION) * 0.15
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def _word_places(self, topic: Ints) -> Ints:
        """Some words of the topic, some little ones, the rest as they are spoken."""
        kind = self._draw.random(len(topic))
        places = np.searchsorted(self._zipf, self._draw.random(len(topic)))
        of_topic = (120 * self._draw.random(len(topic)) ** 2).astype(np.int64)
        places = np.where(kind < 0.30, self._topic_words[topic, of_topic], places)
        little = self._draw.integers(0, len(LITTLE), len(topic))
        return np.where(kind > 0.75, _WORDS + little, places)

    def _normal(self, rows: int, columns: int) -> Floats:
        return self._draw.standard_normal((rows, columns), dtype=np.float32)
