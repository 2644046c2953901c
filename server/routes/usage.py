"""Usage: what the models cost, from the ledger that is never changed."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from server.access.auth import AnalyticsDep
from server.admitting.intake import CheckedRoute
from server.resources import ResourcesDep
from server.shapes.budget_shown import budget_shown
from tenants.database.connection import tenant_transaction
from tenants.running import decision_figures, usage

router = APIRouter(prefix="/v1/usage", tags=["usage"], route_class=CheckedRoute)


@router.get("", operation_id="get_usage")
async def get_usage(
    caller: AnalyticsDep,
    held: ResourcesDep,
    days: Annotated[int, Query(ge=1, le=366)] = 30,
    by: Annotated[list[usage.By] | None, Query(max_length=2)] = None,
) -> dict[str, Any]:
    """Calls, tokens and cost per day, model and node, the newest day first; and this month's budget.

    `by` tells them apart further: by the intents' labels, by assistants.
    """
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        found = await usage.by_day(conn, days=days, by=by or ())
    budget = await budget_shown(held, caller.tenant_id)
    return {"data": found, "next_cursor": None, "budget": budget}


@router.get("/decisions", operation_id="get_decision_figures")
async def get_decision_figures(
    caller: AnalyticsDep,
    held: ResourcesDep,
    days: Annotated[int, Query(ge=1, le=366)] = 30,
) -> dict[str, Any]:
    """How turns were decided and conversations ended, and whether asking back was worth it."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        return await decision_figures.of_days(conn, days=days)
