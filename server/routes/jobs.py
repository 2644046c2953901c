"""Jobs: long work and how far it has come, as JSON or as a stream."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header
from fastapi.responses import JSONResponse, Response

from server.auth import KnowledgeDep
from server.intake import CheckedRoute
from server.resources import Resources, ResourcesDep
from server.schemas import Id
from server.sse import stream
from server.streams import Frame
from tenants import jobs
from tenants.connection import tenant_transaction

router = APIRouter(prefix="/v1/jobs", tags=["jobs"], route_class=CheckedRoute)
LOOK_SECONDS = 0.5
_OVER = ("succeeded", "failed", "cancelled")


@router.get("/{job_id}", operation_id="get_job", response_class=Response)
async def get_job(
    job_id: Id,
    caller: KnowledgeDep,
    held: ResourcesDep,
    accept: Annotated[str, Header()] = "application/json",
) -> Response:
    """How far a job is; as a stream, whenever that changes, until it is over."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        job = await jobs.get(conn, job_id)
    if "text/event-stream" in accept:
        return stream(_progress(held, caller.tenant_id, job_id))
    return JSONResponse(job.public())


async def _progress(held: Resources, tenant_id: UUID, job_id: UUID) -> AsyncIterator[Frame]:
    shown: dict[str, Any] | None = None
    while not held.drain.started:
        async with tenant_transaction(held.pool, tenant_id) as conn:
            job = (await jobs.get(conn, job_id)).public()
        if job != shown:
            shown = job
            yield Frame("job", job)
        if job["status"] in _OVER:
            return
        await asyncio.sleep(LOOK_SECONDS)
    yield Frame("reconnect", {"after_ms": 1_000})
