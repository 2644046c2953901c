"""Long work outside requests: a queue in Postgres, worked by this process or by `frontdesk worker`.

The queue holds ids only; what a job works on lies in the tenant's own row (`tenants/jobs.py`).
A job may run twice (its worker died in the middle), so each can be repeated: documents carry an
`external_id` made from the job, erasing goes on where it stopped, a job that is over is left alone.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from typing import Any
from uuid import UUID

import psycopg
import structlog
from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from psycopg_pool import PoolTimeout

from tenants import ingestion, jobs
from tenants.actors import Actor
from tenants.connection import Pool, router_transaction, tenant_transaction
from tenants.erasing import erase_tenant
from tenants.errors import DeskError, NotFound
from tenants.ingestion import Embedder, NewDocument

log = structlog.get_logger()

SWEEP_SECONDS = 15
STALLED_SECONDS = 30
BATCH_DOCUMENTS = 50
RETRY_SECONDS = 2
MAX_ATTEMPTS = 6
STOP_SECONDS = 2
CONCURRENCY = 2
_OPTIONS = "-c role=frontdesk_app -c jit=off -c timezone=UTC"
_DATABASE_AWAY = (ConnectorException, psycopg.OperationalError, PoolTimeout)


class Jobs:
    """Where requests leave long work, and who does it."""

    def __init__(self, app: App, pool: Pool, embedder: Embedder) -> None:
        self.app = app
        self._pool = pool
        self._embedder = embedder
        again = RetryStrategy(max_attempts=MAX_ATTEMPTS, exponential_wait=2)
        app.task(name="job", pass_context=True, retry=again)(self._attempt)

    async def ingest(
        self,
        tenant_id: UUID,
        knowledge_base_id: UUID,
        documents: Sequence[NewDocument],
        *,
        actor: Actor,
    ) -> UUID:
        """The id of a job that stores documents."""
        given = {
            "knowledge_base_id": str(knowledge_base_id),
            "actor": {"kind": actor.kind, "id": actor.id},
            "documents": [asdict(document) for document in documents],
        }
        return await self._accept(tenant_id, "ingest", len(documents), given)

    async def erase_tenant(self, tenant_id: UUID) -> UUID:
        """The id of a job that erases a tenant; the job's own row goes with it."""
        return await self._accept(tenant_id, "erase_tenant", 1, {})

    async def work(self) -> None:
        """Work the queue until cancelled, through the database's absences."""
        sweeping = asyncio.create_task(self._sweep_forever())
        try:
            while True:
                with suppress(*_DATABASE_AWAY):
                    await self.app.run_worker_async(
                        concurrency=CONCURRENCY,
                        install_signal_handlers=False,
                        delete_jobs="successful",
                        shutdown_graceful_timeout=STOP_SECONDS,
                    )
                await asyncio.sleep(RETRY_SECONDS)
        finally:
            sweeping.cancel()

    async def sweep(self) -> None:
        """Hand on what a dead worker left, and queue what its maker had no time to queue."""
        manager = self.app.job_manager
        for stalled in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
            await manager.retry_job(stalled)
        async with router_transaction(self._pool) as conn:
            forgotten = await jobs.waiting(conn)
        for job in forgotten:
            await self._queue(job.tenant_id, job.job_id)

    async def run(self, tenant_id: UUID, job_id: UUID) -> None:
        """Do one job; a repeat of one that is over does nothing."""
        try:
            async with tenant_transaction(self._pool, tenant_id) as conn:
                job = await jobs.get(conn, job_id)
                given = await jobs.given_to(conn, job_id)
        except NotFound:
            return  # erased with its tenant
        if job.is_over or given is None:  # it may have ended between the two looks
            return
        if job.kind == "erase_tenant":
            await erase_tenant(self._pool, tenant_id)
            return
        async with tenant_transaction(self._pool, tenant_id) as conn:
            await jobs.progress(conn, job_id, done=0)  # so that it shows as running
        stored, errors = await self._ingest(tenant_id, job_id, given)
        async with tenant_transaction(self._pool, tenant_id) as conn:
            await jobs.finish(
                conn,
                job_id,
                "succeeded" if stored or not errors else "failed",
                errors=errors,
                result={"documents": len(stored), "passages": sum(s.n_chunks for s in stored)},
            )

    async def _accept(self, tenant_id: UUID, kind: str, total: int, given: dict[str, Any]) -> UUID:
        async with tenant_transaction(self._pool, tenant_id) as conn:
            job_id = await jobs.create(conn, kind, total=total, given=given)
        await self._queue(tenant_id, job_id)
        return job_id

    async def _queue(self, tenant_id: UUID, job_id: UUID) -> None:
        task = self.app.configure_task("job", lock=str(job_id), queueing_lock=str(job_id))
        with suppress(AlreadyEnqueued):
            await task.defer_async(tenant_id=str(tenant_id), job_id=str(job_id))

    async def _attempt(self, context: JobContext, tenant_id: str, job_id: str) -> None:
        try:
            await self.run(UUID(tenant_id), UUID(job_id))
        except Exception:  # the outermost loop of jobs: a tenant must see every job's end
            if context.job.attempts + 1 >= MAX_ATTEMPTS:
                error = {"code": "internal", "detail": "failed repeatedly; see the server's log"}
                async with tenant_transaction(self._pool, UUID(tenant_id)) as conn:
                    await jobs.finish(conn, UUID(job_id), "failed", errors=[error])
            raise

    async def _ingest(
        self, tenant_id: UUID, job_id: UUID, given: dict[str, Any]
    ) -> tuple[list[ingestion.StoredDocument], list[dict[str, Any]]]:
        """Store in batches; a batch that is refused is tried document by document."""
        documents = [
            NewDocument(**fields | {"external_id": fields["external_id"] or f"job:{job_id}:{n}"})
            for n, fields in enumerate(given["documents"])
        ]
        stored: list[ingestion.StoredDocument] = []
        errors: list[dict[str, Any]] = []
        for start in range(0, len(documents), BATCH_DOCUMENTS):
            batch = documents[start : start + BATCH_DOCUMENTS]
            try:
                stored += await self._store(tenant_id, given, batch)
            except DeskError:  # then nothing of the batch is stored
                for place, document in enumerate(batch, start):
                    try:
                        stored += await self._store(tenant_id, given, [document])
                    except DeskError as error:
                        errors.append({"index": place, "code": error.code, "detail": error.detail})
            async with tenant_transaction(self._pool, tenant_id) as conn:
                await jobs.progress(conn, job_id, done=start + len(batch))
        return stored, errors

    async def _store(
        self, tenant_id: UUID, given: dict[str, Any], documents: Sequence[NewDocument]
    ) -> list[ingestion.StoredDocument]:
        return await ingestion.add_documents(
            self._pool,
            tenant_id,
            UUID(given["knowledge_base_id"]),
            documents,
            embedder=self._embedder,
            actor=Actor(given["actor"]["kind"], given["actor"]["id"]),
        )

    async def _sweep_forever(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                await self.sweep()
            except (*_DATABASE_AWAY, DeskError) as error:
                log.warning("job_sweep_failed", error=type(error).__name__)


@asynccontextmanager
async def open_jobs(
    database_url: str, *, pool: Pool, embedder: Embedder, work: bool = True
) -> AsyncGenerator[Jobs]:
    """The jobs of one process, with a worker inside it unless `work` is false."""
    connector = PsycopgConnector(
        conninfo=database_url,
        min_size=1,
        max_size=4,
        kwargs={"options": _OPTIONS, "application_name": "frontdesk jobs"},
    )
    app = App(connector=connector)
    held = Jobs(app, pool, embedder)
    async with app.open_async():
        worker = asyncio.create_task(held.work()) if work else None
        try:
            yield held
        finally:
            if worker is not None:
                worker.cancel()
                await asyncio.gather(worker, return_exceptions=True)
