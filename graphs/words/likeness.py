"""How much alike in meaning two texts are, told by what they are near besides each other.

A cosine of a few words and a question says little by itself: some texts are near everything. So it
is read in deviations above what either text has to the usual topics nearest to it (score
normalisation, as speakers' voices are compared), and counts more where both are near the same topics.
"""

import asyncio
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from graphs.words.usual_topics import TOPICS
from tenants.knowledge.ingestion import Embedder

Vector = NDArray[np.float32]

NEAREST = 60  # sayings of topics that a text is measured by
OF_REQUEST = 0.6  # weight of its own deviations beside the description's
SHARPNESS = 0.05  # cosine within which topics count alike
SAME_TOPICS = 3.0  # what being near the same topics adds
_LEAST_SPREAD = 1e-3


class UsualTopics:
    """The vectors of the usual topics, made once for each embedding model."""

    def __init__(self) -> None:
        self._held: dict[str, Vector] = {}
        self._making = asyncio.Lock()

    async def of(self, embedder: Embedder) -> Vector:
        """One row a topic, one column a way of saying it. Raises: EmbeddingsUnavailable."""
        async with self._making:
            if embedder.model_id not in self._held:
                flat = [said for topic in TOPICS for said in topic]
                made = np.asarray(await embedder.embed_documents(flat), dtype=np.float32)
                self._held[embedder.model_id] = made.reshape(len(TOPICS), -1, made.shape[1])
            return self._held[embedder.model_id]


def likeness(request: Vector, texts: Sequence[Vector], topics: Vector) -> list[float]:
    """How alike each text is to the request: some 0 to 2 for strangers, above 4 for what speaks of it."""
    sayings = topics.reshape(-1, topics.shape[2])
    own_mean, own_spread = _usual(request, sayings)
    own_topics = _topics_of(request, topics)
    found: list[float] = []
    for text in texts:
        cosine = float(request @ text)
        mean, spread = _usual(text, sayings)
        above = OF_REQUEST * (cosine - own_mean) / own_spread
        above += (1 - OF_REQUEST) * (cosine - mean) / spread
        found.append(above + SAME_TOPICS * float(own_topics @ _topics_of(text, topics)))
    return found


def _usual(text: Vector, sayings: Vector) -> tuple[float, float]:
    """Mean and spread of a text's cosines with the sayings nearest to it."""
    nearest = np.sort(sayings @ text)[-NEAREST:]
    return float(nearest.mean()), max(float(nearest.std()), _LEAST_SPREAD)


def _topics_of(text: Vector, topics: Vector) -> Vector:
    """Which topics a text is near, as a direction."""
    near = (topics @ text).max(axis=1)
    weights = np.exp((near - near.max()) / SHARPNESS)
    return weights / np.linalg.norm(weights)
