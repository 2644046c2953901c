"""The job that runs a bulk import: read, map, store as one version."""

from typing import Any
from uuid import UUID

from server.importing.import_documents import document_of
from server.importing.import_store import store
from server.shapes.import_schemas import ImportOptions
from server.working.job_run import JobRun
from server.working.jobs import Jobs
from tenants.actors import Actor
from tenants.database.connection import tenant_transaction
from tenants.errors import NotFound
from tenants.knowledge import sources
from tenants.knowledge.import_plan import Plan, name_entries, plan_import
from tenants.knowledge.ingestion import Sync
from tenants.working import uploads
from tenants.working.uploads import NewUpload

KIND = "import"


async def start(
    jobs: Jobs,
    tenant_id: UUID,
    knowledge_base_id: UUID,
    file: NewUpload,
    options: ImportOptions,
    *,
    actor: Actor,
) -> UUID:
    """The id of a job that imports a file; the file is kept once this returns."""
    given = {
        "knowledge_base_id": str(knowledge_base_id),
        "actor": {"kind": actor.kind, "id": actor.id},
        "options": options.model_dump(include=set(ImportOptions.model_fields)),
    }
    return await jobs.start(
        tenant_id, KIND, given, knowledge_base_id=knowledge_base_id, files=[file]
    )


async def run_import(run: JobRun) -> dict[str, Any]:
    """Read the file, then store its entries; rows that cannot be taken are named."""
    options = ImportOptions.model_validate(run.given["options"])
    await run.progress(0, 0, "reading")
    plan = await _plan(run, options)
    for problem in plan.problems:
        run.refuse(problem.where, problem.error)
    await run.progress(0, len(plan.entries), "reading")
    sync = await _sync(run, options, plan)
    source_id = sync.source_id if sync else None
    documents = [
        (where, document_of(entry, actor=run.actor, source_id=source_id))
        for where, entry in plan.entries
    ]
    result: dict[str, Any] = {
        "format": plan.format,
        "entries": len(plan.entries) + len(plan.problems),
    }
    if options.delete_missing and plan.problems:
        result["deletion_skipped"] = "some rows could not be read: what they are is not known"
    plan.entries.clear()  # the documents hold it from here on
    note = f"import of {options.source}" if options.source else "import"
    return await store(run, documents, result=result, stage=options.stage, sync=sync, note=note)


async def _sync(run: JobRun, options: ImportOptions, plan: Plan) -> Sync | None:
    """How a named source is kept in step; rows that could not be read forbid deleting."""
    if options.source is None:
        return None
    name_entries(plan.entries)
    base_id = UUID(run.given["knowledge_base_id"])
    async with tenant_transaction(run.house.pool, run.tenant_id) as conn:
        source_id = await sources.import_source(conn, base_id, options.source)
    given = (entry["external_id"] for _, entry in plan.entries)
    return Sync(
        source_id,
        complete=options.delete_missing and not plan.problems,
        also_there=frozenset([*options.unchanged, *given]),
    )


async def _plan(run: JobRun, options: ImportOptions) -> Plan:
    async with tenant_transaction(run.house.pool, run.tenant_id) as conn:
        [file] = await uploads.of_job(conn, run.job_id)
        content = await uploads.read(conn, file.upload_id)
    if content is None:
        raise NotFound("the import's file is gone")
    return await plan_import(content, file.name, file.media_type, mapping=options.mapping)
