"""Jobs as tenants see them: how far long work has come. What runs them is the server's affair."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from tenants import codec
from tenants.connection import RouterConnection, TenantConnection
from tenants.errors import NotFound
from tenants.ids import new_id

MAX_ERRORS = 100
OVER = ("succeeded", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Job:
    job_id: UUID
    kind: str
    status: str
    done: int
    total: int
    errors: list[dict[str, Any]]
    result: dict[str, Any]
    created_at: datetime
    updated_at: datetime

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.status in OVER

    def public(self) -> dict[str, Any]:
        """The job as the API shows it."""
        return {
            "job_id": str(self.job_id),
            "kind": self.kind,
            "status": self.status,
            "done": self.done,
            "total": self.total,
            "errors": self.errors,
            "result": self.result,
            "created_at": self.created_at.isoformat().replace("+00:00", "Z"),
            "updated_at": self.updated_at.isoformat().replace("+00:00", "Z"),
        }


async def create(conn: TenantConnection, kind: str, *, total: int, given: Any = None) -> UUID:
    """A queued job with what it is to work on; its id."""
    job_id = new_id()
    await conn.execute(
        """
        insert into jobs (tenant_id, job_id, kind, total, input)
        values (%(tenant_id)s, %(job_id)s, %(kind)s, %(total)s, %(input)s)
        """,
        {
            "job_id": job_id,
            "kind": kind,
            "total": total,
            "input": codec.encode(given) if given is not None else None,
        },
    )
    return job_id


async def get(conn: TenantConnection, job_id: UUID) -> Job:
    """One job. Raises: NotFound."""
    job = await conn.row(
        Job,
        """
        select job_id, kind, status, done, total, errors, result, created_at, updated_at
          from jobs
         where tenant_id = %(tenant_id)s
           and job_id = %(job_id)s
        """,
        {"job_id": job_id},
    )
    if job is None:
        raise NotFound("no such job")
    return job


@dataclass(frozen=True, slots=True)
class _Input:
    input: bytes | None


async def given_to(conn: TenantConnection, job_id: UUID) -> Any:
    """What a job was given to work on; None once it is over. Raises: NotFound."""
    found = await conn.row(
        _Input,
        """
        select input
          from jobs
         where tenant_id = %(tenant_id)s
           and job_id = %(job_id)s
        """,
        {"job_id": job_id},
    )
    if found is None:
        raise NotFound("no such job")
    return codec.decode(found.input) if found.input is not None else None


async def progress(
    conn: TenantConnection, job_id: UUID, *, done: int, total: int | None = None
) -> None:
    """Say how much is done; a job that is over stays as it is."""
    await conn.execute(
        """
        update jobs
           set status = 'running',
               done = %(done)s,
               total = coalesce(%(total)s, total),
               updated_at = now()
         where tenant_id = %(tenant_id)s
           and job_id = %(job_id)s
           and status in ('queued', 'running')
        """,
        {"job_id": job_id, "done": done, "total": total},
    )


async def finish(
    conn: TenantConnection,
    job_id: UUID,
    status: str,
    *,
    errors: Sequence[dict[str, Any]] = (),
    result: dict[str, Any] | None = None,
) -> None:
    """End a job and let go of what it was given; the first end counts."""
    await conn.execute(
        """
        update jobs
           set status = %(status)s,
               done = case when %(status)s = 'succeeded' then total else done end,
               errors = %(errors)s,
               result = %(result)s,
               input = null,
               updated_at = now()
         where tenant_id = %(tenant_id)s
           and job_id = %(job_id)s
           and status in ('queued', 'running')
        """,
        {
            "job_id": job_id,
            "status": status,
            "errors": Jsonb(list(errors)[:MAX_ERRORS]),
            "result": Jsonb(result or {}),
        },
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    tenant_id: UUID
    job_id: UUID


async def waiting(router: RouterConnection, *, limit: int = 100) -> list[Waiting]:
    """Jobs of all tenants that were made a while ago and that nobody has begun."""
    return await router.rows(
        Waiting,
        """
        select tenant_id, job_id
          from jobs
         where status = 'queued'
           and updated_at < now() - interval '30 seconds'
         order by updated_at
         limit %(limit)s
        """,
        {"limit": limit},
    )
