"""Budgets: what a tenant may spend in a month (UTC), and how far that is spent.

The platform's budget counts calls on the platform's keys, the tenant's own counts all of them. Near
the limit the chain gets cheaper, then no provider is asked: `extractive` answers what it can, and a
person the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal

from tenants.database.connection import TenantConnection

Stage = Literal["", "cheaper_model", "extractive"]
STAGES: tuple[Stage, ...] = ("", "cheaper_model", "extractive")
SetBy = Literal["platform", "tenant"]
CHEAPER_AT = 0.8
EXTRACTIVE_AT = 0.95
MICRO = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Budget:
    """A limit by month; the shares of it from which there are fewer models to choose from."""

    set_by: SetBy
    limit_microusd: int
    cheaper_at: float = CHEAPER_AT
    extractive_at: float = EXTRACTIVE_AT


@dataclass(frozen=True, slots=True)
class Spending:
    """Millionths of a dollar this month: paid, and granted to calls that are under way."""

    platform_microusd: int
    own_microusd: int
    platform_reserved: int
    own_reserved: int

    def used(self, set_by: SetBy) -> int:
        """What counts against a budget."""
        platform = self.platform_microusd + self.platform_reserved
        return (
            platform if set_by == "platform" else platform + self.own_microusd + self.own_reserved
        )


def stage_of(budgets: Sequence[Budget], spending: Spending, *, own_key: bool = False) -> Stage:
    """How far the tightest budget is spent that a call on such a key counts against."""
    stage: Stage = ""
    for budget in _counting(budgets, own_key=own_key):
        share = _share(budget, spending)
        if share >= budget.extractive_at:
            return "extractive"
        if share >= budget.cheaper_at:
            stage = "cheaper_model"
    return stage


def refusal(
    budgets: Sequence[Budget],
    spending: Spending,
    most_microusd: int,
    *,
    own_key: bool,
    is_cheapest: bool,
) -> Stage:
    """What may still be asked where this call may not be; "" where it may."""
    stage = stage_of(budgets, spending, own_key=own_key)
    for budget in _counting(budgets, own_key=own_key):
        if spending.used(budget.set_by) + most_microusd > budget.limit_microusd:
            return "extractive" if is_cheapest else "cheaper_model"
    return "" if stage == "cheaper_model" and is_cheapest else stage


async def get(conn: TenantConnection, default_microusd: int | None = None) -> list[Budget]:
    """The budgets in force; the server's default stands in for the platform's."""
    found = await conn.rows(
        Budget,
        """
        select set_by, limit_microusd, cheaper_at, extractive_at
          from budgets
         where tenant_id = %(tenant_id)s
         order by set_by
        """,
    )
    return _with_default(found, default_microusd)


@dataclass(frozen=True, slots=True)
class Standing:
    """The budgets with what counts against them; `overdue`: calls that nobody's end came for."""

    budgets: list[Budget]
    spending: Spending
    overdue: bool


@dataclass(frozen=True, slots=True)
class _Standing:
    budgets: list[dict[str, Any]]
    platform_microusd: int
    own_microusd: int
    platform_reserved: int
    own_reserved: int
    overdue: bool


async def standing(
    conn: TenantConnection, default_microusd: int | None = None, *, settled_minutes: int
) -> Standing:
    """What `get` and `spent` tell, by one statement, for whoever holds others up meanwhile.

    A call is overdue that was settled so many minutes ago, or whose time is over unsettled.
    """
    row = await conn.row(
        _Standing,
        """
        select (select coalesce(json_agg(json_build_object(
                           'set_by', set_by, 'limit_microusd', limit_microusd,
                           'cheaper_at', cheaper_at, 'extractive_at', extractive_at)
                       order by set_by), '[]')
                  from budgets
                 where tenant_id = %(tenant_id)s) as budgets,
               coalesce(max(s.platform_microusd), 0)::bigint as platform_microusd,
               coalesce(max(s.own_microusd), 0)::bigint as own_microusd,
               coalesce(sum(c.microusd) filter (where is_open and not c.own_key), 0)::bigint
                   as platform_reserved,
               coalesce(sum(c.microusd) filter (where is_open and c.own_key), 0)::bigint
                   as own_reserved,
               coalesce(bool_or(c.settled_at < now() - make_interval(mins => %(minutes)s)
                                or (c.settled_at is null and c.expires_at < now())), false)
                   as overdue
          from (select date_trunc('month', now() at time zone 'UTC')::date as month) m
          left join spending s
            on s.tenant_id = %(tenant_id)s and s.month = m.month
          left join open_calls c
            on c.tenant_id = %(tenant_id)s
          left join lateral (select c.month = m.month and c.settled_at is null as is_open) o
            on true
        """,
        {"minutes": settled_minutes},
    )
    assert row is not None
    spending = Spending(
        row.platform_microusd, row.own_microusd, row.platform_reserved, row.own_reserved
    )
    found = [Budget(**one) for one in row.budgets]
    return Standing(_with_default(found, default_microusd), spending, row.overdue)


async def put(conn: TenantConnection, budget: Budget) -> None:
    """Set a budget in the place of the one before."""
    await conn.execute(
        """
        insert into budgets (tenant_id, set_by, limit_microusd, cheaper_at, extractive_at)
        values (%(tenant_id)s, %(set_by)s, %(limit)s, %(cheaper_at)s, %(extractive_at)s)
        on conflict (tenant_id, set_by) do update
           set limit_microusd = excluded.limit_microusd,
               cheaper_at = excluded.cheaper_at,
               extractive_at = excluded.extractive_at,
               updated_at = now()
        """,
        {
            "set_by": budget.set_by,
            "limit": budget.limit_microusd,
            "cheaper_at": budget.cheaper_at,
            "extractive_at": budget.extractive_at,
        },
    )


async def delete(conn: TenantConnection, set_by: SetBy) -> None:
    """Take a limit away; there may be none."""
    await conn.execute(
        "delete from budgets where tenant_id = %(tenant_id)s and set_by = %(set_by)s",
        {"set_by": set_by},
    )


async def spent(conn: TenantConnection) -> Spending:
    """This month so far."""
    row = await conn.row(
        Spending,
        """
        select coalesce(max(s.platform_microusd), 0)::bigint as platform_microusd,
               coalesce(max(s.own_microusd), 0)::bigint as own_microusd,
               coalesce(sum(c.microusd) filter (where not c.own_key), 0)::bigint
                   as platform_reserved,
               coalesce(sum(c.microusd) filter (where c.own_key), 0)::bigint as own_reserved
          from (select date_trunc('month', now() at time zone 'UTC')::date as month) m
          left join spending s
            on s.tenant_id = %(tenant_id)s and s.month = m.month
          left join open_calls c
            on c.tenant_id = %(tenant_id)s and c.month = m.month and c.settled_at is null
        """,
    )
    assert row is not None
    return row


def next_month(now: datetime | None = None) -> datetime:
    """When the next month's budget begins (UTC)."""
    at = (now or datetime.now(UTC)).astimezone(UTC)
    year, month = divmod(at.year * 12 + at.month, 12)
    return datetime(year, month + 1, 1, tzinfo=UTC)


def _with_default(found: list[Budget], default_microusd: int | None) -> list[Budget]:
    if default_microusd is not None and not any(one.set_by == "platform" for one in found):
        return [Budget("platform", default_microusd), *found]
    return found


def _counting(budgets: Sequence[Budget], *, own_key: bool) -> list[Budget]:
    return [one for one in budgets if not (own_key and one.set_by == "platform")]


def _share(budget: Budget, spending: Spending) -> float:
    if budget.limit_microusd == 0:
        return 1.0
    return spending.used(budget.set_by) / budget.limit_microusd
