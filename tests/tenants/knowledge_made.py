"""A small embedding model for tests: vectors of words, the same for the same words everywhere."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tenants.actors import SYSTEM
from tenants.database.connection import Pool, tenant_transaction
from tenants.finding.search import Filters, KnowledgeVersion, Passage, search
from tenants.knowledge import knowledge_bases
from tenants.knowledge.ingestion import NewDocument, StoredDocument, add_documents

DIMENSION = 64


class WordEmbedder:
    """Adds up one fixed random direction a word; counts the texts it was given."""

    model_id = "test:words"
    dimension = DIMENSION

    def __init__(self) -> None:
        self.embedded: list[str] = []

    async def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.embedded.extend(texts)
        return np.stack([self.vector(text) for text in texts])

    async def embed_query(self, text: str) -> NDArray[np.float32]:
        return self.vector(text)

    def vector(self, text: str) -> NDArray[np.float32]:
        total = np.full(DIMENSION, 1e-3)
        for word in text.lower().replace("?", " ").replace(".", " ").split():
            seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
            total += np.random.default_rng(seed).standard_normal(DIMENSION)
        return (total / np.linalg.norm(total)).astype(np.float32)


async def make_base(pool: Pool, tenant_id: UUID, name: str = "Knowledge") -> UUID:
    """An empty knowledge base of the test model."""
    async with tenant_transaction(pool, tenant_id) as conn:
        return await knowledge_bases.create(
            conn, name, embedding_model=WordEmbedder.model_id, dimension=DIMENSION
        )


async def put(
    pool: Pool,
    tenant_id: UUID,
    base: UUID,
    *documents: NewDocument,
    embedder: WordEmbedder | None = None,
) -> list[StoredDocument]:
    """Documents stored and searchable."""
    stored = await add_documents(
        pool, tenant_id, base, documents, embedder=embedder or WordEmbedder(), actor=SYSTEM
    )
    return stored.documents


async def find(
    pool: Pool,
    tenant_id: UUID,
    base: UUID,
    text: str,
    *,
    version: int | None = None,
    limit: int = 8,
    filters: Filters | None = None,
) -> list[Passage]:
    """What one tenant finds in one knowledge base."""
    embedding = await WordEmbedder().embed_query(text)
    async with tenant_transaction(pool, tenant_id) as conn:
        return await search(
            conn,
            [KnowledgeVersion(base, version)],
            text=text,
            embedding=embedding,
            limit=limit,
            filters=filters,
        )


def qa(question: str, answer: str, external_id: str | None = None) -> NewDocument:
    """A question/answer document."""
    return NewDocument("qa", question=question, answer=answer, external_id=external_id)
