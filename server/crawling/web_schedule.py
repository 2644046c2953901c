"""When sources are fetched: asked for, or because their time has come. Never twice at once."""

from uuid import UUID

from server.crawling import web_sync
from server.working.job_run import JobHouse
from server.working.jobs import Jobs
from tenants.actors import SYSTEM, Actor
from tenants.database.connection import TenantConnection, router_transaction, tenant_transaction
from tenants.errors import Invalid, NotFound
from tenants.knowledge import sources
from tenants.knowledge.sources import Source
from tenants.working import jobs

EVERY_SECONDS = 30.0


async def sync_now(
    held: Jobs,
    tenant_id: UUID,
    knowledge_base_id: UUID,
    source_id: UUID,
    *,
    actor: Actor,
    full: bool = False,
) -> UUID:
    """The id of the job that fetches a source: the one that is at it, or a new one.

    Raises: NotFound, Invalid for a source that is brought, not fetched.
    """
    async with tenant_transaction(held.house.pool, tenant_id) as conn:
        source = await sources.get(conn, knowledge_base_id, source_id, lock=True)
        if source.kind == "import":
            raise Invalid("a source of kind `import` is not fetched: import its file again")
        running = await _running(conn, source)
        if running is not None:
            return running
        job_id = await held.accept(
            conn,
            web_sync.KIND,
            _given(source, actor, full=full),
            knowledge_base_id=knowledge_base_id,
        )
        await sources.begin(conn, source_id, job_id)
    await held.queue(tenant_id, job_id)
    return job_id


async def start_due(house: JobHouse) -> None:
    """Make a job for every source whose time has come; the jobs' sweep queues it."""
    async with router_transaction(house.pool) as router:
        due = await sources.due(router)
    for one in due:
        async with tenant_transaction(house.pool, one.tenant_id) as conn:
            base_id = await sources.due_base(conn, one.source_id)
            if base_id is None:
                continue
            source = await sources.get(conn, base_id, one.source_id)
            job_id = await _running(conn, source)
            if job_id is None:
                job_id = await jobs.create(
                    conn,
                    web_sync.KIND,
                    total=0,
                    given=_given(source, SYSTEM, full=False),
                    knowledge_base_id=base_id,
                )
            await sources.begin(conn, one.source_id, job_id)


async def _running(conn: TenantConnection, source: Source) -> UUID | None:
    if source.job_id is None:
        return None
    try:
        job = await jobs.get(conn, source.job_id)
    except NotFound:
        return None
    return None if job.is_over else job.job_id


def _given(source: Source, actor: Actor, *, full: bool) -> dict[str, object]:
    return {
        "knowledge_base_id": str(source.knowledge_base_id),
        "source_id": str(source.source_id),
        "actor": {"kind": actor.kind, "id": actor.id},
        "full": full,
    }
