"""The usage ledger: every model call's tokens and cost, appended and never changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from tenants.connection import TenantConnection
from tenants.ids import new_id

THROWN_AWAY = "thrown_away"  # the node of what a run cost whose answer nobody has seen


@dataclass(frozen=True, slots=True)
class Usage:
    """One model's use by one node; `cost_usd` by the price table of `price_version`."""

    node: str
    model: str
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    cost_usd: Decimal
    price_version: str


def thrown_away(entries: Iterable[Usage]) -> list[Usage]:
    """The entries, marked as those of a run that was given up before its end."""
    return [replace(entry, node=THROWN_AWAY) for entry in entries]


async def record(conn: TenantConnection, turn_id: UUID | None, entries: Sequence[Usage]) -> None:
    """Append entries to the ledger."""
    await conn.execute_many(
        """
        insert into usage_ledger (tenant_id, usage_id, turn_id, node, model, input_tokens,
                                  output_tokens, cached_tokens, cost_usd, price_version)
        values (%(tenant_id)s, %(usage_id)s, %(turn_id)s, %(node)s, %(model)s, %(input_tokens)s,
                %(output_tokens)s, %(cached_tokens)s, %(cost_usd)s, %(price_version)s)
        """,
        [
            {
                "usage_id": new_id(),
                "turn_id": turn_id,
                "node": entry.node,
                "model": entry.model,
                "input_tokens": entry.input_tokens,
                "output_tokens": entry.output_tokens,
                "cached_tokens": entry.cached_tokens,
                "cost_usd": entry.cost_usd,
                "price_version": entry.price_version,
            }
            for entry in entries
        ],
    )


@dataclass(frozen=True, slots=True)
class _Day:
    day: date
    model: str
    node: str
    calls: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    cost_usd: Decimal


async def by_day(conn: TenantConnection, *, days: int) -> list[dict[str, Any]]:
    """Sums per day, model and node over the last `days` days, newest day first."""
    sums = await conn.rows(
        _Day,
        """
        select (created_at at time zone 'UTC')::date as day, model, node, count(*)::int as calls,
               sum(input_tokens)::int as input_tokens, sum(output_tokens)::int as output_tokens,
               sum(cached_tokens)::int as cached_tokens, sum(cost_usd) as cost_usd
          from usage_ledger
         where tenant_id = %(tenant_id)s
           and created_at >= now() - make_interval(days => %(days)s)
         group by 1, 2, 3
         order by 1 desc, 2, 3
        """,
        {"days": days},
    )
    return [
        {
            "day": s.day.isoformat(),
            "model": s.model,
            "node": s.node,
            "calls": s.calls,
            "input_tokens": s.input_tokens,
            "output_tokens": s.output_tokens,
            "cached_tokens": s.cached_tokens,
            "cost_usd": f"{s.cost_usd:.6f}",
        }
        for s in sums
    ]
