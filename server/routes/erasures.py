"""Receipts of what was erased."""

from typing import Any

from fastapi import APIRouter

from server.access.auth import ConversationsDep, PlatformDep
from server.admitting.intake import CheckedRoute
from server.resources import ResourcesDep
from server.shapes.paging import Page, PagingDep
from server.shapes.schemas import Id
from tenants.database.connection import tenant_transaction
from tenants.keeping import erasures

router = APIRouter(prefix="/v1", tags=["erasures"], route_class=CheckedRoute)


@router.get("/erasures", operation_id="list_erasures")
async def list_erasures(
    caller: ConversationsDep, held: ResourcesDep, paging: PagingDep
) -> Page[dict[str, Any]]:
    """Receipts of erased contacts and conversations, newest first."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        found = await erasures.list_page(conn, limit=paging.limit + 1, after=paging.after_id)
    return Page[dict[str, Any]](
        **paging.page(found, lambda one: one.erasure_id, erasures.Erasure.public)
    )


@router.get("/erasures/{erasure_id}", operation_id="get_erasure")
async def get_erasure(
    erasure_id: Id, caller: ConversationsDep, held: ResourcesDep
) -> dict[str, Any]:
    """How many rows went from which table, when, and by whose hand."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        return (await erasures.get(conn, erasure_id)).public()


@router.get("/tenants/{tenant_id}/erasures/{erasure_id}", operation_id="get_tenant_erasure")
async def get_tenant_erasure(
    tenant_id: Id, erasure_id: Id, caller: PlatformDep, held: ResourcesDep
) -> dict[str, Any]:
    """The receipt of an erased tenant, under the id of the job that erased it."""
    async with tenant_transaction(held.pool, tenant_id) as conn:
        return (await erasures.get(conn, erasure_id)).public()
