"""Long work outside requests: a queue in Postgres, worked by this process or by `frontdesk worker`.

The queue holds ids only; what a job works on lies in the tenant's own row (`tenants/working/jobs.py`).
A job may run twice (its worker died in the middle), so each kind can be repeated; one that is over
is left alone. While a job runs, somebody looks twice a second whether it is still wanted.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
import structlog
from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from psycopg_pool import PoolTimeout

from server.admitting.fair_loop import time_is_of
from server.working.job_run import JobCancelled, JobFailed, JobHouse, JobRun, JobWork, PeriodicWork
from server.working.periodic import Periodic
from tenants.database.connection import TenantConnection, router_transaction, tenant_transaction
from tenants.errors import DeskError, NotFound, Unavailable
from tenants.keeping.kept_texts import forget_forever
from tenants.working import job_progress, jobs, uploads
from tenants.working.uploads import NewUpload

log = structlog.get_logger()

LOOK_SECONDS = 0.5
TOUCH_LOOKS = 10  # every so many looks the row is touched: somebody is at it
RETRY_SECONDS = 2
MAX_ATTEMPTS = 6
STOP_SECONDS = 2
CONCURRENCY = 2
_OPTIONS = "-c role=frontdesk_app -c jit=off -c timezone=UTC"
_DATABASE_AWAY = (ConnectorException, psycopg.OperationalError, PoolTimeout)


@dataclass(frozen=True, slots=True)
class JobTiming:
    """How soon a worker that died is noticed: its jobs go on within `stalled` + `sweep`."""

    heartbeat_seconds: float = 5
    stalled_seconds: float = 20
    sweep_seconds: float = 10


class Jobs:
    """Where requests leave long work, and who does it."""

    def __init__(
        self,
        app: App,
        house: JobHouse,
        kinds: Mapping[str, JobWork],
        timing: JobTiming | None = None,
    ) -> None:
        self.app = app
        self._timing = timing or JobTiming()
        self.house = house
        self._pool = house.pool
        self._kinds = kinds
        self._here: set[asyncio.Task[None]] = set()
        self.on_end: Callable[[str, str], None] = lambda _kind, _status: None
        again = RetryStrategy(max_attempts=MAX_ATTEMPTS, exponential_wait=2)
        app.task(name="job", pass_context=True, retry=again)(self._attempt)

    async def start(
        self,
        tenant_id: UUID,
        kind: str,
        given: dict[str, Any],
        *,
        total: int = 0,
        knowledge_base_id: UUID | None = None,
        files: Sequence[NewUpload] = (),
    ) -> UUID:
        """The id of a job that will do this; it and its files are kept once this returns."""
        async with tenant_transaction(self._pool, tenant_id) as conn:
            job_id = await self.accept(
                conn, kind, given, total=total, knowledge_base_id=knowledge_base_id, files=files
            )
        await self.queue(tenant_id, job_id)
        return job_id

    async def accept(
        self,
        conn: TenantConnection,
        kind: str,
        given: dict[str, Any],
        *,
        total: int = 0,
        knowledge_base_id: UUID | None = None,
        files: Sequence[NewUpload] = (),
    ) -> UUID:
        """The id of a job made within a transaction of the caller's, who then queues or runs it.

        Where the caller dies before that, the sweep queues it.
        """
        if kind not in self._kinds:
            raise ValueError(f"no job is called {kind!r}")
        job_id = await jobs.create(
            conn, kind, total=total, given=given, knowledge_base_id=knowledge_base_id
        )
        await uploads.add(conn, job_id, files)
        return job_id

    async def queue(self, tenant_id: UUID, job_id: UUID) -> None:
        """Put a job that was made into the queue; a repeat does nothing."""
        task = self.app.configure_task("job", lock=str(job_id), queueing_lock=str(job_id))
        with suppress(AlreadyEnqueued, *_DATABASE_AWAY):  # the sweep queues what is forgotten
            await task.defer_async(tenant_id=str(tenant_id), job_id=str(job_id))

    async def run_soon(self, tenant_id: UUID, job_id: UUID, *, wait_seconds: float) -> None:
        """Do an accepted job here and now; return when it is done, or after a while."""
        doing = asyncio.create_task(self._run_here(tenant_id, job_id))
        self._here.add(doing)
        doing.add_done_callback(self._here.discard)
        await asyncio.wait({doing}, timeout=wait_seconds)

    async def close(self) -> None:
        """Leave what is done here to other processes."""
        doing = list(self._here)
        for one in doing:
            one.cancel()
        await asyncio.gather(*doing, return_exceptions=True)

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
                        update_heartbeat_interval=self._timing.heartbeat_seconds,
                        stalled_worker_timeout=self._timing.stalled_seconds,
                    )
                await asyncio.sleep(RETRY_SECONDS)
        finally:
            sweeping.cancel()

    async def sweep(self) -> None:
        """Hand on what a dead worker left, and queue what its maker had no time to queue."""
        manager = self.app.job_manager
        quiet = self._timing.stalled_seconds
        for stalled in await manager.get_stalled_jobs(seconds_since_heartbeat=quiet):
            if stalled.attempts + 1 >= MAX_ATTEMPTS:  # it takes its worker along every time
                given = stalled.task_kwargs
                await self._give_up(UUID(str(given["tenant_id"])), UUID(str(given["job_id"])))
            await manager.retry_job(stalled)
        async with router_transaction(self._pool) as conn:
            forgotten = await job_progress.quiet(conn)
        for job in forgotten:
            await self.queue(job.tenant_id, job.job_id)

    async def run(self, tenant_id: UUID, job_id: UUID) -> None:
        """Do one job; a repeat of one that is over does nothing."""
        async with tenant_transaction(self._pool, tenant_id) as conn:
            begun = await job_progress.begin(conn, job_id)
        if begun is None:
            return
        run = JobRun(tenant_id, job_id, begun.given, self.house)
        status, result = await self._outcome(run, self._kinds[begun.kind])
        async with tenant_transaction(self._pool, tenant_id) as conn:
            await run.finish(conn, status, result)
        self.on_end(begun.kind, status)

    async def _outcome(self, run: JobRun, work: JobWork) -> tuple[str, dict[str, Any]]:
        try:
            return "succeeded", await self._watched(run, work)
        except JobCancelled:
            return "cancelled", {}
        except JobFailed as failure:
            return "failed", failure.result
        except Unavailable:
            raise  # worth another attempt
        except DeskError as error:
            run.refuse("", error)
            return "failed", {}

    async def _watched(self, run: JobRun, work: JobWork) -> dict[str, Any]:
        """The work's result; it is stopped once nobody wants it. Raises: JobCancelled."""
        doing = asyncio.create_task(_in_its_time(run, work))
        looks = 0
        unwanted = False
        try:
            while not (await asyncio.wait({doing}, timeout=LOOK_SECONDS))[0]:
                looks += 1
                unwanted = not run.sealed and await self._is_unwanted(run, looks)
                if unwanted:
                    doing.cancel()
                    await asyncio.wait({doing})
        finally:
            if not doing.done():
                doing.cancel()
                await asyncio.gather(doing, return_exceptions=True)
        if doing.cancelled() and unwanted:
            raise JobCancelled
        return doing.result()

    async def _is_unwanted(self, run: JobRun, looks: int) -> bool:
        try:
            async with tenant_transaction(self._pool, run.tenant_id) as conn:
                touch = looks % TOUCH_LOOKS == 0
                return await job_progress.look(conn, run.job_id, touch=touch)
        except _DATABASE_AWAY:
            return False

    async def _run_here(self, tenant_id: UUID, job_id: UUID) -> None:
        try:
            await self.run(tenant_id, job_id)
        except Exception as error:  # the outermost loop of a job that no queue repeats
            log.warning("job_put_off", job_id=str(job_id), exc_info=error)
            await self.queue(tenant_id, job_id)

    async def _attempt(self, context: JobContext, tenant_id: str, job_id: str) -> None:
        try:
            await self.run(UUID(tenant_id), UUID(job_id))
        except Exception as error:  # the outermost loop of jobs: a tenant must see every job's end
            if context.job.attempts + 1 >= MAX_ATTEMPTS:
                await self._give_up(UUID(tenant_id), UUID(job_id), error)
            raise

    async def _give_up(self, tenant_id: UUID, job_id: UUID, error: Exception | None = None) -> None:
        detail = "failed repeatedly; see the server's log"
        shown = {"where": "", "code": "internal", "detail": detail}
        if isinstance(error, DeskError):
            shown |= {"code": error.code, "detail": error.detail}
        async with tenant_transaction(self._pool, tenant_id) as conn:
            with suppress(NotFound):
                before = (await jobs.get(conn, job_id)).errors
                await job_progress.finish(conn, job_id, "failed", errors=[shown, *before])

    async def _sweep_forever(self) -> None:
        while True:
            await asyncio.sleep(self._timing.sweep_seconds)
            try:
                await self.sweep()
            except (*_DATABASE_AWAY, DeskError) as error:
                log.warning("job_sweep_failed", error=type(error).__name__)


async def _in_its_time(run: JobRun, work: JobWork) -> dict[str, Any]:
    time_is_of(run.tenant_id)
    return await work(run)


@asynccontextmanager
async def open_jobs(
    database_url: str,
    house: JobHouse,
    *,
    kinds: Mapping[str, JobWork],
    periodic: Mapping[str, tuple[float, PeriodicWork]] | None = None,
    work: bool = True,
    timing: JobTiming | None = None,
) -> AsyncGenerator[Jobs]:
    """The jobs of one process, with a worker inside it unless `work` is false."""
    connector = PsycopgConnector(
        conninfo=database_url,
        min_size=1,
        max_size=4,
        kwargs={"options": _OPTIONS, "application_name": "frontdesk jobs"},
    )
    app = App(connector=connector)
    held = Jobs(app, house, kinds, timing)
    async with app.open_async(), AsyncExitStack() as stack:
        stack.push_async_callback(held.close)
        _in_background(stack, forget_forever())
        if work:
            _in_background(stack, held.work())
            if periodic:
                _in_background(stack, Periodic(database_url, house, periodic).lead_forever())
        yield held


def _in_background(stack: AsyncExitStack, work: Any) -> None:
    task = asyncio.create_task(work)

    async def end() -> None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    stack.push_async_callback(end)
