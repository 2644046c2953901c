"""Knowledge bases: what a tenant's assistants may know, document by document, and how it is found."""

import json
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from server.auth import KnowledgeDep
from server.intake import KnowledgeRoute
from server.knowledge_intake import INLINE_BYTES, store_documents
from server.paging import Page, PagingDep
from server.resources import ResourcesDep
from server.schemas import Id, KnowledgeBaseChange, NewDocument, NewKnowledgeBase, SearchQuery
from tenants import documents, ingestion, knowledge_bases, knowledge_versions, search
from tenants.connection import tenant_transaction
from tenants.errors import NotFound
from tenants.knowledge_bases import KnowledgeBase
from tenants.search import Filters, KnowledgeVersion

router = APIRouter(
    prefix="/v1/knowledge-bases", tags=["knowledge bases"], route_class=KnowledgeRoute
)


@router.post("", operation_id="create_knowledge_base", status_code=201)
async def create_knowledge_base(
    new: NewKnowledgeBase, caller: KnowledgeDep, held: ResourcesDep
) -> dict[str, Any]:
    """Make an empty knowledge base; its embedding model is fixed with it."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        knowledge_base_id = await knowledge_bases.create(
            conn,
            new.name,
            embedding_model=held.embedder.model_id,
            dimension=held.embedder.dimension,
            language=new.language,
            publishing=new.publishing,
        )
        return (await knowledge_bases.get(conn, knowledge_base_id)).public()


@router.get("", operation_id="list_knowledge_bases")
async def list_knowledge_bases(
    caller: KnowledgeDep, held: ResourcesDep, paging: PagingDep
) -> Page[dict[str, Any]]:
    """Knowledge bases, newest first."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        found = await knowledge_bases.list_page(conn, limit=paging.limit + 1, after=paging.after_id)
    page = paging.page(found, lambda one: one.knowledge_base_id, KnowledgeBase.public)
    return Page[dict[str, Any]](**page)


@router.get("/{knowledge_base_id}", operation_id="get_knowledge_base")
async def get_knowledge_base(
    knowledge_base_id: Id, caller: KnowledgeDep, held: ResourcesDep
) -> dict[str, Any]:
    """One knowledge base with its published version."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        return (await knowledge_bases.get(conn, knowledge_base_id)).public()


@router.patch("/{knowledge_base_id}", operation_id="update_knowledge_base")
async def update_knowledge_base(
    knowledge_base_id: Id, change: KnowledgeBaseChange, caller: KnowledgeDep, held: ResourcesDep
) -> dict[str, Any]:
    """Rename a knowledge base."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        if change.name is None:
            return (await knowledge_bases.get(conn, knowledge_base_id)).public()
        return (await knowledge_bases.rename(conn, knowledge_base_id, change.name)).public()


@router.delete("/{knowledge_base_id}", operation_id="archive_knowledge_base", status_code=204)
async def archive_knowledge_base(
    knowledge_base_id: Id, caller: KnowledgeDep, held: ResourcesDep
) -> None:
    """Take a knowledge base out of lists, searches and answers."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await knowledge_bases.archive(conn, knowledge_base_id)


@router.post(
    "/{knowledge_base_id}/documents",
    operation_id="add_document",
    status_code=201,
    tags=["documents"],
    responses={202: {"description": "Long: the job that stores it."}},
)
async def add_document(
    knowledge_base_id: Id, new: NewDocument, caller: KnowledgeDep, held: ResourcesDep
) -> JSONResponse:
    """Add text, any JSON, a question with its answer, or chunks; searchable when this answers 201.

    An `external_id` replaces the document of that id. Long inputs answer 202 with a job.
    """
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        _check_in_use(await knowledge_bases.get(conn, knowledge_base_id))
    long = len(json.dumps(new.model_dump(exclude_unset=True))) > INLINE_BYTES
    stored = await store_documents(held, caller, knowledge_base_id, [new], in_background=long)
    if stored.job_id is not None:
        return JSONResponse({"job_id": str(stored.job_id)}, 202)
    return JSONResponse(_stored(stored.documents[0]), 201)


@router.get("/{knowledge_base_id}/documents", operation_id="list_documents", tags=["documents"])
async def list_documents(
    knowledge_base_id: Id, caller: KnowledgeDep, held: ResourcesDep, paging: PagingDep
) -> Page[dict[str, Any]]:
    """The documents that are there now, newest first."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await knowledge_bases.get(conn, knowledge_base_id)
        found = await documents.list_page(
            conn, knowledge_base_id, limit=paging.limit + 1, after=paging.after_id
        )
    page = paging.page(found, lambda one: one.document_id, lambda one: one.public())
    return Page[dict[str, Any]](**page)


@router.get(
    "/{knowledge_base_id}/documents/{document_id}", operation_id="get_document", tags=["documents"]
)
async def get_document(
    knowledge_base_id: Id, document_id: Id, caller: KnowledgeDep, held: ResourcesDep
) -> dict[str, Any]:
    """One document with what it was made from."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        found = await documents.get(conn, knowledge_base_id, document_id)
        content = await documents.read_content(conn, knowledge_base_id, document_id)
        passages = await documents.passages(conn, knowledge_base_id, document_id)
    return found.public() | {"content": content, "data": passages}


@router.delete(
    "/{knowledge_base_id}/documents/{document_id}",
    operation_id="delete_document",
    status_code=204,
    tags=["documents"],
)
async def delete_document(
    knowledge_base_id: Id, document_id: Id, caller: KnowledgeDep, held: ResourcesDep
) -> None:
    """Delete a document for good, out of older versions as well."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await ingestion.delete_document(conn, knowledge_base_id, document_id, actor=caller.actor)
        await documents.erase(conn, knowledge_base_id, document_id)


@router.get("/{knowledge_base_id}/versions", operation_id="list_knowledge_versions")
async def list_knowledge_versions(
    knowledge_base_id: Id, caller: KnowledgeDep, held: ResourcesDep, paging: PagingDep
) -> Page[dict[str, Any]]:
    """The versions that were written, newest first, with who wrote them."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await knowledge_bases.get(conn, knowledge_base_id)
        found = await knowledge_versions.list_page(
            conn, knowledge_base_id, limit=paging.limit + 1, before=paging.after_number or None
        )
    page = paging.page(found, lambda one: one.version, lambda one: one.public())
    return Page[dict[str, Any]](**page)


@router.post("/{knowledge_base_id}/search", operation_id="search_knowledge_base")
async def search_knowledge_base(
    knowledge_base_id: Id, query: SearchQuery, caller: KnowledgeDep, held: ResourcesDep
) -> dict[str, Any]:
    """Retrieval alone: the passages nearest to a query, best first."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        _check_in_use(await knowledge_bases.get(conn, knowledge_base_id))
    embedding = await held.embedder.embed_query(query.query)
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        found = await search.search(
            conn,
            [KnowledgeVersion(knowledge_base_id, query.version)],
            text=query.query,
            embedding=embedding,
            limit=query.limit,
            filters=Filters(**query.filters.model_dump()) if query.filters else None,
        )
    return {"data": found, "next_cursor": None}


def _stored(one: ingestion.StoredDocument) -> dict[str, Any]:
    return {
        "document_id": str(one.document_id),
        "title": one.title,
        "passages": one.n_chunks,
        "version": one.version,
        "created": one.created,
    }


def _check_in_use(found: KnowledgeBase) -> None:
    if found.archived_at is not None:
        raise NotFound("no such knowledge base")
