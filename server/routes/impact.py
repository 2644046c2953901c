"""What a change of knowledge would change for the questions that were asked lately."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field

from server.access.auth import KnowledgeDep
from server.admitting.intake import CheckedRoute
from server.learning.learning_impact import AT_ONCE, MAX_QUESTIONS, Asked, material, report
from server.learning.learning_jobs import IMPACT
from server.resources import ResourcesDep
from server.shapes.schemas import Body, Id
from tenants.database.connection import tenant_transaction
from tenants.ids import new_id
from tenants.knowledge import knowledge_bases, knowledge_versions
from tenants.lessons import impact_reports

router = APIRouter(
    prefix="/v1/knowledge-bases/{knowledge_base_id}/impact",
    tags=["knowledge bases"],
    route_class=CheckedRoute,
)

VersionNumber = Annotated[int, Field(ge=0, le=2**31 - 1)]


class ImpactAsked(Body):
    """What is compared, and on how many of the questions asked most."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"days": 30, "version": "staged", "against": "live"}]},
    )

    days: int = Field(default=30, ge=1, le=3_650)
    limit: int = Field(default=500, ge=1, le=MAX_QUESTIONS)
    version: Literal["staged", "live"] | VersionNumber = "staged"
    against: Literal["live", "staged"] | VersionNumber = "live"


@router.post("", operation_id="preview_impact")
async def preview_impact(
    knowledge_base_id: Id,
    caller: KnowledgeDep,
    held: ResourcesDep,
    response: Response,
    body: ImpactAsked | None = None,
) -> dict[str, Any]:
    """Put the recorded questions to both versions: 200 with the report, 202 with its job."""
    wanted = body or ImpactAsked()
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        base = await knowledge_bases.get(conn, knowledge_base_id)
        asked = Asked(
            knowledge_base_id,
            await knowledge_versions.resolve(conn, knowledge_base_id, wanted.version),
            await knowledge_versions.resolve(conn, knowledge_base_id, wanted.against),
            wanted.days,
            wanted.limit,
        )
        found = await material(conn, asked)
    if len(found.questions) > AT_ONCE:
        job_id = await held.jobs.start(
            caller.tenant_id,
            IMPACT,
            asked.given(),
            total=len(found.questions),
            knowledge_base_id=knowledge_base_id,
        )
        response.status_code = 202
        return {"job_id": str(job_id), "report_id": str(job_id)}
    embedder = await held.jobs.house.embedders.of(base.embedding_model)
    made = await report(held.pool, found, asked, embedder=embedder, models=held.jobs.house.models)
    report_id = new_id()
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await impact_reports.save(conn, report_id, knowledge_base_id, made)
    return {"report_id": str(report_id)} | made


@router.get("/{report_id}", operation_id="get_impact_report")
async def get_impact_report(
    knowledge_base_id: Id, report_id: Id, caller: KnowledgeDep, held: ResourcesDep
) -> dict[str, Any]:
    """The report of a finished preview."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        found = await impact_reports.get(conn, knowledge_base_id, report_id)
    return {"report_id": str(found.report_id)} | found.details
