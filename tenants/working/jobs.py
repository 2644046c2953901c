"""Jobs as tenants see them: how far long work has come. What runs them is the server's affair."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.errors import Conflict, NotFound
from tenants.ids import new_id
from tenants.keys import codec
from tenants.working import uploads

INPUT = "jobs.input"
MAX_ERRORS = 100
OVER = ("succeeded", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Job:
    job_id: UUID
    kind: str
    status: str
    phase: str
    knowledge_base_id: UUID | None
    done: int
    total: int
    errors: list[dict[str, Any]]
    result: dict[str, Any]
    cancel_requested_at: datetime | None
    created_at: datetime
    updated_at: datetime

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.status in OVER

    def public(self) -> dict[str, Any]:
        """The job as the API shows it."""
        base = self.knowledge_base_id
        return {
            "job_id": str(self.job_id),
            "kind": self.kind,
            "status": self.status,
            "phase": self.phase,
            "knowledge_base_id": str(base) if base else None,
            "done": self.done,
            "total": self.total,
            "errors": self.errors,
            "result": self.result,
            "cancelling": self.cancel_requested_at is not None and not self.is_over,
            "created_at": self.created_at.isoformat().replace("+00:00", "Z"),
            "updated_at": self.updated_at.isoformat().replace("+00:00", "Z"),
        }


async def create(
    conn: TenantConnection,
    kind: str,
    *,
    total: int,
    given: Any = None,
    knowledge_base_id: UUID | None = None,
) -> UUID:
    """A queued job with what it is to work on; its id."""
    job_id = new_id()
    await conn.execute(
        """
        insert into jobs (tenant_id, job_id, kind, total, input, knowledge_base_id)
        values (%(tenant_id)s, %(job_id)s, %(kind)s, %(total)s, %(input)s, %(knowledge_base_id)s)
        """,
        {
            "job_id": job_id,
            "kind": kind,
            "total": total,
            "input": codec.personal(given, INPUT, job_id) if given is not None else None,
            "knowledge_base_id": knowledge_base_id,
        },
    )
    return job_id


async def get(conn: TenantConnection, job_id: UUID) -> Job:
    """One job. Raises: NotFound."""
    job = await conn.row(
        Job,
        """
        select job_id, kind, status, phase, knowledge_base_id, done, total, errors, result,
               cancel_requested_at, created_at, updated_at
          from jobs
         where tenant_id = %(tenant_id)s
           and job_id = %(job_id)s
        """,
        {"job_id": job_id},
    )
    if job is None:
        raise NotFound("no such job")
    return job


async def list_page(
    conn: TenantConnection,
    *,
    limit: int,
    after: UUID | None = None,
    knowledge_base_id: UUID | None = None,
    status: str | None = None,
) -> list[Job]:
    """Jobs, newest first."""
    return await conn.rows(
        Job,
        """
        select job_id, kind, status, phase, knowledge_base_id, done, total, errors, result,
               cancel_requested_at, created_at, updated_at
          from jobs
         where tenant_id = %(tenant_id)s
           and (%(after)s::uuid is null or job_id < %(after)s)
           and (%(knowledge_base_id)s::uuid is null or knowledge_base_id = %(knowledge_base_id)s)
           and (%(status)s::text is null or status = %(status)s)
         order by job_id desc
         limit %(limit)s
        """,
        {
            "after": after,
            "knowledge_base_id": knowledge_base_id,
            "status": status,
            "limit": limit,
        },
    )


async def cancel(conn: TenantConnection, job_id: UUID) -> Job:
    """The job, which stops: at once where nobody works on it yet. Raises: NotFound, Conflict."""
    job = await get(conn, job_id)
    if job.kind == "erase_tenant":
        raise Conflict("an erasure cannot be called back")
    if job.is_over:
        return job
    ended = await conn.execute(
        """
        update jobs
           set status = case when status = 'queued' then 'cancelled' else status end,
               input = case when status = 'queued' then null else input end,
               cancel_requested_at = coalesce(cancel_requested_at, now()),
               updated_at = now()
         where tenant_id = %(tenant_id)s
           and job_id = %(job_id)s
           and status in ('queued', 'running')
        returning status
        """,
        {"job_id": job_id},
    )
    row = await ended.fetchone()
    if row is not None and row[0] == "cancelled":
        await uploads.forget(conn, job_id)
    return await get(conn, job_id)


async def forget(conn: TenantConnection, job_id: UUID) -> None:
    """Take a job that is over out of the list."""
    await conn.execute(
        """
        delete from jobs
         where tenant_id = %(tenant_id)s
           and job_id = %(job_id)s
           and status in ('succeeded', 'failed', 'cancelled')
        """,
        {"job_id": job_id},
    )
