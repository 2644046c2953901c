"""Long work: done once in effect, whoever dies in between, and only for the tenant it belongs to."""

import asyncio
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from server import erase_job
from tenants import jobs
from tenants.connection import Pool, tenant_transaction
from tenants.errors import NotFound
from tenants.ingestion import NewDocument
from tests.databases import Database
from tests.seeds import Seeded, seed_tenant
from tests.server.jobs.queues import ingest, knowledge, over, queue, stored, texts


async def test_documents_are_stored_and_the_job_says_so(pool: Pool, database: Database) -> None:
    seeded = await seed_tenant(pool)
    base = await knowledge(pool, seeded)
    async with queue(pool, database) as held:
        job_id = await ingest(held, seeded, base, texts(3))
        job = await over(pool, seeded.tenant_id, job_id)
    assert (job.status, job.done, job.total, job.errors) == ("succeeded", 3, 3, [])
    assert (job.result["documents"], job.result["passages"]) == (3, 3)
    assert await stored(pool, seeded, base) == 3


async def test_a_bad_document_is_named_and_the_others_are_stored(
    pool: Pool, database: Database
) -> None:
    seeded = await seed_tenant(pool)
    base = await knowledge(pool, seeded)
    given = [*texts(2), NewDocument(kind="qa", title="?", question="Why?", answer=" ")]
    async with queue(pool, database) as held:
        job_id = await ingest(held, seeded, base, given)
        job = await over(pool, seeded.tenant_id, job_id)
    assert job.status == "succeeded"
    assert [(error["where"], error["code"]) for error in job.errors] == [("document 3", "invalid")]
    assert await stored(pool, seeded, base) == 2


async def test_a_job_that_runs_twice_stores_once(pool: Pool, database: Database) -> None:
    seeded = await seed_tenant(pool)
    base = await knowledge(pool, seeded)
    async with queue(pool, database, work=False) as held:
        job_id = await ingest(held, seeded, base, texts(2))
        await asyncio.gather(*(held.run(seeded.tenant_id, job_id) for _ in range(3)))
        await held.run(seeded.tenant_id, job_id)
    assert await stored(pool, seeded, base) == 2


async def test_a_job_that_was_never_queued_is_found_by_the_sweep(
    pool: Pool, database: Database
) -> None:
    seeded = await seed_tenant(pool)
    base = await knowledge(pool, seeded)
    async with queue(pool, database, work=False) as held:
        job_id = await ingest(held, seeded, base, texts(1))
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
        job_id = await ingest(held, seeded, base, texts(1))
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
        stored_by = await ingest(held, seeded, base, texts(2))
        await held.run(seeded.tenant_id, stored_by)
        job_id = await held.start(seeded.tenant_id, erase_job.KIND, {}, total=1)
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
