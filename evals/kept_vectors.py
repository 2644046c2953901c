"""Vectors kept on disk between runs: the product's own, only not made twice."""

import hashlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tenants.knowledge.ingestion import Embedder


class KeptVectors:
    """An embedder that keeps every vector in a file and asks the model for new texts only."""

    def __init__(self, model: Embedder, path: Path) -> None:
        self._model = model
        self._db = sqlite3.connect(path)
        self._db.execute("create table if not exists vectors (key blob primary key, vector blob)")

    def __enter__(self) -> "KeptVectors":
        return self

    def __exit__(self, *_: object) -> None:
        self._db.commit()
        self._db.close()

    @property
    def model_id(self) -> str:
        return self._model.model_id

    @property
    def dimension(self) -> int:
        return self._model.dimension

    async def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row a text, in order."""
        kept = [self._kept(text) for text in texts]
        new = [text for text, vector in zip(texts, kept, strict=True) if vector is None]
        made = iter(await self._model.embed_documents(new)) if new else iter(())
        rows = [next(made) if vector is None else vector for vector in kept]
        for text, vector, row in zip(texts, kept, rows, strict=True):
            if vector is None:
                self._keep(text, row)
        return np.stack(rows) if rows else np.empty((0, self.dimension), np.float32)

    async def embed_query(self, text: str) -> NDArray[np.float32]:
        """One vector."""
        vector = self._kept(text)
        if vector is None:
            vector = await self._model.embed_query(text)
            self._keep(text, vector)
        return vector

    def _key(self, text: str) -> bytes:
        return hashlib.sha256(f"{self.model_id}\0{text}".encode()).digest()

    def _kept(self, text: str) -> NDArray[np.float32] | None:
        found = self._db.execute("select vector from vectors where key = ?", (self._key(text),))
        row = found.fetchone()
        return None if row is None else np.frombuffer(row[0], np.float32)

    def _keep(self, text: str, vector: NDArray[np.float32]) -> None:
        packed = np.asarray(vector, np.float32).tobytes()
        self._db.execute("insert or replace into vectors values (?, ?)", (self._key(text), packed))
