"""Sources: pages, sitemaps and sites that a knowledge base is kept in step with."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Query

from server.access.auth import Caller, KnowledgeDep
from server.admitting.intake import CheckedRoute
from server.crawling import web_schedule
from server.crawling.web_job import policy_of
from server.crawling.web_urls import fetched_as
from server.resources import Resources, ResourcesDep
from server.shapes.paging import Page, PagingDep
from server.shapes.schemas import Id
from server.shapes.source_schemas import (
    NewSource,
    SourceChange,
    SourceShown,
    SyncOptions,
    SyncStarted,
)
from tenants.database.connection import TenantConnection, tenant_transaction
from tenants.errors import Conflict, Invalid, NotFound
from tenants.knowledge import ingestion, knowledge_bases, sources
from tenants.knowledge.ingestion import Sync
from tenants.knowledge.knowledge_bases import KnowledgeBase
from tenants.knowledge.sources import Source
from tools.egress import check_url

router = APIRouter(
    prefix="/v1/knowledge-bases/{knowledge_base_id}/sources",
    tags=["sources"],
    route_class=CheckedRoute,
)
MAX_SOURCES = 200


@router.post("", operation_id="create_source", status_code=201)
async def create_source(
    knowledge_base_id: Id, new: NewSource, caller: KnowledgeDep, held: ResourcesDep
) -> SourceShown:
    """Name a page, a sitemap or a site to keep in step with; `sync` fetches it at once."""
    check_url(new.url, policy_of(held.settings.egress_allow))
    url = fetched_as(new.url)
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await _base(conn, knowledge_base_id)
        if await sources.count(conn, knowledge_base_id) >= MAX_SOURCES:
            raise Conflict(f"a knowledge base has at most {MAX_SOURCES} sources")
        source_id = await sources.create(
            conn,
            knowledge_base_id,
            new.kind,
            name=new.name or url[:200],
            url=url,
            options=new.options(),
            every_hours=new.every_hours,
        )
    if new.sync:
        await _sync(held, caller, knowledge_base_id, source_id, full=False)
    return await _shown(held, caller, knowledge_base_id, source_id)


@router.get("", operation_id="list_sources")
async def list_sources(
    knowledge_base_id: Id, caller: KnowledgeDep, held: ResourcesDep, paging: PagingDep
) -> Page[dict[str, Any]]:
    """Sources, newest first, with what their last run came to and when the next one is."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await _base(conn, knowledge_base_id)
        found = await sources.list_page(
            conn, knowledge_base_id, limit=paging.limit + 1, after=paging.after_id
        )
    return Page[dict[str, Any]](**paging.page(found, lambda one: one.source_id, Source.public))


@router.get("/{source_id}", operation_id="get_source")
async def get_source(
    knowledge_base_id: Id, source_id: Id, caller: KnowledgeDep, held: ResourcesDep
) -> SourceShown:
    """One source."""
    return await _shown(held, caller, knowledge_base_id, source_id)


@router.patch("/{source_id}", operation_id="update_source")
async def update_source(
    knowledge_base_id: Id,
    source_id: Id,
    change: SourceChange,
    caller: KnowledgeDep,
    held: ResourcesDep,
) -> SourceShown:
    """Change a source's name, bounds or rhythm; the next run reads it that way."""
    given = change.model_fields_set
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        source = await sources.get(conn, knowledge_base_id, source_id, lock=True)
        if source.kind == "import" and given - {"name"}:
            raise Invalid("a source of kind `import` is not fetched: only its name can change")
        options = {name: value for name, value in source.options.items() if name not in given}
        await sources.change(
            conn,
            replace(
                source,
                name=change.name or source.name,
                options=options | change.options(),
                every_hours=change.every_hours if "every_hours" in given else source.every_hours,
            ),
        )
    return await _shown(held, caller, knowledge_base_id, source_id)


@router.delete("/{source_id}", operation_id="delete_source", status_code=204)
async def delete_source(
    knowledge_base_id: Id,
    source_id: Id,
    caller: KnowledgeDep,
    held: ResourcesDep,
    documents: bool = Query(default=False, description="Delete its documents too."),
) -> None:
    """Forget a source; its documents stay, unless `documents=true`; edited ones always stay."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        base = await _base(conn, knowledge_base_id)
        await sources.get(conn, knowledge_base_id, source_id)
    if documents:
        await ingestion.add_documents(
            held.pool,
            caller.tenant_id,
            knowledge_base_id,
            [],
            embedder=await held.jobs.house.embedders.of(base.embedding_model),
            actor=caller.actor,
            note="source deleted",
            sync=Sync(source_id),
        )
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await sources.delete(conn, source_id)


@router.post("/{source_id}/sync", operation_id="sync_source", status_code=202)
async def sync_source(
    knowledge_base_id: Id,
    source_id: Id,
    caller: KnowledgeDep,
    held: ResourcesDep,
    options: SyncOptions | None = None,
) -> SyncStarted:
    """Fetch a source now; where a job is at it already, that is the answer."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await _base(conn, knowledge_base_id)
    full = options is not None and options.full
    job_id = await _sync(held, caller, knowledge_base_id, source_id, full=full)
    return SyncStarted(job_id=job_id)


async def _sync(
    held: Resources, caller: Caller, knowledge_base_id: UUID, source_id: UUID, *, full: bool
) -> UUID:
    return await web_schedule.sync_now(
        held.jobs, caller.tenant_id, knowledge_base_id, source_id, actor=caller.actor, full=full
    )


async def _shown(
    held: Resources, caller: Caller, knowledge_base_id: UUID, source_id: UUID
) -> SourceShown:
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        source = await sources.get(conn, knowledge_base_id, source_id)
    return SourceShown.model_validate(source.public())


async def _base(conn: TenantConnection, knowledge_base_id: UUID) -> KnowledgeBase:
    base = await knowledge_bases.get(conn, knowledge_base_id)
    if base.archived_at is not None or base.conversation_id is not None:
        raise NotFound("no such knowledge base")
    return base
