"""The machine's `Knowledge` port over the tenant's tables and one embedding model."""

from collections.abc import Sequence
from uuid import UUID

from tenants import search
from tenants.connection import Pool, tenant_transaction
from tenants.ingestion import Embedder
from tenants.search import KnowledgeVersion, Passage


class PostgresKnowledge:
    """`graphs.ports.Knowledge` for every tenant of one process; no connection while embedding."""

    def __init__(self, pool: Pool, embedder: Embedder) -> None:
        self._pool = pool
        self._embedder = embedder

    async def search(
        self, tenant_id: UUID, versions: Sequence[KnowledgeVersion], query: str, *, limit: int
    ) -> list[Passage]:
        """The passages nearest to the query, best first."""
        if not versions or not query.strip():
            return []
        embedding = await self._embedder.embed_query(query)
        async with tenant_transaction(self._pool, tenant_id) as conn:
            return await search.search(conn, versions, text=query, embedding=embedding, limit=limit)

    async def read(self, tenant_id: UUID, passage_ids: Sequence[str]) -> list[Passage]:
        """Passages by their public ids; those that are gone are left out."""
        if not passage_ids:
            return []
        async with tenant_transaction(self._pool, tenant_id) as conn:
            return await search.read_passages(conn, passage_ids)
