"""Long work: done once in effect, whoever dies in between, and only for the tenant it belongs to."""

import asyncio
import hashlib
import os
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import numpy as np
import psycopg
import pytest
from numpy.typing import NDArray
from psycopg import sql

from server.jobs import Jobs, open_jobs
from tenants import documents, jobs, knowledge_bases
from tenants.actors import SYSTEM
from tenants.connection import Pool, make_pool, tenant_transaction
from tenants.errors import NotFound
from tenants.ingestion import NewDocument
from tenants.postgres import EmbeddedPostgres
from tests.databases import Database, fresh_database
from tests.seeds import Seeded, seed_tenant


@pytest.fixture(scope="module")
def database(postgres: EmbeddedPostgres) -> Generator[Database]:
    """A database whose queue no server of other tests works."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with fresh_database(postgres, f"jobs_{worker}") as made:
        yield made


@pytest.fixture(scope="module")
async def pool(database: Database, anyio_backend: str) -> AsyncGenerator[Pool]:
    """The app role's connections to it."""
    async with make_pool(database.app, min_size=2, max_size=8, timeout_seconds=20) as opened:
        yield opened


@pytest.fixture(scope="module")
async def neighbour(pool: Pool) -> Seeded:
    """A second tenant in it."""
    return await seed_tenant(pool, "Neighbour")


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
async def queue(pool: Pool, database: Database, *, work: bool = True) -> AsyncGenerator[Jobs]:
    async with open_jobs(database.app, pool=pool, embedder=HashEmbedder(), work=work) as opened:
        yield opened


async def knowledge(pool: Pool, seeded: Seeded) -> UUID:
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        return await knowledge_bases.create(
            conn, "Knowledge", embedding_model="test:hash", dimension=8
        )


async def over(pool: Pool, tenant_id: UUID, job_id: UUID) -> jobs.Job:
    async with asyncio.timeout(10):
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


async def test_documents_are_stored_and_the_job_says_so(pool: Pool, database: Database) -> None:
    seeded = await seed_tenant(pool)
    base = await knowledge(pool, seeded)
    async with queue(pool, database) as held:
        job_id = await held.ingest(seeded.tenant_id, base, texts(3), actor=SYSTEM)
        job = await over(pool, seeded.tenant_id, job_id)
    assert (job.status, job.done, job.total, job.errors) == ("succeeded", 3, 3, [])
    assert job.result == {"documents": 3, "passages": 3}
    assert await stored(pool, seeded, base) == 3


async def test_a_bad_document_is_named_and_the_others_are_stored(
    pool: Pool, database: Database
) -> None:
    seeded = await seed_tenant(pool)
    base = await knowledge(pool, seeded)
    given = [*texts(2), NewDocument(kind="qa", title="?", question="Why?", answer=" ")]
    async with queue(pool, database) as held:
        job_id = await held.ingest(seeded.tenant_id, base, given, actor=SYSTEM)
        job = await over(pool, seeded.tenant_id, job_id)
    assert job.status == "succeeded"
    assert [(error["index"], error["code"]) for error in job.errors] == [(2, "invalid")]
    assert await stored(pool, seeded, base) == 2


async def test_a_job_that_runs_twice_stores_once(pool: Pool, database: Database) -> None:
    seeded = await seed_tenant(pool)
    base = await knowledge(pool, seeded)
    async with queue(pool, database, work=False) as held:
        job_id = await held.ingest(seeded.tenant_id, base, texts(2), actor=SYSTEM)
        await asyncio.gather(*(held.run(seeded.tenant_id, job_id) for _ in range(3)))
        await held.run(seeded.tenant_id, job_id)
    assert await stored(pool, seeded, base) == 2


async def test_a_job_that_was_never_queued_is_found_by_the_sweep(
    pool: Pool, database: Database
) -> None:
    seeded = await seed_tenant(pool)
    base = await knowledge(pool, seeded)
    async with queue(pool, database, work=False) as held:
        job_id = await held.ingest(seeded.tenant_id, base, texts(1), actor=SYSTEM)
        await _age(database, job_id, forget=True)
        await held.sweep()
        await held.sweep()
        assert await _waiting(database, job_id) == ["todo"]
    async with queue(pool, database):
        assert (await over(pool, seeded.tenant_id, job_id)).status == "succeeded"


async def test_a_dead_workers_job_is_handed_on_by_the_sweep(pool: Pool, database: Database) -> None:
    seeded = await seed_tenant(pool)
    base = await knowledge(pool, seeded)
    async with queue(pool, database, work=False) as held:
        job_id = await held.ingest(seeded.tenant_id, base, texts(1), actor=SYSTEM)
        with psycopg.connect(
            database.superuser
        ) as conn:  # as a worker killed in the middle leaves it
            worker = "insert into procrastinate_workers (last_heartbeat) values (now() - interval '1 hour')"
            row = conn.execute(worker + " returning id").fetchone()
            assert row is not None
            conn.execute(
                """
                update procrastinate_jobs set status = 'doing', worker_id = %s
                 where args ->> 'job_id' = %s
                """,
                (row[0], str(job_id)),
            )
        await held.sweep()
        assert await _waiting(database, job_id) == ["todo"]
        await held.app.run_worker_async(wait=False, install_signal_handlers=False)
    assert (await over(pool, seeded.tenant_id, job_id)).status == "succeeded"


async def test_an_erased_tenant_leaves_nothing_and_others_lose_nothing(
    pool: Pool, database: Database, neighbour: Seeded
) -> None:
    seeded = await seed_tenant(pool)
    base = await knowledge(pool, seeded)
    before = _rows(database, neighbour.tenant_id)
    async with queue(pool, database, work=False) as held:
        stored_by = await held.ingest(seeded.tenant_id, base, texts(2), actor=SYSTEM)
        await held.run(seeded.tenant_id, stored_by)
        job_id = await held.erase_tenant(seeded.tenant_id)
        await held.run(seeded.tenant_id, job_id)
        await held.run(seeded.tenant_id, job_id)
    assert _rows(database, seeded.tenant_id) == 0
    assert _rows(database, neighbour.tenant_id) == before > 0
    with pytest.raises(NotFound):
        async with tenant_transaction(pool, seeded.tenant_id) as conn:
            await jobs.get(conn, job_id)


async def _age(database: Database, job_id: UUID, *, forget: bool) -> None:
    with psycopg.connect(database.superuser) as conn:
        conn.execute(
            "update jobs set updated_at = now() - interval '1 hour' where job_id = %s", (job_id,)
        )
        if forget:
            conn.execute(
                "delete from procrastinate_jobs where args ->> 'job_id' = %s", (str(job_id),)
            )


async def _waiting(database: Database, job_id: UUID) -> list[str]:
    with psycopg.connect(database.superuser) as conn:
        rows = conn.execute(
            "select status::text from procrastinate_jobs where args ->> 'job_id' = %s",
            (str(job_id),),
        ).fetchall()
    return [row[0] for row in rows]


def _rows(database: Database, tenant_id: UUID) -> int:
    with psycopg.connect(database.superuser) as conn:
        tables = conn.execute(
            """
            select c.relname
              from pg_class c
              join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
             where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
            """
        ).fetchall()
        total = 0
        for (table,) in tables:
            count = sql.SQL("select count(*) from {} where tenant_id = %s")
            row = conn.execute(count.format(sql.Identifier(table)), (tenant_id,)).fetchone()
            total += row[0] if row else 0
    return total
