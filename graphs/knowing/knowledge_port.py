"""The machine's `Knowledge` port over the tenant's tables and the process's embedding models."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from graphs.embedding.question_vectors import QuestionVectors
from graphs.knowing.turn_searches import found_before, keep_found
from graphs.words.likeness import UsualTopics, likeness
from tenants.database.connection import Pool, tenant_transaction
from tenants.errors import ModelMismatch
from tenants.finding import pair_questions, search
from tenants.finding.asking import embed_question
from tenants.finding.embedding_models import EmbeddingModels
from tenants.finding.search import KnowledgeVersion, Passage
from tenants.knowledge import knowledge_models
from tenants.knowledge.ingestion import Embedder


class PostgresKnowledge:
    """`graphs.ports.Knowledge` for every tenant of one process; no connection while embedding."""

    def __init__(
        self,
        pool: Pool,
        models: EmbeddingModels,
        questions: QuestionVectors | None = None,
        topics: UsualTopics | None = None,
    ) -> None:
        self._pool = pool
        self._models = models
        self._questions = questions or QuestionVectors()
        self._topics = topics or UsualTopics()

    async def search(
        self,
        tenant_id: UUID,
        versions: Sequence[KnowledgeVersion],
        query: str,
        *,
        limit: int,
        before: str = "",
    ) -> list[Passage]:
        """The passages nearest to the query, best first; `before` is what it may lean on."""
        if not versions or not query.strip():
            return []
        key = (tenant_id, tuple(versions), query, limit, before)
        found = found_before(key)
        if found is None:
            try:
                found = await self._search(tenant_id, versions, query, limit=limit, before=before)
            except ModelMismatch:  # another model since the question was embedded
                found = await self._search(tenant_id, versions, query, limit=limit, before=before)
            keep_found(key, found)
        return list(found)

    async def _search(
        self,
        tenant_id: UUID,
        versions: Sequence[KnowledgeVersion],
        query: str,
        *,
        limit: int,
        before: str,
    ) -> list[Passage]:
        found: list[Passage] = []
        for model_id, asked_of in (await self._by_model(tenant_id, versions)).items():
            embedder = await self._models.of(model_id)
            asked = await embed_question(
                self._questions.of(tenant_id, embedder), query, before=before
            )
            async with tenant_transaction(self._pool, tenant_id, snapshot=True) as conn:
                found += await search.search(
                    conn,
                    asked_of,
                    text=asked.text,
                    embedding=asked.vector,
                    question=asked.own,
                    limit=limit,
                    model_id=model_id,
                )
        found.sort(key=lambda passage: -passage["score"])
        return found[:limit]

    async def _by_model(
        self, tenant_id: UUID, versions: Sequence[KnowledgeVersion]
    ) -> dict[str, list[KnowledgeVersion]]:
        """As a rule there is one model; while one knowledge base changes its own there are two."""
        if self._models.are_one:
            return {self._models.default.model_id: list(versions)}
        async with tenant_transaction(self._pool, tenant_id) as conn:
            return await knowledge_models.by_model(conn, versions)

    async def nearness(
        self,
        tenant_id: UUID,
        versions: Sequence[KnowledgeVersion],
        query: str,
        texts: Sequence[str],
    ) -> list[float]:
        """The cosine of each text with the query; texts of a moment ago are not embedded again."""
        if not texts:
            return []
        asked = self._questions.of(tenant_id, await self._asked_with(tenant_id, versions))
        first, *others = await asyncio.gather(*(asked.embed_query(t) for t in (query, *texts)))
        return [float(first @ other) for other in others]

    async def likeness(
        self,
        tenant_id: UUID,
        versions: Sequence[KnowledgeVersion],
        query: str,
        texts: Sequence[str],
    ) -> list[float]:
        """How alike in meaning each text is to the query; the first time a second longer."""
        if not texts:
            return []
        embedder = await self._asked_with(tenant_id, versions)
        asked = self._questions.of(tenant_id, embedder)
        first, *others = await asyncio.gather(*(asked.embed_query(t) for t in (query, *texts)))
        return likeness(first, others, await self._topics.of(embedder))

    async def asked_alike(
        self,
        tenant_id: UUID,
        versions: Sequence[KnowledgeVersion],
        query: str,
        pairs: Sequence[Passage],
    ) -> list[float]:
        """The cosine of each pair's own question with the query: the search has it, as a rule."""
        new = [pair for pair in pairs if pair.get("asks") is None]
        made = await self._compared(tenant_id, versions, query, new) if new else {}
        return [float(made.get(pair["passage_id"], pair.get("asks") or 0.0)) for pair in pairs]

    async def _compared(
        self,
        tenant_id: UUID,
        versions: Sequence[KnowledgeVersion],
        query: str,
        pairs: Sequence[Passage],
    ) -> dict[str, float]:
        """By passage: the cosine of questions that have no vector yet; from now on they have one."""
        embedder = await self._asked_with(tenant_id, versions)
        remembered = self._questions.of(tenant_id, embedder)
        asked = [query, *(pair_questions.compared(pair["question"]) for pair in pairs)]
        first, *others = await asyncio.gather(*(remembered.embed_query(text) for text in asked))
        async with tenant_transaction(self._pool, tenant_id) as conn:
            await pair_questions.keep(conn, pairs, others, model_id=embedder.model_id)
        return {
            pair["passage_id"]: float(first @ other)
            for pair, other in zip(pairs, others, strict=True)
        }

    async def _asked_with(self, tenant_id: UUID, versions: Sequence[KnowledgeVersion]) -> Embedder:
        """The model that these versions are asked with; the first where they are changing it."""
        model_ids = await self._by_model(tenant_id, versions) if versions else {}
        named = next(iter(model_ids), None)
        return await self._models.of(named) if named else self._models.default

    async def read(self, tenant_id: UUID, passage_ids: Sequence[str]) -> list[Passage]:
        """Passages by their public ids; those that are gone are left out."""
        if not passage_ids:
            return []
        async with tenant_transaction(self._pool, tenant_id) as conn:
            return await search.read_passages(conn, passage_ids)

    async def pieces(self, tenant_id: UUID, passage: Passage) -> list[Passage]:
        """All passages of a passage's document in its version, in order; empty where it is gone."""
        async with tenant_transaction(self._pool, tenant_id) as conn:
            return await search.read_pieces(conn, passage)
