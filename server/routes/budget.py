"""Budgets: the tenant's own, and the one that the platform sets for a tenant."""

from uuid import UUID

from fastapi import APIRouter

from server.access.auth import AdminDep, AnalyticsDep, PlatformDep
from server.admitting.intake import CheckedRoute
from server.resources import Resources, ResourcesDep
from server.shapes.budget_shown import budget_shown
from server.shapes.model_schemas import BudgetShown, NewBudget
from server.shapes.schemas import Id
from tenants import tenants
from tenants.database.connection import tenant_transaction
from tenants.running import budgets
from tenants.running.budgets import MICRO, Budget, SetBy

router = APIRouter(tags=["budgets"], route_class=CheckedRoute)


@router.get("/v1/budget", operation_id="get_budget")
async def get_budget(caller: AnalyticsDep, held: ResourcesDep) -> BudgetShown:
    """What is spent this month, and how far the limits are."""
    return await budget_shown(held, caller.tenant_id)


@router.put("/v1/budget", operation_id="put_budget")
async def put_budget(new: NewBudget, caller: AdminDep, held: ResourcesDep) -> BudgetShown:
    """Limit what the tenant spends in a month, on whoever's keys."""
    await _put(held, caller.tenant_id, "tenant", new)
    return await budget_shown(held, caller.tenant_id)


@router.delete("/v1/budget", operation_id="delete_budget", status_code=204)
async def delete_budget(caller: AdminDep, held: ResourcesDep) -> None:
    """Take the tenant's own limit away; the platform's stays."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await budgets.delete(conn, "tenant")


@router.get("/v1/tenants/{tenant_id}/budget", operation_id="get_tenant_budget")
async def get_tenant_budget(tenant_id: Id, caller: PlatformDep, held: ResourcesDep) -> BudgetShown:
    """What a tenant has spent this month, and how far its limits are."""
    return await budget_shown(held, tenant_id)


@router.put("/v1/tenants/{tenant_id}/budget", operation_id="put_tenant_budget")
async def put_tenant_budget(
    tenant_id: Id, new: NewBudget, caller: PlatformDep, held: ResourcesDep
) -> BudgetShown:
    """Limit what a tenant spends in a month on the platform's keys."""
    await _put(held, tenant_id, "platform", new)
    return await budget_shown(held, tenant_id)


@router.delete(
    "/v1/tenants/{tenant_id}/budget", operation_id="delete_tenant_budget", status_code=204
)
async def delete_tenant_budget(tenant_id: Id, caller: PlatformDep, held: ResourcesDep) -> None:
    """Go back to the server's default for this tenant."""
    async with tenant_transaction(held.pool, tenant_id) as conn:
        await tenants.get(conn)
        await budgets.delete(conn, "platform")


async def _put(held: Resources, tenant_id: UUID, set_by: SetBy, new: NewBudget) -> None:
    limit = int(new.limit_usd * MICRO)
    budget = Budget(set_by, limit, new.cheaper_at, new.extractive_at)
    async with tenant_transaction(held.pool, tenant_id) as conn:
        await tenants.get(conn)
        await budgets.put(conn, budget)
