"""Knowledge suggestions: what operators answered and what nobody could, waiting for a person's word."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from server.access.auth import KnowledgeDep
from server.access.operators_acting import acting
from server.admitting.intake import CheckedRoute
from server.learning.learning_grouping import catch_up
from server.learning.learning_jobs import learning_of
from server.learning.learning_near import with_near
from server.learning.learning_what_if import what_if_approved
from server.resources import Resources, ResourcesDep
from server.shapes.paging import Page, PagingDep
from server.shapes.schemas import Approval, ApprovalTried, AsOperator, Id
from tenants.database.connection import tenant_transaction
from tenants.errors import Denied
from tenants.knowledge import knowledge_bases
from tenants.knowledge.ingestion import Embedder
from tenants.lessons import suggestions
from tenants.lessons.approving import Edits, approve
from tenants.lessons.suggestions import Kind, Sort, Status, Suggestion

router = APIRouter(
    prefix="/v1/knowledge-suggestions",
    tags=["knowledge suggestions"],
    route_class=CheckedRoute,
)


@router.get("", operation_id="list_suggestions")
async def list_suggestions(
    caller: KnowledgeDep,
    held: ResourcesDep,
    paging: PagingDep,
    status: Annotated[Status | None, Query()] = None,
    kind: Annotated[Kind | None, Query()] = None,
    knowledge_base_id: Annotated[Id | None, Query()] = None,
    sort: Annotated[Sort, Query(description="Newest first, or the most asked.")] = "newest",
) -> Page[dict[str, Any]]:
    """Suggestions, each with the nearest entries that are there; what was just asked included."""
    await catch_up(learning_of(held.jobs.house), caller.tenant_id)
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        found = await suggestions.list_page(
            conn,
            limit=paging.limit + 1,
            after=paging.after_id,
            status=status,
            kind=kind,
            knowledge_base_id=knowledge_base_id,
            sort=sort,
        )
    page = paging.page(found, lambda one: one.suggestion_id, lambda one: one)
    models: dict[UUID, Embedder] = {}
    page["data"] = [await _shown(held, caller.tenant_id, one, models) for one in page["data"]]
    return Page[dict[str, Any]](**page)


@router.get("/{suggestion_id}", operation_id="get_suggestion")
async def get_suggestion(
    suggestion_id: Id, caller: KnowledgeDep, held: ResourcesDep
) -> dict[str, Any]:
    """One suggestion: where it came from, how often it was asked, what is there already."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        found = await suggestions.get(conn, suggestion_id)
    return await _shown(held, caller.tenant_id, found, {})


@router.post("/{suggestion_id}/approve", operation_id="approve_suggestion")
async def approve_suggestion(
    suggestion_id: Id,
    caller: KnowledgeDep,
    held: ResourcesDep,
    body: Approval | None = None,
) -> dict[str, Any]:
    """Publish it as an entry, as it stands, edited, or within another; searchable on return."""
    edited = body or Approval()
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        who = await acting(conn, caller, edited.operator_id)
        if not who.may_write_knowledge:
            raise Denied("this operator lacks the `knowledge` right")
        suggestion = await suggestions.get(conn, suggestion_id)
        base = await knowledge_bases.get(conn, suggestion.knowledge_base_id)
    approved = await approve(
        held.pool,
        caller.tenant_id,
        suggestion_id,
        actor=who.actor,
        embedder=await held.jobs.house.embedders.of(base.embedding_model),
        edits=Edits(edited.question, edited.answer, edited.update_document_id),
    )
    return approved.public()


@router.get("/{suggestion_id}/impact", operation_id="get_suggestion_impact")
async def get_suggestion_impact(
    suggestion_id: Id,
    caller: KnowledgeDep,
    held: ResourcesDep,
    days: Annotated[int, Query(ge=1, le=3_650)] = 30,
) -> dict[str, Any]:
    """What approving it as it stands would change for the questions asked lately."""
    return await _what_if(held, caller.tenant_id, suggestion_id, Edits(), days)


@router.post("/{suggestion_id}/impact", operation_id="preview_suggestion_impact")
async def preview_suggestion_impact(
    suggestion_id: Id, caller: KnowledgeDep, held: ResourcesDep, body: ApprovalTried
) -> dict[str, Any]:
    """What approving it with these edits would change; nothing is kept."""
    edits = Edits(body.question, body.answer, body.update_document_id)
    return await _what_if(held, caller.tenant_id, suggestion_id, edits, body.days)


@router.post("/{suggestion_id}/dismiss", operation_id="dismiss_suggestion")
async def dismiss_suggestion(
    suggestion_id: Id,
    caller: KnowledgeDep,
    held: ResourcesDep,
    body: AsOperator | None = None,
) -> dict[str, Any]:
    """Close it without keeping anything; a question goes on being counted."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        who = await acting(conn, caller, body.operator_id if body else None)
        dismissed = await suggestions.decide(conn, suggestion_id, "dismissed", actor=who.actor)
    return dismissed.public()


async def _what_if(
    held: Resources, tenant_id: UUID, suggestion_id: UUID, edits: Edits, days: int
) -> dict[str, Any]:
    async with tenant_transaction(held.pool, tenant_id) as conn:
        suggestion = await suggestions.get(conn, suggestion_id)
        base = await knowledge_bases.get(conn, suggestion.knowledge_base_id)
    return await what_if_approved(
        held.pool,
        tenant_id,
        suggestion_id,
        embedder=await held.jobs.house.embedders.of(base.embedding_model),
        models=held.jobs.house.models,
        edits=edits,
        days=days,
    )


async def _shown(
    held: Resources, tenant_id: UUID, suggestion: Suggestion, models: dict[UUID, Embedder]
) -> dict[str, Any]:
    """With the nearest entries where somebody still has to decide."""
    if suggestion.status not in ("open", "answered"):
        return suggestion.public() | {"near": []}
    base_id = suggestion.knowledge_base_id
    if base_id not in models:
        async with tenant_transaction(held.pool, tenant_id) as conn:
            base = await knowledge_bases.get(conn, base_id)
        models[base_id] = await held.jobs.house.embedders.of(base.embedding_model)
    return await with_near(held.pool, tenant_id, suggestion, embedder=models[base_id])
