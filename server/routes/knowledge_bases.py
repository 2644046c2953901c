"""Knowledge bases: what a tenant's assistants may know, and how it is found."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from server.access.auth import KnowledgeDep
from server.admitting.intake import CheckedRoute
from server.importing import reembedding
from server.importing.knowledge_access import base_in_use, shared_base
from server.importing.knowledge_intake import model_of
from server.resources import Resources, ResourcesDep
from server.shapes.knowledge_schemas import (
    KnowledgeBaseChange,
    KnowledgeBaseShown,
    NewKnowledgeBase,
    SearchQuery,
)
from server.shapes.paging import Page, PagingDep
from server.shapes.schemas import Id
from tenants.database.connection import tenant_transaction
from tenants.errors import ModelMismatch
from tenants.finding import asking, search
from tenants.finding.ranking import Ranking
from tenants.finding.search import Filters, KnowledgeVersion, Passage
from tenants.knowledge import knowledge_bases, knowledge_versions
from tenants.knowledge.knowledge_bases import KnowledgeBase

router = APIRouter(prefix="/v1/knowledge-bases", tags=["knowledge bases"], route_class=CheckedRoute)


@router.post("", operation_id="create_knowledge_base", status_code=201)
async def create_knowledge_base(
    new: NewKnowledgeBase, caller: KnowledgeDep, held: ResourcesDep
) -> KnowledgeBaseShown:
    """Make an empty knowledge base, built with one embedding model."""
    models = held.jobs.house.embedders
    model = await models.of(new.embedding_model) if new.embedding_model else models.default
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        knowledge_base_id = await knowledge_bases.create(
            conn,
            new.name,
            embedding_model=model.model_id,
            dimension=model.dimension,
            language=new.language,
            publishing=new.publishing,
        )
        if new.ranking is not None:
            ranking = Ranking.parse(new.ranking.model_dump())
            await knowledge_bases.change(conn, knowledge_base_id, ranking=ranking)
        made = await knowledge_bases.get(conn, knowledge_base_id)
    return KnowledgeBaseShown(**made.public())


@router.get("", operation_id="list_knowledge_bases")
async def list_knowledge_bases(
    caller: KnowledgeDep, held: ResourcesDep, paging: PagingDep
) -> Page[KnowledgeBaseShown]:
    """Knowledge bases, newest first."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        found = await knowledge_bases.list_page(conn, limit=paging.limit + 1, after=paging.after_id)
    page = paging.page(found, lambda one: one.knowledge_base_id, KnowledgeBase.public)
    return Page[KnowledgeBaseShown](**page)


@router.get("/{knowledge_base_id}", operation_id="get_knowledge_base")
async def get_knowledge_base(
    knowledge_base_id: Id, caller: KnowledgeDep, held: ResourcesDep
) -> KnowledgeBaseShown:
    """One knowledge base with its published and its staged version."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        return KnowledgeBaseShown(**(await shared_base(conn, knowledge_base_id)).public())


@router.patch(
    "/{knowledge_base_id}",
    operation_id="update_knowledge_base",
    responses={202: {"description": "Changed, and `job_id` embeds it anew by another model."}},
)
async def update_knowledge_base(
    knowledge_base_id: Id,
    change: KnowledgeBaseChange,
    caller: KnowledgeDep,
    held: ResourcesDep,
    response: Response,
) -> KnowledgeBaseShown:
    """Change its name, how it publishes, what counts in its ranking, its embedding model.

    Another model embeds every passage anew by a job (202); readers keep the old vectors until all
    versions are switched at once, and nothing has changed where the job is cancelled.
    """
    ranking = Ranking.parse(change.ranking.model_dump()) if change.ranking else None
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await base_in_use(conn, knowledge_base_id)
        changed = await knowledge_bases.change(
            conn,
            knowledge_base_id,
            name=change.name,
            publishing=change.publishing,
            ranking=ranking,
            verified_only=change.verified_only,
        )
    shown = changed.public()
    if change.embedding_model is not None:
        job_id = await reembedding.start(
            held.jobs,
            caller.tenant_id,
            knowledge_base_id,
            change.embedding_model,
            actor=caller.actor,
        )
        if job_id is not None:
            response.status_code = 202
            shown["job_id"] = str(job_id)
    return KnowledgeBaseShown(**shown)


@router.delete("/{knowledge_base_id}", operation_id="archive_knowledge_base", status_code=204)
async def archive_knowledge_base(
    knowledge_base_id: Id, caller: KnowledgeDep, held: ResourcesDep
) -> None:
    """Take a knowledge base out of lists, searches and answers."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await shared_base(conn, knowledge_base_id)
        await knowledge_bases.archive(conn, knowledge_base_id)


@router.post("/{knowledge_base_id}/search", operation_id="search_knowledge_base")
async def search_knowledge_base(
    knowledge_base_id: Id, query: SearchQuery, caller: KnowledgeDep, held: ResourcesDep
) -> dict[str, Any]:
    """Retrieval alone: the passages nearest to a query in one version, best first."""
    try:
        found = await found_passages(held, caller.tenant_id, knowledge_base_id, query)
    except ModelMismatch:  # it got another model after the query was embedded
        found = await found_passages(held, caller.tenant_id, knowledge_base_id, query)
    return {"data": found, "next_cursor": None}


async def found_passages(
    held: Resources, tenant_id: UUID, knowledge_base_id: UUID, query: SearchQuery
) -> list[Passage]:
    """The passages nearest to a query in one knowledge base, best first. Raises: NotFound."""
    async with tenant_transaction(held.pool, tenant_id) as conn:
        base = await base_in_use(conn, knowledge_base_id)
        version = await knowledge_versions.resolve(conn, knowledge_base_id, query.version)
    asked = await asking.embed_question(await model_of(held, base), query.query)
    async with tenant_transaction(held.pool, tenant_id, snapshot=True) as conn:
        return await search.search(
            conn,
            [KnowledgeVersion(knowledge_base_id, version)],
            text=asked.text,
            embedding=asked.vector,
            question=asked.own,
            limit=query.limit,
            filters=Filters(**query.filters.model_dump()) if query.filters else None,
            model_id=base.embedding_model,
        )
