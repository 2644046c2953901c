"""A job's row while somebody works on it: begun, moved on, looked at, ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from tenants.database.connection import RouterConnection, TenantConnection
from tenants.finding import known_vectors
from tenants.keys import codec
from tenants.working import uploads
from tenants.working.jobs import INPUT, MAX_ERRORS

QUIET_SECONDS = 30  # a job that is not over and was not touched for so long has nobody at it


@dataclass(frozen=True, slots=True)
class Begun:
    """A job that somebody has to work on now."""

    job_id: UUID
    kind: str
    input: bytes | None
    cancel_requested_at: datetime | None

    @property
    def given(self) -> dict[str, Any]:
        """What it is to work on."""
        return codec.decode(self.input, INPUT, self.job_id) if self.input is not None else {}


async def begin(conn: TenantConnection, job_id: UUID) -> Begun | None:
    """The job, which runs from now on; None where it is over or its tenant was erased."""
    return await conn.row(
        Begun,
        """
        update jobs
           set status = 'running',
               updated_at = now()
         where tenant_id = %(tenant_id)s
           and job_id = %(job_id)s
           and status in ('queued', 'running')
        returning job_id, kind, input, cancel_requested_at
        """,
        {"job_id": job_id},
    )


async def progress(
    conn: TenantConnection,
    job_id: UUID,
    *,
    done: int,
    total: int,
    phase: str = "",
    errors: Sequence[dict[str, Any]] = (),
) -> bool:
    """Say how much is done; whether to go on. A job that is over stays as it is."""
    cursor = await conn.execute(
        """
        update jobs
           set status = 'running',
               done = %(done)s,
               total = %(total)s,
               phase = %(phase)s,
               errors = %(errors)s,
               updated_at = now()
         where tenant_id = %(tenant_id)s
           and job_id = %(job_id)s
           and status in ('queued', 'running')
        returning cancel_requested_at is null
        """,
        {
            "job_id": job_id,
            "done": done,
            "total": total,
            "phase": phase,
            "errors": Jsonb(list(errors)[:MAX_ERRORS]),
        },
    )
    row = await cursor.fetchone()
    return row is not None and row[0]


async def is_unwanted(conn: TenantConnection, job_id: UUID) -> bool:
    """Whether the work should stop; the row is kept from others until the transaction ends."""
    cursor = await conn.execute(
        """
        select status not in ('queued', 'running') or cancel_requested_at is not null
          from jobs
         where tenant_id = %(tenant_id)s
           and job_id = %(job_id)s
           for update
        """,
        {"job_id": job_id},
    )
    row = await cursor.fetchone()
    return row is None or row[0]


async def look(conn: TenantConnection, job_id: UUID, *, touch: bool) -> bool:
    """Whether the work should stop; `touch` says that somebody is at it."""
    if touch:
        await conn.execute(
            """
            update jobs
               set updated_at = now()
             where tenant_id = %(tenant_id)s
               and job_id = %(job_id)s
               and status = 'running'
            """,
            {"job_id": job_id},
        )
    cursor = await conn.execute(
        """
        select status not in ('queued', 'running') or cancel_requested_at is not null
          from jobs
         where tenant_id = %(tenant_id)s
           and job_id = %(job_id)s
        """,
        {"job_id": job_id},
    )
    row = await cursor.fetchone()
    return row is None or row[0]


async def finish(
    conn: TenantConnection,
    job_id: UUID,
    status: str,
    *,
    errors: Sequence[dict[str, Any]] = (),
    result: dict[str, Any] | None = None,
) -> None:
    """End a job and let go of what it was given; the first end counts."""
    ended = await conn.execute(
        """
        update jobs
           set status = %(status)s,
               done = case when %(status)s = 'succeeded' then total else done end,
               phase = '',
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
    if ended.rowcount:
        await uploads.forget(conn, job_id)
        await known_vectors.forget(conn, job_id)


@dataclass(frozen=True, slots=True)
class Waiting:
    tenant_id: UUID
    job_id: UUID


async def quiet(router: RouterConnection, *, limit: int = 100) -> list[Waiting]:
    """Jobs of all tenants that are not over and with which nothing happened for a while."""
    return await router.rows(
        Waiting,
        """
        select tenant_id, job_id
          from jobs
         where status in ('queued', 'running')
           and updated_at < now() - make_interval(secs => %(seconds)s)
         order by updated_at
         limit %(limit)s
        """,
        {"limit": limit, "seconds": QUIET_SECONDS},
    )
