"""The job that gives a knowledge base another embedding model, and the request that starts it."""

from typing import Any
from uuid import UUID

from server.working.job_run import JobRun
from server.working.jobs import Jobs
from tenants.actors import Actor
from tenants.database.connection import TenantConnection, tenant_transaction
from tenants.errors import Conflict, NotFound
from tenants.finding import reembedding
from tenants.finding.reembedding import Reembedded
from tenants.knowledge import knowledge_bases
from tenants.working import jobs as job_rows

KIND = "reembed"


async def start(
    jobs: Jobs, tenant_id: UUID, knowledge_base_id: UUID, model_id: str, *, actor: Actor
) -> UUID | None:
    """The id of a job that embeds everything anew; None where it is the model already.

    Raises: NotFound, ModelNotAllowed, EmbeddingsUnavailable, Conflict where another change is under
    way.
    """
    await jobs.house.embedders.of(model_id)  # before anything is promised
    given = {
        "knowledge_base_id": str(knowledge_base_id),
        "embedding_model": model_id,
        "actor": {"kind": actor.kind, "id": actor.id},
    }
    async with tenant_transaction(jobs.house.pool, tenant_id) as conn:
        base = await knowledge_bases.get(conn, knowledge_base_id)
        if base.archived_at is not None:
            raise NotFound("no such knowledge base")
        if base.embedding_model == model_id:
            return None
        await _refuse_second(conn, knowledge_base_id)
        job_id = await jobs.accept(
            conn, KIND, given, total=base.n_chunks, knowledge_base_id=knowledge_base_id
        )
    await jobs.queue(tenant_id, job_id)
    return job_id


async def run_reembedding(run: JobRun) -> dict[str, Any]:
    """Embed every passage by the new model, then switch; a repeat embeds nothing again."""

    async def seal(conn: TenantConnection, done: Reembedded) -> None:
        await run.seal(conn, done.public())

    async def progress(done: int, total: int) -> None:
        await run.progress(done, total, "writing" if done >= total else "embedding")

    done = await reembedding.reembed(
        run.house.pool,
        run.tenant_id,
        UUID(run.given["knowledge_base_id"]),
        embedder=await run.house.embedders.of(run.given["embedding_model"]),
        job_id=run.job_id,
        on_progress=progress,
        within=seal,
    )
    return done.public()


async def _refuse_second(conn: TenantConnection, knowledge_base_id: UUID) -> None:
    """Raises: Conflict where the knowledge base is being embedded anew already."""
    for status in ("queued", "running"):
        for job in await job_rows.list_page(
            conn, limit=20, knowledge_base_id=knowledge_base_id, status=status
        ):
            if job.kind == KIND:
                raise Conflict(
                    f"job {job.job_id} is changing the embedding model; cancel it or wait",
                    job_id=str(job.job_id),
                )
