"""Long work: done once in effect, whoever dies in between, and only for the tenant it belongs to."""

import asyncio
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from server.importing import import_job, ingest_job
from server.shapes.import_schemas import ImportOptions
from server.working import erase_job
from server.working.job_run import JobRun
from tenants.actors import SYSTEM
from tenants.database.connection import Pool, tenant_transaction
from tenants.errors import Invalid, NotFound
from tenants.keeping import erasures
from tenants.knowledge.ingestion import NewDocument
from tenants.working import jobs
from tenants.working.uploads import NewUpload
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


class _Died(Exception):
    """What becomes of a worker right after its job's last transaction."""


async def test_a_job_says_everything_though_its_worker_dies_right_after_the_write(
    pool: Pool, database: Database
) -> None:
    seeded = await seed_tenant(pool)
    base = await knowledge(pool, seeded)
    twins = [NewDocument(kind="qa", question="When?", answer="At nine.") for _ in range(2)]
    given = [*twins, NewDocument(kind="qa", title="?", question="Why?", answer=" ")]

    async def dying(run: JobRun) -> dict[str, Any]:
        await ingest_job.ingest(run)
        raise _Died

    async with queue(pool, database, work=False, kinds={ingest_job.KIND: dying}) as held:
        job_id = await ingest(held, seeded, base, given)
        with pytest.raises(_Died):
            await held.run(seeded.tenant_id, job_id)
        job = await over(pool, seeded.tenant_id, job_id)
        await held.run(seeded.tenant_id, job_id)
        assert await over(pool, seeded.tenant_id, job_id) == job
    assert job.status == "succeeded"
    assert [error["where"] for error in job.errors] == ["document 3"]
    assert (job.result["documents"], job.result["refused"]) == (2, 1)
    assert [pair["match"] for pair in job.result["duplicates"]] == ["identical"]
    assert job.result["version"] > 0


async def test_a_job_whose_worker_dies_before_the_write_says_everything_the_second_time(
    pool: Pool, database: Database
) -> None:
    seeded = await seed_tenant(pool)
    base = await knowledge(pool, seeded)
    given = [*texts(1), NewDocument(kind="qa", title="?", question="Why?", answer=" ")]

    async def dying(run: JobRun) -> dict[str, Any]:
        run.refuse("document 2", Invalid("no answer"))
        await run.progress(1, 2, "embedding")
        raise _Died

    async with queue(pool, database, work=False, kinds={ingest_job.KIND: dying}) as held:
        job_id = await ingest(held, seeded, base, given)
        with pytest.raises(_Died):
            await held.run(seeded.tenant_id, job_id)
    async with queue(pool, database, work=False) as held:
        await held.run(seeded.tenant_id, job_id)
        job = await over(pool, seeded.tenant_id, job_id)
    assert job.status == "succeeded" and job.result["refused"] == 1
    assert [error["where"] for error in job.errors] == ["document 2"]


async def test_a_sync_of_refused_entries_alone_has_failed_and_names_them(
    pool: Pool, database: Database
) -> None:
    seeded = await seed_tenant(pool)
    base = await knowledge(pool, seeded)
    rows = b"question,answer\nWhy?,\n"
    file = NewUpload("entries.csv", "text/csv", rows)
    options = ImportOptions(source="shop")
    async with queue(pool, database, work=False) as held:
        job_id = await import_job.start(held, seeded.tenant_id, base, file, options, actor=SYSTEM)
        await held.run(seeded.tenant_id, job_id)
        job = await over(pool, seeded.tenant_id, job_id)
    assert (job.status, len(job.errors)) == ("failed", 1), job


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
    assert _rows(database, seeded.tenant_id) == 1, "its receipt"
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        receipt = await erasures.get(conn, job_id)
    assert receipt.finished_at is not None and receipt.n_rows["documents"] == 2
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
