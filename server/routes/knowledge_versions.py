"""Versions of a knowledge base: staged changes published, taken back, gone back to, compared."""

from typing import Annotated, Any

from fastapi import APIRouter, Path

from server.access.auth import KnowledgeDep
from server.admitting.intake import CheckedRoute
from server.importing.knowledge_access import base_in_use, shared_base
from server.resources import ResourcesDep
from server.shapes.knowledge_schemas import Publication, VersionShown
from server.shapes.paging import Page, PagingDep
from server.shapes.schemas import Id
from tenants.database.connection import tenant_transaction
from tenants.knowledge import knowledge_diff, knowledge_versions
from tenants.knowledge.knowledge_versions import KnowledgeVersionRecord

router = APIRouter(
    prefix="/v1/knowledge-bases/{knowledge_base_id}/versions",
    tags=["knowledge versions"],
    route_class=CheckedRoute,
)

_Version = Annotated[
    str,
    Path(
        max_length=20,
        description="A number, `live` or `staged`.",
        openapi_examples={"live": {"value": "live"}, "staged": {"value": "staged"}},
    ),
]


@router.get("", operation_id="list_knowledge_versions")
async def list_knowledge_versions(
    knowledge_base_id: Id, caller: KnowledgeDep, held: ResourcesDep, paging: PagingDep
) -> Page[VersionShown]:
    """The versions, newest first, with who wrote them; a staged one is at the top."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await shared_base(conn, knowledge_base_id)
        found = await knowledge_versions.list_page(
            conn, knowledge_base_id, limit=paging.limit + 1, before=paging.after_number or None
        )
    page = paging.page(found, lambda one: one.version, KnowledgeVersionRecord.public)
    return Page[VersionShown](**page)


@router.post("", operation_id="publish_knowledge_version", status_code=201)
async def publish_knowledge_version(
    knowledge_base_id: Id,
    caller: KnowledgeDep,
    held: ResourcesDep,
    publication: Publication | None = None,
) -> VersionShown:
    """Publish what is staged: readers see all of it from one moment to the next."""
    note = publication.note if publication else None
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await base_in_use(conn, knowledge_base_id)
        made = await knowledge_versions.publish(
            conn, knowledge_base_id, actor=caller.actor, note=note
        )
    return VersionShown(**made.public())


@router.delete("/staged", operation_id="discard_staged_version", status_code=204)
async def discard_staged_version(
    knowledge_base_id: Id, caller: KnowledgeDep, held: ResourcesDep
) -> None:
    """Take the staged changes back, as if they had never been made."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await base_in_use(conn, knowledge_base_id)
        await knowledge_versions.discard(conn, knowledge_base_id)


@router.post("/{version}/restore", operation_id="restore_knowledge_version")
async def restore_knowledge_version(
    knowledge_base_id: Id, version: _Version, caller: KnowledgeDep, held: ResourcesDep
) -> VersionShown:
    """Make readers see an older version, or a newer one again; no row of it is rewritten."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await base_in_use(conn, knowledge_base_id)
        number = await knowledge_versions.resolve(conn, knowledge_base_id, version)
        restored = await knowledge_versions.restore(conn, knowledge_base_id, number)
    return VersionShown(**restored.public())


@router.get("/{version}/diff/{other}", operation_id="compare_knowledge_versions")
async def compare_knowledge_versions(
    knowledge_base_id: Id,
    version: _Version,
    other: _Version,
    caller: KnowledgeDep,
    held: ResourcesDep,
    paging: PagingDep,
) -> dict[str, Any]:
    """What changed from one version to another: documents, their fields and passages."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await shared_base(conn, knowledge_base_id)
        before = await knowledge_versions.resolve(conn, knowledge_base_id, version)
        after = await knowledge_versions.resolve(conn, knowledge_base_id, other)
        counts = await knowledge_diff.count(conn, knowledge_base_id, before, after)
        found = await knowledge_diff.list_page(
            conn,
            knowledge_base_id,
            before,
            after,
            limit=paging.limit + 1,
            after=paging.after_id,
        )
        moved = await knowledge_diff.passages(
            conn, knowledge_base_id, before, after, found[: paging.limit]
        )
    page = paging.page(
        found,
        lambda one: one.document_id,
        lambda one: knowledge_diff.shown(one, moved.get(one.document_id, [])),
    )
    totals = {"added": counts.added, "changed": counts.changed, "deleted": counts.deleted}
    return {"version": before, "other": after, "counts": totals} | page
