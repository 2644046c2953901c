"""Documents of a knowledge base: brought in, listed, read, changed and deleted."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from server.access.auth import KnowledgeDep
from server.admitting.bodies import body_schema, is_form, json_body
from server.admitting.intake import CheckedRoute, KnowledgeRoute
from server.crawling import web_job
from server.importing import import_files
from server.importing.knowledge_access import base_in_use, shared_base
from server.importing.knowledge_intake import (
    Stored,
    model_of,
    page_entry,
    store_document,
    stored_now,
    to_document,
)
from server.resources import ResourcesDep
from server.shapes.knowledge_schemas import DocumentChange, DocumentShown, NewDocument
from server.shapes.paging import Page, PagingDep
from server.shapes.schemas import Id
from tenants.database.connection import tenant_transaction
from tenants.knowledge import (
    document_changes,
    document_erasure,
    documents,
    knowledge_versions,
    knowledge_writing,
)
from tenants.knowledge.documents import MAX_QUERY_CHARS, Wanted

_PREFIX = "/v1/knowledge-bases/{knowledge_base_id}/documents"
router = APIRouter(prefix=_PREFIX, tags=["documents"], route_class=CheckedRoute)
intake_router = APIRouter(prefix=_PREFIX, tags=["documents"], route_class=KnowledgeRoute)

Stage = Annotated[
    bool, Query(description="Write to the staged version only; readers see it once published.")
]
Version = Annotated[
    str | None,
    Query(max_length=20, description="A number, `live` or `staged`; the newest state if absent."),
]
_FORM_FIELDS: dict[str, Any] = {
    name: {"type": "string"}
    for name in ("title", "external_id", "language", "category", "keywords", "priority",
                 "valid_from", "valid_until", "active", "by_name", "source")
}  # fmt: skip
_LONG: dict[int | str, dict[str, Any]] = {202: {"description": "Long: the job that stores it."}}


class _Listing(BaseModel):
    """Which documents of a list."""

    kind: Literal["text", "json", "qa", "chunks", "file", "url"] | None = None
    category: Annotated[str | None, Query(max_length=200)] = None
    language: Annotated[str | None, Query(max_length=40)] = None
    source_id: Id | None = None
    external_id: Annotated[str | None, Query(max_length=300)] = None
    active: bool | None = None
    source_moved_on: bool | None = None
    state: Literal["published", "staged", "staged_deletion"] | None = None
    q: Annotated[
        str | None, Query(max_length=MAX_QUERY_CHARS, description="Words of the title.")
    ] = None


@intake_router.post(
    "",
    operation_id="add_document",
    status_code=201,
    responses=_LONG,
    openapi_extra=body_schema(NewDocument, fields=_FORM_FIELDS),
)
async def add_document(
    knowledge_base_id: Id,
    request: Request,
    caller: KnowledgeDep,
    held: ResourcesDep,
    stage: Stage = False,
) -> JSONResponse:
    """Add text, any JSON, a question with its answer, chunks, a web page or files.

    An `external_id` replaces the document of that id. Small inputs are searchable when this answers
    201; long ones, web pages and several files answer 202 with a job. `duplicates` are pairs that
    say the same. A form takes the files in `file`.
    """
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        base = await base_in_use(conn, knowledge_base_id)
    if is_form(request):
        told = await import_files.add_files(
            held, caller, knowledge_base_id, request, stage=stage or None
        )
        return _answer(told)
    new = await json_body(request, NewDocument)
    if new.url is not None:
        job_id = await web_job.start_url(
            held.jobs,
            caller.tenant_id,
            knowledge_base_id,
            new.url,
            page_entry(new),
            actor=caller.actor,
            stage=stage or None,
        )
        return _answer(Stored(job_id=job_id))
    document = to_document(new, caller)
    return _answer(await store_document(held, caller, base, document, stage=stage or None))


@router.get("", operation_id="list_documents")
async def list_documents(
    knowledge_base_id: Id,
    caller: KnowledgeDep,
    held: ResourcesDep,
    paging: PagingDep,
    asked: Annotated[_Listing, Query()],
    version: Version = None,
) -> Page[DocumentShown]:
    """The documents of a version, newest first; staged changes included where none is named."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        base = await shared_base(conn, knowledge_base_id)
        wanted = base.newest
        if version is not None:
            wanted = await knowledge_versions.resolve(conn, knowledge_base_id, version)
        found = await documents.list_page(
            conn,
            knowledge_base_id,
            version=wanted,
            limit=paging.limit + 1,
            after=paging.after_id,
            wanted=Wanted(**asked.model_dump()),
            ending=base.staging if version is None else None,
        )
    page = paging.page(found, lambda one: one.document_id, lambda one: one.public(base))
    return Page[DocumentShown](**page)


@router.get("/{document_id}", operation_id="get_document")
async def get_document(
    knowledge_base_id: Id,
    document_id: Id,
    caller: KnowledgeDep,
    held: ResourcesDep,
    version: Version = None,
) -> DocumentShown:
    """One document with what it was made from and its passages.

    `source_content` is what its source says now, where a person had edited the document.
    """
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        base = await shared_base(conn, knowledge_base_id)
        wanted = None
        if version is not None:
            wanted = await knowledge_versions.resolve(conn, knowledge_base_id, version)
        found = await documents.get(conn, knowledge_base_id, document_id, version=wanted)
        at = found.v_from
        content = await documents.read_content(conn, knowledge_base_id, document_id, version=at)
        said = await documents.read_source_content(conn, knowledge_base_id, found)
        passages = await documents.passages(
            conn, knowledge_base_id, document_id, version=wanted if wanted is not None else at
        )
    shown = found.public(base) | {"content": content, "data": passages, "source_content": said}
    return DocumentShown.model_validate(shown)


@router.get("/{document_id}/history", operation_id="list_document_history")
async def list_document_history(
    knowledge_base_id: Id, document_id: Id, caller: KnowledgeDep, held: ResourcesDep
) -> Page[DocumentShown]:
    """Every state of a document, newest first: `version` is where it began, `until` where it ended."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        base = await shared_base(conn, knowledge_base_id)
        found = await documents.history(conn, knowledge_base_id, document_id)
    shown = [DocumentShown.model_validate(one.public(base) | {"until": one.until}) for one in found]
    return Page[DocumentShown](data=shown)


@intake_router.put("/{document_id}", operation_id="replace_document", responses=_LONG)
async def replace_document(
    knowledge_base_id: Id,
    document_id: Id,
    new: NewDocument,
    caller: KnowledgeDep,
    held: ResourcesDep,
    stage: Stage = False,
) -> JSONResponse:
    """Put other words in a document's place; passages that stay keep their vectors."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        base = await base_in_use(conn, knowledge_base_id)
        await documents.get(conn, knowledge_base_id, document_id)
    document = to_document(new, caller, document_id=document_id)
    stored = await store_document(held, caller, base, document, stage=stage or None)
    return _answer(stored, status=200)


@router.patch("/{document_id}", operation_id="update_document")
async def update_document(
    knowledge_base_id: Id,
    document_id: Id,
    change: DocumentChange,
    caller: KnowledgeDep,
    held: ResourcesDep,
    stage: Stage = False,
) -> JSONResponse:
    """Change a document's title or fields; its words and their vectors stay."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        base = await base_in_use(conn, knowledge_base_id)
    stored = await document_changes.change_fields(
        held.pool,
        caller.tenant_id,
        knowledge_base_id,
        document_id,
        change.changes(),
        embedder=await model_of(held, base),
        actor=caller.actor,
        stage=stage or None,
    )
    return _answer(stored_now(stored), status=200)


@router.post("/{document_id}/accept-source", operation_id="accept_document_source")
async def accept_document_source(
    knowledge_base_id: Id,
    document_id: Id,
    caller: KnowledgeDep,
    held: ResourcesDep,
    stage: Stage = False,
) -> JSONResponse:
    """Give up a person's edits for what the source says now; ended where the source has it no more."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        base = await base_in_use(conn, knowledge_base_id)
    stored = await document_changes.accept_source(
        held.pool,
        caller.tenant_id,
        knowledge_base_id,
        document_id,
        embedder=await model_of(held, base),
        actor=caller.actor,
        stage=stage or None,
    )
    if stored.deleted:
        told = {"document_id": str(document_id), "deleted": True}
        return JSONResponse(told | {"version": stored.version, "published": stored.published})
    return _answer(stored_now(stored), status=200)


@router.delete("/{document_id}", operation_id="delete_document", status_code=204)
async def delete_document(
    knowledge_base_id: Id,
    document_id: Id,
    caller: KnowledgeDep,
    held: ResourcesDep,
    stage: Stage = False,
) -> None:
    """Delete a document for good, out of older versions as well; staged: it ends when published."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await shared_base(conn, knowledge_base_id)
        if stage:
            await knowledge_writing.end_document(
                conn, knowledge_base_id, document_id, actor=caller.actor, stage=True
            )
        else:
            await document_erasure.erase(conn, knowledge_base_id, document_id)


def _answer(stored: Stored, *, status: int = 201) -> JSONResponse:
    if stored.job_id is not None:
        return JSONResponse({"job_id": str(stored.job_id)}, 202)
    return JSONResponse(stored.first(), status)
