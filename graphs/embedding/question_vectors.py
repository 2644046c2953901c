"""Vectors of questions that were asked a moment ago, so that the same words are embedded once."""

import hashlib
from collections import OrderedDict
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tenants.knowledge.ingestion import Embedder

Vector = NDArray[np.float32]
_Key = tuple[UUID, str, bytes]

LIMIT = 4_096  # of all tenants together: 6 MB at 384 numbers


class QuestionVectors:
    """The last questions of one process; a tenant's are its own, so that none feels another's."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._held: OrderedDict[_Key, Vector] = OrderedDict()

    def of(self, tenant_id: UUID, embedder: Embedder) -> "RememberedQuestions":
        """The model as one tenant asks it."""
        return RememberedQuestions(self, tenant_id, embedder)

    def get(self, key: _Key) -> Vector | None:
        """The vector, which counts as used."""
        found = self._held.get(key)
        if found is not None:
            self._held.move_to_end(key)
        return found

    def put(self, key: _Key, vector: Vector) -> None:
        """Keep a vector; the one used longest ago goes."""
        self._held[key] = vector
        if len(self._held) > self._limit:
            self._held.popitem(last=False)


class RememberedQuestions:
    """`tenants.finding.asking.QueryEmbedder` that looks before it asks the model."""

    def __init__(self, held: QuestionVectors, tenant_id: UUID, embedder: Embedder) -> None:
        self._held = held
        self._tenant_id = tenant_id
        self._embedder = embedder

    async def embed_query(self, text: str) -> Vector:
        """One normalised vector. Raises: EmbeddingsUnavailable."""
        digest = hashlib.sha256(text.encode("utf-8", "replace")).digest()
        key = (self._tenant_id, self._embedder.model_id, digest)
        vector = self._held.get(key)
        if vector is None:
            vector = await self._embedder.embed_query(text)
            self._held.put(key, vector)
        return vector
