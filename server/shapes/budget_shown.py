"""How far a tenant's budgets are spent, as routes show it."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from server.models import default_budget_microusd
from server.resources import Resources
from server.shapes.model_schemas import BudgetShown, LimitShown
from tenants import tenants
from tenants.database.connection import tenant_transaction
from tenants.running import budgets
from tenants.running.budgets import MICRO, Budget, Spending


async def budget_shown(held: Resources, tenant_id: UUID) -> BudgetShown:
    """This month of a tenant. Raises: NotFound."""
    async with tenant_transaction(held.pool, tenant_id) as conn:
        await tenants.get(conn)
        limits = await budgets.get(conn, default_budget_microusd(held.settings))
        spending = await budgets.spent(conn)
    return BudgetShown(
        month=datetime.now(UTC).date().replace(day=1),
        spent_usd=_usd(spending.platform_microusd + spending.own_microusd),
        reserved_usd=_usd(spending.platform_reserved + spending.own_reserved),
        stage=budgets.stage_of(limits, spending),
        until=budgets.next_month(),
        limits=[_limit(one, spending) for one in limits],
    )


def _limit(budget: Budget, spending: Spending) -> LimitShown:
    used = spending.used(budget.set_by)
    return LimitShown(
        set_by=budget.set_by,
        limit_usd=_usd(budget.limit_microusd),
        used_usd=_usd(used),
        remaining_usd=_usd(max(0, budget.limit_microusd - used)),
        cheaper_at=round(budget.cheaper_at, 6),
        extractive_at=round(budget.extractive_at, 6),
    )


def _usd(microusd: int) -> str:
    return f"{Decimal(microusd) / MICRO:.6f}"
