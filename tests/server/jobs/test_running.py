"""Jobs while they run: progress, cancelling, taking over from the dead, work that comes round."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import psycopg
import pytest
from numpy.typing import NDArray

from server.working.job_run import JobFailed, JobHouse, JobRun
from tenants.database.connection import Pool, tenant_transaction
from tenants.errors import Invalid, Unavailable
from tenants.working import jobs, uploads
from tenants.working.uploads import NewUpload
from tests.databases import Database
from tests.seeds import Seeded, seed_tenant
from tests.server.jobs.queues import (
    HashEmbedder,
    ingest,
    knowledge,
    over,
    queue,
    stored,
    texts,
)
from tests.server.jobs.slow_worker import HASTY


class Gate:
    """A work, or a model, that says when it is in the middle and waits there."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.opened = asyncio.Event()

    async def work(self, run: JobRun) -> dict[str, Any]:
        await run.progress(3, 10, "reading")
        self.reached.set()
        await self.opened.wait()
        return {"done": True}


class GatedEmbedder(HashEmbedder):
    """Embeds once the gate is open."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    async def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self._gate.reached.set()
        await self._gate.opened.wait()
        return await super().embed_documents(texts)


async def cancel(pool: Pool, seeded: Seeded, job_id: UUID) -> jobs.Job:
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        return await jobs.cancel(conn, job_id)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not holds():
            await asyncio.sleep(0.05)


async def test_a_job_shows_its_phase_and_its_errors_while_it_runs(
    pool: Pool, database: Database
) -> None:
    seeded, gate = await seed_tenant(pool), Gate()

    async def work(run: JobRun) -> dict[str, Any]:
        run.refuse("row 2", Invalid("no answer"))
        return await gate.work(run)

    async with queue(pool, database, kinds={"gate": work}) as held:
        job_id = await held.start(seeded.tenant_id, "gate", {}, total=10)
        await asyncio.wait_for(gate.reached.wait(), 60)
        async with tenant_transaction(pool, seeded.tenant_id) as conn:
            job = await jobs.get(conn, job_id)
        gate.opened.set()
        ended = await over(pool, seeded.tenant_id, job_id)
    assert (job.status, job.phase, job.done, job.total) == ("running", "reading", 3, 10)
    assert job.errors == [{"where": "row 2", "code": "invalid", "detail": "no answer"}]
    assert (ended.status, ended.done, ended.phase) == ("succeeded", 10, "")
    assert ended.result == {"done": True, "refused": 1}


async def test_a_running_job_stops_when_it_is_cancelled(pool: Pool, database: Database) -> None:
    seeded, gate = await seed_tenant(pool), Gate()
    async with queue(pool, database, kinds={"gate": gate.work}) as held:
        file = NewUpload("a.txt", "text/plain", b"words")
        job_id = await held.start(seeded.tenant_id, "gate", {}, files=[file])
        await asyncio.wait_for(gate.reached.wait(), 60)
        assert (await cancel(pool, seeded, job_id)).public()["cancelling"]
        ended = await over(pool, seeded.tenant_id, job_id)
    assert (ended.status, ended.done) == ("cancelled", 3)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        assert await uploads.of_job(conn, job_id) == []


async def test_a_waiting_job_is_cancelled_at_once_and_never_runs(
    pool: Pool, database: Database
) -> None:
    seeded, gate = await seed_tenant(pool), Gate()
    async with queue(pool, database, kinds={"gate": gate.work}, work=False) as held:
        job_id = await held.start(seeded.tenant_id, "gate", {})
        assert (await cancel(pool, seeded, job_id)).status == "cancelled"
        await held.run(seeded.tenant_id, job_id)
    assert not gate.reached.is_set()


async def test_a_cancelled_import_leaves_nothing_half_written(
    pool: Pool, database: Database
) -> None:
    seeded, gate = await seed_tenant(pool), Gate()
    base = await knowledge(pool, seeded)
    async with queue(pool, database, embedder=GatedEmbedder(gate)) as held:
        job_id = await ingest(held, seeded, base, texts(300))
        await asyncio.wait_for(gate.reached.wait(), 60)
        await cancel(pool, seeded, job_id)
        ended = await over(pool, seeded.tenant_id, job_id)
    assert ended.status == "cancelled"
    assert await stored(pool, seeded, base) == 0
    assert _count(database, "chunks", base) == 0
    assert _kept_vectors(database, job_id) == 0


async def test_what_is_written_is_no_longer_cancelled(pool: Pool, database: Database) -> None:
    seeded, gate = await seed_tenant(pool), Gate()

    async def work(run: JobRun) -> dict[str, Any]:
        async with tenant_transaction(pool, run.tenant_id) as conn:
            await run.seal(conn, {"written": 1})
        gate.reached.set()
        await gate.opened.wait()
        return {"written": 1}

    async with queue(pool, database, kinds={"sealed": work}) as held:
        job_id = await held.start(seeded.tenant_id, "sealed", {})
        await asyncio.wait_for(gate.reached.wait(), 60)
        assert (await cancel(pool, seeded, job_id)).status == "succeeded"
        gate.opened.set()
        assert (await over(pool, seeded.tenant_id, job_id)).result == {"written": 1}


@pytest.mark.slow
async def test_a_failure_is_told_and_one_that_may_pass_is_tried_again(
    pool: Pool, database: Database
) -> None:
    seeded = await seed_tenant(pool)
    tries: list[int] = []

    async def passing(run: JobRun) -> dict[str, Any]:
        tries.append(1)
        if len(tries) < 2:
            raise Unavailable("the provider does not answer")
        return {"tries": len(tries)}

    async def refused(run: JobRun) -> dict[str, Any]:
        run.refuse("a.pdf", Invalid("damaged"))
        raise JobFailed({"documents": 0})

    kinds = {"passing": passing, "refused": refused}
    async with queue(pool, database, kinds=kinds, timing=HASTY) as held:
        failed = await held.start(seeded.tenant_id, "refused", {})
        passed = await held.start(seeded.tenant_id, "passing", {})
        told = await over(pool, seeded.tenant_id, failed)
        ended = await over(pool, seeded.tenant_id, passed)
    assert (told.status, told.errors[0]["where"]) == ("failed", "a.pdf")
    assert (ended.status, ended.result) == ("succeeded", {"tries": 2})


@pytest.mark.slow
async def test_a_killed_workers_job_is_finished_without_embedding_anything_twice(
    pool: Pool, database: Database, tmp_path: Path
) -> None:
    seeded = await seed_tenant(pool)
    base = await knowledge(pool, seeded)
    notes = tmp_path / "embedded.txt"
    async with queue(pool, database, work=False) as held:
        job_id = await ingest(held, seeded, base, texts(700))
    first = _worker(database, notes, until=600)  # it sticks before its third slice
    try:
        await until(notes.with_suffix(".stuck").exists)
    finally:
        os.kill(first.pid, signal.SIGKILL)
        first.wait(10)
    assert await stored(pool, seeded, base) == 0
    second = _worker(database, notes, until=10_000)
    try:
        ended = await over(pool, seeded.tenant_id, job_id, seconds=60)
    finally:
        os.kill(second.pid, signal.SIGKILL)
        second.wait(10)
    assert (ended.status, ended.result["documents"]) == ("succeeded", 700)
    embedded = notes.read_text().splitlines()
    assert len(embedded) == 700 == len(set(embedded))
    assert _count(database, "documents", base) == 700
    assert _kept_vectors(database, job_id) == 0


async def test_periodic_work_is_done_by_one_process_and_taken_over(
    pool: Pool, database: Database
) -> None:
    rounds: list[str] = []

    def noting(name: str) -> dict[str, Any]:
        async def work(house: JobHouse) -> None:
            rounds.append(name)
            if len(rounds) == 2:
                raise ValueError("a round that fails is only one round")

        return {"noting": (0.05, work)}

    async with queue(pool, database, kinds={}, periodic=noting("first")):
        await until(lambda: len(rounds) > 3)
        async with queue(pool, database, kinds={}, periodic=noting("second")):
            seen = len(rounds)
            await until(lambda: len(rounds) > seen + 5)
            assert set(rounds) == {"first"}
    async with queue(pool, database, kinds={}, periodic=noting("third")):
        await until(lambda: rounds.count("third") > 1)


def _worker(database: Database, notes: Path, *, until: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.server.jobs.slow_worker"]
    return subprocess.Popen([*command, database.app, str(notes), str(until)])


def _count(database: Database, table: str, base: UUID) -> int:
    statements = {
        "chunks": "select count(*) from chunks where knowledge_base_id = %s",
        "documents": "select count(*) from documents where knowledge_base_id = %s",
    }
    with psycopg.connect(database.superuser) as conn:
        row = conn.execute(statements[table], (base,)).fetchone()  # pyright: ignore[reportArgumentType, reportCallIssue]  # one of two literals
    return row[0] if row else 0


def _kept_vectors(database: Database, job_id: UUID) -> int:
    with psycopg.connect(database.superuser) as conn:
        row = conn.execute(
            "select count(*) from embedded_texts where job_id = %s", (job_id,)
        ).fetchone()
    return row[0] if row else 0
