"""Store what an import or a set of files became: one version, refusals named, progress shown."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from server.working.job_run import JobFailed, JobRun
from tenants.database.connection import TenantConnection, tenant_transaction
from tenants.knowledge import ingestion, knowledge_bases
from tenants.knowledge.ingestion import Embedder, NewDocument, Stored, StoredDocument, Sync

SHOWN_DUPLICATES = 20


async def store(
    run: JobRun,
    documents: Sequence[tuple[str, NewDocument]],
    *,
    result: dict[str, Any] | None = None,
    stage: bool | None = None,
    sync: Sync | None = None,
    note: str = "",
) -> dict[str, Any]:
    """What was stored, in numbers; each document comes with the place it is named by in errors.

    The job ends in the transaction that writes, with everything it has to say: whoever sees that
    it has succeeded sees all of it. Raises: JobFailed where all were refused.
    """
    told = {"documents": 0, "passages": 0} | (result or {})

    def refuse(stored: Stored) -> None:
        for refused in stored.refused:
            run.refuse(documents[refused.index][0], refused.error)
        if run.refused and not stored.documents and not stored.deleted:
            raise JobFailed(told)

    async def seal(conn: TenantConnection, stored: Stored) -> None:
        refuse(stored)
        await run.seal(conn, told | _shown(stored))

    async def progress(done: int, total: int) -> None:
        await run.progress(done, total, "writing" if done == total else "embedding")

    stored = await ingestion.add_documents(
        run.house.pool,
        run.tenant_id,
        UUID(run.given["knowledge_base_id"]),
        [document for _, document in documents],
        embedder=await _embedder(run),
        actor=run.actor,
        stage=stage,
        note=note,
        job_id=run.job_id,
        on_progress=progress,
        sync=sync,
        within=seal,
        skip_invalid=True,
        look_for_duplicates=True,
    )
    if not run.sealed:
        refuse(stored)  # nothing was left to write
    return told | _shown(stored)


def _counted(documents: Sequence[StoredDocument]) -> dict[str, Any]:
    counted: dict[str, Any] = {
        "documents": len(documents),
        "passages": sum(one.n_chunks for one in documents),
        "created": sum(one.created for one in documents),
        "unchanged": sum(one.unchanged for one in documents),
    }
    if len(documents) == 1:
        counted["document_id"] = str(documents[0].document_id)
    return counted


def _shown(stored: Stored) -> dict[str, Any]:
    shown = _counted(stored.documents) | {
        "deleted": stored.deleted,
        "version": stored.version,
        "published": stored.published,
    }
    if stored.kept_edited:
        shown["kept_edited"] = [str(one) for one in stored.kept_edited[:100]]
    if stored.duplicates:
        pairs = stored.duplicates[:SHOWN_DUPLICATES]
        shown["duplicates"] = [pair.public(stored.documents) for pair in pairs]
        shown["more_duplicates"] = stored.more_duplicates + len(stored.duplicates) - len(pairs)
    return shown


async def _embedder(run: JobRun) -> Embedder:
    """The model of the knowledge base that the job writes into."""
    async with tenant_transaction(run.house.pool, run.tenant_id) as conn:
        base = await knowledge_bases.get(conn, UUID(run.given["knowledge_base_id"]))
    return await run.house.embedders.of(base.embedding_model)
