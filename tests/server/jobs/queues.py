"""Queues for tests: jobs over a model whose vectors are hashes."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from graphs.asking.models import Models
from server.importing import ingest_job
from server.working.job_kinds import JOB_KINDS
from server.working.job_run import JobHouse, JobWork, PeriodicWork
from server.working.jobs import Jobs, JobTiming, open_jobs
from settings import Settings
from tenants.actors import SYSTEM
from tenants.database.connection import Pool, tenant_transaction
from tenants.finding.embedding_models import OnlyModel
from tenants.knowledge import documents, knowledge_bases
from tenants.knowledge.ingestion import Embedder, NewDocument
from tenants.working import jobs
from tests.databases import Database
from tests.seeds import Seeded


class HashEmbedder:
    """Vectors out of a hash: the same text, the same vector."""

    model_id = "test:hash"
    dimension = 8

    async def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = [np.frombuffer(hashlib.sha256(t.encode()).digest()[:8], np.uint8) for t in texts]
        vectors = np.array(rows, np.float32) + 1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    async def embed_query(self, text: str) -> NDArray[np.float32]:
        return (await self.embed_documents([text]))[0]


@asynccontextmanager
async def queue(
    pool: Pool,
    database: Database,
    *,
    work: bool = True,
    kinds: Mapping[str, JobWork] = JOB_KINDS,
    periodic: Mapping[str, tuple[float, PeriodicWork]] | None = None,
    embedder: Embedder | None = None,
    timing: JobTiming | None = None,
) -> AsyncGenerator[Jobs]:
    """The jobs of one process of its own kinds, models and haste."""
    house = JobHouse(pool, OnlyModel(embedder or HashEmbedder()), Settings(), models())
    opened = open_jobs(
        database.app, house, kinds=kinds, periodic=periodic, work=work, timing=timing
    )
    async with opened as held:
        yield held


def models() -> Models:
    return Models(
        default="extractive", timeout_seconds=5, deepseek_api_key=None, deepseek_api_base=None
    )


async def ingest(held: Jobs, seeded: Seeded, base: UUID, given: list[NewDocument]) -> UUID:
    return await ingest_job.start(held, seeded.tenant_id, base, given, actor=SYSTEM)


async def knowledge(pool: Pool, seeded: Seeded) -> UUID:
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        return await knowledge_bases.create(
            conn, "Knowledge", embedding_model="test:hash", dimension=8
        )


async def over(pool: Pool, tenant_id: UUID, job_id: UUID, *, seconds: float = 60) -> jobs.Job:
    async with asyncio.timeout(seconds):
        while True:
            async with tenant_transaction(pool, tenant_id) as conn:
                job = await jobs.get(conn, job_id)
            if job.is_over:
                return job
            await asyncio.sleep(0.05)


async def stored(pool: Pool, seeded: Seeded, base: UUID) -> int:
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        return len(await documents.list_page(conn, base, limit=100))


def texts(count: int) -> list[NewDocument]:
    return [NewDocument(kind="text", title=f"T{n}", text=f"Rule {n} holds.") for n in range(count)]
