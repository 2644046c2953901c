"""Knowledge suggestions: what was learnt from operators, waiting for a person's word."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from server.auth import KnowledgeDep
from server.intake import CheckedRoute
from server.operators_acting import acting
from server.paging import Page, PagingDep
from server.resources import ResourcesDep
from server.schemas import Approval, AsOperator, Id
from tenants import learning, suggestions
from tenants.connection import tenant_transaction
from tenants.errors import Denied

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
    status: Annotated[Literal["open", "approved", "dismissed"] | None, Query()] = None,
) -> Page[dict[str, Any]]:
    """Suggestions, newest first."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        found = await suggestions.list_page(
            conn, limit=paging.limit + 1, after=paging.after_id, status=status
        )
    page = paging.page(found, lambda one: one.suggestion_id, lambda one: one.public())
    return Page[dict[str, Any]](**page)


@router.get("/{suggestion_id}", operation_id="get_suggestion")
async def get_suggestion(
    suggestion_id: Id, caller: KnowledgeDep, held: ResourcesDep
) -> dict[str, Any]:
    """One suggestion with where it came from."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        return (await suggestions.get(conn, suggestion_id)).public()


@router.post("/{suggestion_id}/approve", operation_id="approve_suggestion")
async def approve_suggestion(
    suggestion_id: Id,
    caller: KnowledgeDep,
    held: ResourcesDep,
    body: Approval | None = None,
) -> dict[str, Any]:
    """Make it an entry, as it stands or edited; searchable when this answers."""
    edited = body or Approval()
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        who = await acting(conn, caller, edited.operator_id)
    if not who.may_write_knowledge:
        raise Denied("this operator lacks the `knowledge` right")
    approved = await learning.approve(
        held.pool,
        caller.tenant_id,
        suggestion_id,
        actor=who.actor,
        embedder=held.embedder,
        question=edited.question,
        answer=edited.answer,
    )
    return approved.public()


@router.post("/{suggestion_id}/dismiss", operation_id="dismiss_suggestion")
async def dismiss_suggestion(
    suggestion_id: Id,
    caller: KnowledgeDep,
    held: ResourcesDep,
    body: AsOperator | None = None,
) -> dict[str, Any]:
    """Close it without keeping anything."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        who = await acting(conn, caller, body.operator_id if body else None)
        dismissed = await suggestions.decide(conn, suggestion_id, "dismissed", actor=who.actor)
    return dismissed.public()
