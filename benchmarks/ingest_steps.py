"""Where the time of an ingest goes: the product's own steps, one after the other, in one process."""

import asyncio
import tempfile
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from uuid import UUID

from graphs.embedding.embeddings import ModelEmbedder, open_embeddings
from tenants import tenants
from tenants.actors import SYSTEM
from tenants.cutting.preparing import House, prepare_all
from tenants.database.connection import Pool, make_pool, tenant_transaction
from tenants.database.migrate import migrate
from tenants.database.postgres import EmbeddedPostgres
from tenants.ids import new_id
from tenants.knowledge import duplicates, ingestion, knowledge_bases
from tenants.knowledge.ingestion import NewDocument
from tenants.knowledge.knowledge_writing import write_documents
from tenants.working import jobs


@dataclass(frozen=True)
class Steps:
    """Seconds of each step, of all documents together."""

    passages: int
    cutting: float  # passages, lexemes, hashes: Python
    embedding: float  # with what is looked up and kept of each slice
    model: float  # of these, inside the model
    comparing: float  # near-duplicates
    writing: float  # one transaction: rows, postings, pointer

    @property
    def total(self) -> float:
        return self.cutting + self.embedding + self.comparing + self.writing


class Timed:
    """An embedding model that adds up the seconds it was waited for."""

    def __init__(self, inner: ModelEmbedder) -> None:
        self._inner = inner
        self.model_id, self.dimension = inner.model_id, inner.dimension
        self.seconds = 0.0

    async def embed_documents(self, texts: Sequence[str]):
        began = time.perf_counter()
        try:
            return await self._inner.embed_documents(texts)
        finally:
            self.seconds += time.perf_counter() - began

    async def embed_query(self, text: str):
        return await self._inner.embed_query(text)


async def measure(documents: Sequence[NewDocument], *, threads: int = 2) -> Steps:
    """The steps over an empty knowledge base of a throw-away database."""
    async with _opened() as (pool, tenant_id):
        model = Timed(open_embeddings("local:minilm", threads=threads))
        async with tenant_transaction(pool, tenant_id) as conn:
            base_id = await knowledge_bases.create(
                conn, "Ingest", embedding_model=model.model_id, dimension=model.dimension
            )
            job_id = await jobs.create(conn, "import", total=0, knowledge_base_id=base_id)
        at = [time.perf_counter()]
        prepared, _ = await asyncio.to_thread(
            prepare_all, documents, House(model.model_id, "en", "Shop")
        )
        at.append(time.perf_counter())
        await ingestion.embed(pool, tenant_id, prepared, embedder=model, job_id=job_id)
        at.append(time.perf_counter())
        async with tenant_transaction(pool, tenant_id) as conn:
            base = await knowledge_bases.get(conn, base_id)
        await duplicates.find(pool, tenant_id, base, prepared)
        at.append(time.perf_counter())
        async with tenant_transaction(pool, tenant_id) as conn:
            await write_documents(conn, base_id, prepared, actor=SYSTEM)
        at.append(time.perf_counter())
        cutting, embedding, comparing, writing = (b - a for a, b in pairwise(at))
        n = sum(len(one.passages) for one in prepared)
        return Steps(n, cutting, embedding, model.seconds, comparing, writing)


@asynccontextmanager
async def _opened() -> AsyncGenerator[tuple[Pool, UUID]]:
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder)) as server:
        migrate(server.urls.owner, app_url=server.urls.app)
        pool = make_pool(server.urls.app, min_size=1, max_size=4, timeout_seconds=20)
        async with pool:
            tenant_id = new_id()
            async with tenant_transaction(pool, tenant_id) as conn:
                await tenants.create(conn, "Shop", "shop")
            yield pool, tenant_id
