"""The job that changes a knowledge base's model: shown, refused twice, cancelled without a trace."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import numpy as np
import psycopg
import pytest
from numpy.typing import NDArray

from graphs.knowing.knowledge_port import PostgresKnowledge
from server.importing import reembedding
from server.working.job_kinds import JOB_KINDS
from server.working.job_run import JobHouse
from server.working.jobs import Jobs, open_jobs
from settings import Settings
from tenants.actors import SYSTEM
from tenants.database.connection import Pool, tenant_transaction
from tenants.errors import Conflict, ModelNotAllowed, NotFound
from tenants.finding.search import KnowledgeVersion
from tenants.knowledge import knowledge_bases
from tenants.knowledge.ingestion import Embedder, add_documents
from tenants.working import jobs
from tests.databases import Database
from tests.seeds import Seeded, seed_tenant
from tests.server.jobs.queues import HashEmbedder, models, over, texts


class GatedModel(HashEmbedder):
    """Another model of another dimension, which embeds passages once its gate is open."""

    model_id = "test:wide"
    dimension = 16

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.opened = asyncio.Event()

    async def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.reached.set()
        await self.opened.wait()
        return self._wide(await super().embed_documents(texts))

    async def embed_query(self, text: str) -> NDArray[np.float32]:
        return self._wide(await HashEmbedder().embed_documents([text]))[0]

    def _wide(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.concatenate([np.zeros_like(vectors), vectors], axis=1)


class TwoModels:
    """The models of a server whose owner allows a second one."""

    are_one = False

    def __init__(self) -> None:
        self.default = HashEmbedder()
        self.wide = GatedModel()

    async def of(self, model_id: str) -> Embedder:
        for model in (self.default, self.wide):
            if model.model_id == model_id:
                return model
        raise ModelNotAllowed(f"no {model_id}")


@asynccontextmanager
async def process(pool: Pool, database: Database, held: TwoModels) -> AsyncGenerator[Jobs]:
    house = JobHouse(pool, held, Settings(), models())
    async with open_jobs(database.app, house, kinds=JOB_KINDS) as opened:
        yield opened


@pytest.fixture
async def base(pool: Pool, neighbour: Seeded) -> tuple[Seeded, UUID]:
    """A tenant's knowledge base of 300 passages."""
    seeded = await seed_tenant(pool)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        base = await knowledge_bases.create(
            conn, "Knowledge", embedding_model="test:hash", dimension=8
        )
    await add_documents(
        pool, seeded.tenant_id, base, texts(300), embedder=HashEmbedder(), actor=SYSTEM
    )
    return seeded, base


async def model_of(pool: Pool, tenant_id: UUID, base: UUID) -> str:
    async with tenant_transaction(pool, tenant_id) as conn:
        return (await knowledge_bases.get(conn, base)).embedding_model


async def test_turns_find_by_the_old_model_until_the_switch(
    pool: Pool, database: Database, base: tuple[Seeded, UUID]
) -> None:
    (seeded, base_id), held = base, TwoModels()
    tenant_id = seeded.tenant_id
    knowledge = PostgresKnowledge(pool, held)

    async def nearest() -> str:
        found = await knowledge.search(
            tenant_id, [KnowledgeVersion(base_id)], "Rule 7 holds.", limit=3
        )
        return found[0]["text"]

    async with process(pool, database, held) as queue:
        job_id = await reembedding.start(queue, tenant_id, base_id, "test:wide", actor=SYSTEM)
        assert job_id is not None
        await asyncio.wait_for(held.wide.reached.wait(), 60)
        assert await nearest() == "Rule 7 holds."
        with pytest.raises(Conflict, match="is changing"):
            await reembedding.start(queue, tenant_id, base_id, "test:wide", actor=SYSTEM)
        held.wide.opened.set()
        job = await over(pool, tenant_id, job_id)
        assert await nearest() == "Rule 7 holds."
        again = await reembedding.start(queue, tenant_id, base_id, "test:wide", actor=SYSTEM)
        assert again is None
    assert (job.status, job.done, job.total) == ("succeeded", 300, 300)
    assert job.result == {
        "embedding_model": "test:wide", "dimension": 16, "passages": 300, "embedded": 300
    }  # fmt: skip
    assert _count(database, base_id) == {2: 300}


async def test_a_cancelled_change_leaves_the_old_model(
    pool: Pool, database: Database, base: tuple[Seeded, UUID]
) -> None:
    (seeded, base_id), held = base, TwoModels()
    async with process(pool, database, held) as queue:
        job_id = await reembedding.start(
            queue, seeded.tenant_id, base_id, "test:wide", actor=SYSTEM
        )
        assert job_id is not None
        await asyncio.wait_for(held.wide.reached.wait(), 60)
        async with tenant_transaction(pool, seeded.tenant_id) as conn:
            await jobs.cancel(conn, job_id)
        job = await over(pool, seeded.tenant_id, job_id)
    assert job.status == "cancelled"
    assert await model_of(pool, seeded.tenant_id, base_id) == "test:hash"
    assert _count(database, base_id) == {1: 300}


async def test_only_allowed_models_of_ones_own_bases(
    pool: Pool, database: Database, base: tuple[Seeded, UUID], neighbour: Seeded
) -> None:
    seeded, base_id = base
    async with process(pool, database, TwoModels()) as queue:
        with pytest.raises(ModelNotAllowed):
            await reembedding.start(queue, seeded.tenant_id, base_id, "test:dearer", actor=SYSTEM)
        with pytest.raises(NotFound):
            await reembedding.start(queue, neighbour.tenant_id, base_id, "test:wide", actor=SYSTEM)


def _count(database: Database, base: UUID) -> dict[int, int]:
    with psycopg.connect(database.superuser) as conn:
        rows = conn.execute(
            "select space, count(*) from chunks where knowledge_base_id = %s group by space",
            (base,),
        ).fetchall()
    return {int(space): int(n) for space, n in rows}
