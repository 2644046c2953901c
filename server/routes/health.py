"""Is the process alive, may it get work, what does it count; and what a problem code means."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST

from server.admitting.intake import CheckedRoute
from server.errors import Draining
from server.problems import paragraph
from server.resources import ResourcesDep
from tenants.database.isolation import IsolationBroken, assert_isolated
from tenants.errors import Unavailable

router = APIRouter(tags=["health"], route_class=CheckedRoute)
PATIENCE_SECONDS = 3


class _Markdown(PlainTextResponse):
    media_type = "text/markdown"


@router.get("/healthz", operation_id="get_health")
async def get_health() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz", operation_id="get_readiness")
async def get_readiness(held: ResourcesDep) -> dict[str, str]:
    """Database, migrations and models are there, and the process is not stopping."""
    if held.drain.started:
        raise Draining("this process is stopping", retry_after_seconds=2)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await assert_isolated(held.pool)
    except (TimeoutError, IsolationBroken) as error:
        raise Unavailable(f"the database is not ready: {error}") from None
    return {"status": "ready", "database": "ok", "migrations": "ok", "models": "ok"}


@router.get("/metrics", operation_id="get_metrics", response_class=PlainTextResponse)
async def get_metrics(held: ResourcesDep) -> Response:
    """Figures in Prometheus' text format."""
    return Response(await held.figures.render(), media_type=CONTENT_TYPE_LATEST)


@router.get(
    "/problems/{code}",
    operation_id="get_problem_kind",
    response_class=_Markdown,
)
async def get_problem_kind(code: Annotated[str, Path(max_length=40)]) -> _Markdown:
    """What a problem's code means and what to do about it."""
    return _Markdown(paragraph(code))
