"""What the worker does of learning: grouping every few seconds, and impact previews as jobs."""

from typing import Any
from uuid import UUID

from graphs.knowing.knowledge_port import PostgresKnowledge
from server.learning.learning_grouping import Learning, step
from server.learning.learning_impact import Asked, material, report, summary
from server.working.job_run import JobHouse, JobRun
from tenants.database.connection import TenantConnection, tenant_transaction
from tenants.knowledge import knowledge_bases
from tenants.lessons import impact_reports

IMPACT = "impact"


async def group_questions(house: JobHouse) -> None:
    """One step of grouping, for every tenant that has something to do."""
    await step(learning_of(house))


def learning_of(house: JobHouse) -> Learning:
    """The parts of the house that grouping needs."""
    return Learning(
        house.pool,
        house.embedders.default,
        PostgresKnowledge(house.pool, house.embedders),
        house.models,
        house.settings.recorded_question_days,
    )


async def preview_impact(run: JobRun) -> dict[str, Any]:
    """The counts of a preview; the report itself is kept under the job's id."""
    asked = Asked.of(run.given)
    async with tenant_transaction(run.house.pool, run.tenant_id) as conn:
        found = await material(conn, asked)
        model_id = await _model_of(conn, asked.knowledge_base_id)
    made = await report(
        run.house.pool,
        found,
        asked,
        embedder=await run.house.embedders.of(model_id),
        models=run.house.models,
        on_progress=lambda done, total: run.progress(done, total, "asking"),
    )
    shown = summary(made, run.job_id)
    async with tenant_transaction(run.house.pool, run.tenant_id) as conn:
        await impact_reports.save(conn, run.job_id, asked.knowledge_base_id, made)
        await run.seal(conn, shown)
    return shown


async def _model_of(conn: TenantConnection, knowledge_base_id: UUID) -> str:
    return (await knowledge_bases.get(conn, knowledge_base_id)).embedding_model
