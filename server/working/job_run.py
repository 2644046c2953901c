"""One attempt at a job: what it was given, the house it works in, how far it is.

A kind of job is one coroutine function, `JobWork`, registered in `server/working/job_kinds.py`. It may run
twice (its worker died in the middle), so it is written to be repeated: what it stores has a key of
its own, and the last step is one transaction that ends with `JobRun.seal`.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from graphs.asking.models import Models
from settings import Settings
from tenants.actors import Actor
from tenants.database.connection import Pool, TenantConnection, tenant_transaction
from tenants.errors import DeskError
from tenants.finding.embedding_models import EmbeddingModels
from tenants.working import job_progress, jobs

WRITE_SECONDS = 0.25  # progress is written no oftener


class JobCancelled(Exception):
    """Somebody asked the job to stop: leave at once, with nothing half-written."""


class JobFailed(Exception):
    """The job came to nothing, for the reasons it named by `refuse`; `result` is shown."""

    def __init__(self, result: dict[str, Any]) -> None:
        super().__init__("nothing was stored")
        self.result = result


@dataclass(frozen=True, slots=True)
class JobHouse:
    """What every job may use; it lives as long as the process."""

    pool: Pool
    embedders: EmbeddingModels
    settings: Settings
    models: Models
    owner_url: str | None = None  # for building indexes; a process may not know it


@dataclass
class JobRun:
    """A job while it is worked on."""

    tenant_id: UUID
    job_id: UUID
    given: dict[str, Any]
    house: JobHouse
    errors: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    refused: int = 0
    sealed: bool = False
    _phase: str = ""
    _written_at: float = 0.0

    @property
    def actor(self) -> Actor:
        """Who asked for it."""
        asked = self.given["actor"]
        return Actor(asked["kind"], asked["id"])

    async def progress(self, done: int, total: int, phase: str = "") -> None:
        """Show how far it is (`reading`, `fetching`, `embedding`, `writing`).

        Raises: JobCancelled where it was asked to stop, or has ended elsewhere.
        """
        now = time.monotonic()
        if phase == self._phase and done < total and now - self._written_at < WRITE_SECONDS:
            return
        self._phase, self._written_at = phase, now
        async with tenant_transaction(self.house.pool, self.tenant_id) as conn:
            goes_on = await job_progress.progress(
                conn, self.job_id, done=done, total=total, phase=phase, errors=self.errors
            )
        if not goes_on:
            raise JobCancelled

    def refuse(self, where: str, error: DeskError) -> None:
        """Name a document that could not be taken; the first 100 are kept, all are counted."""
        self.refused += 1
        if len(self.errors) < jobs.MAX_ERRORS:
            self.errors.append({"where": where, "code": error.code, "detail": error.detail})

    async def seal(self, conn: TenantConnection, result: dict[str, Any]) -> None:
        """End the job in the transaction that writes its work: both happen, or neither. What is told
        here is all that is ever told: nobody may be there to add to it.

        Raises: JobCancelled where it was asked to stop before; then nothing is written.
        """
        if await job_progress.is_unwanted(conn, self.job_id):
            raise JobCancelled
        self.sealed = True
        await self.finish(conn, "succeeded", result)

    async def finish(self, conn: TenantConnection, status: str, result: dict[str, Any]) -> None:
        """End the job with its errors; the first end counts."""
        told = result | ({"refused": self.refused} if self.refused else {})
        await job_progress.finish(conn, self.job_id, status, errors=self.errors, result=told)


JobWork = Callable[[JobRun], Awaitable[dict[str, Any]]]
PeriodicWork = Callable[[JobHouse], Awaitable[None]]
