"""Jobs: long work and how far it has come, as JSON or as a stream."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Query
from fastapi.responses import JSONResponse, Response

from server.access.auth import KnowledgeDep
from server.access.open_streams import refused, while_allowed
from server.admitting.intake import CheckedRoute
from server.resources import Resources, ResourcesDep
from server.running.sse import stream
from server.running.stream_queue import Frame
from server.running.streams import PING
from server.shapes.paging import Page, PagingDep
from server.shapes.schemas import Id
from tenants.database.connection import tenant_transaction
from tenants.working import jobs

router = APIRouter(prefix="/v1/jobs", tags=["jobs"], route_class=CheckedRoute)
LOOK_SECONDS = 0.25
MAX_ACCEPT_CHARS = 16_000
PING_LOOKS = 60  # looks without news until a client is told that the stream lives
Status = Literal["queued", "running", "succeeded", "failed", "cancelled"]


@router.get("", operation_id="list_jobs")
async def list_jobs(
    caller: KnowledgeDep,
    held: ResourcesDep,
    paging: PagingDep,
    knowledge_base_id: Annotated[Id | None, Query()] = None,
    status: Annotated[Status | None, Query()] = None,
) -> Page[dict[str, Any]]:
    """Jobs, newest first."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        found = await jobs.list_page(
            conn,
            limit=paging.limit + 1,
            after=paging.after_id,
            knowledge_base_id=knowledge_base_id,
            status=status,
        )
    return Page[dict[str, Any]](**paging.page(found, lambda job: job.job_id, jobs.Job.public))


@router.post("/{job_id}/cancel", operation_id="cancel_job")
async def cancel_job(job_id: Id, caller: KnowledgeDep, held: ResourcesDep) -> dict[str, Any]:
    """Stop a job; nothing of what it was writing is kept. One that is over stays as it is."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        return (await jobs.cancel(conn, job_id)).public()


@router.get("/{job_id}", operation_id="get_job", response_class=Response)
async def get_job(
    job_id: Id,
    caller: KnowledgeDep,
    held: ResourcesDep,
    accept: Annotated[str, Header(max_length=MAX_ACCEPT_CHARS)] = "application/json",
) -> Response:
    """How far a job is; as a stream, whenever that changes, until it is over."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        job = await jobs.get(conn, job_id)
    if "text/event-stream" in accept:
        frames = _progress(held, caller.tenant_id, job_id)
        return stream(while_allowed(frames, held.sockets, caller, refused))
    return JSONResponse(job.public())


async def _progress(held: Resources, tenant_id: UUID, job_id: UUID) -> AsyncIterator[Frame]:
    shown: dict[str, Any] | None = None
    quiet = 0
    while not held.drain.started:
        async with tenant_transaction(held.pool, tenant_id) as conn:
            job = (await jobs.get(conn, job_id)).public()
        news = {key: value for key, value in job.items() if key != "updated_at"}
        quiet += 1
        if news != shown:
            shown, quiet = news, 0
            yield Frame("job", job)
        elif quiet % PING_LOOKS == 0:
            yield PING
        if job["status"] in jobs.OVER:
            return
        await asyncio.sleep(LOOK_SECONDS)
    yield Frame("reconnect", {"after_ms": 1_000})
