"""The job that stores documents which a request brought and which were too long to wait for."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from server.importing.import_store import store
from server.working.job_run import JobRun
from server.working.jobs import Jobs
from tenants.actors import Actor
from tenants.knowledge.ingestion import NewDocument

KIND = "ingest"
_DOCUMENTS = TypeAdapter(list[NewDocument])


async def start(
    jobs: Jobs,
    tenant_id: UUID,
    knowledge_base_id: UUID,
    documents: Sequence[NewDocument],
    *,
    actor: Actor,
    stage: bool | None = None,
) -> UUID:
    """The id of a job that stores documents."""
    given = {
        "stage": stage,
        "knowledge_base_id": str(knowledge_base_id),
        "actor": {"kind": actor.kind, "id": actor.id},
        "documents": _DOCUMENTS.dump_python(list(documents), mode="json"),
    }
    return await jobs.start(
        tenant_id, KIND, given, total=len(documents), knowledge_base_id=knowledge_base_id
    )


async def ingest(run: JobRun) -> dict[str, Any]:
    """Store what was given; documents that are refused are named."""
    given = _DOCUMENTS.validate_python(run.given["documents"])
    return await store(
        run,
        [(f"document {n}", document) for n, document in enumerate(given, 1)],
        stage=run.given.get("stage"),
    )
