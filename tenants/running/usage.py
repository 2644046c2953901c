"""The usage ledger: every model call's tokens and cost, appended and never changed."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.ids import new_id
from tenants.running import open_calls
from tenants.running.budgets import Stage

By = Literal["intent", "assistant"]
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
    intent_index: int | None = None
    intent_label: str | None = None
    is_estimated: bool = False  # tokens counted by us, or a price that no table has
    stage: Stage = ""  # how far the budget was spent when it was made
    call_id: UUID | None = None  # under which it was granted


def thrown_away(entries: Iterable[Usage]) -> list[Usage]:
    """The entries, marked as those of a run that was given up before its end."""
    return [replace(entry, node=THROWN_AWAY) for entry in entries]


def each_once(given_up: Iterable[Usage], own: Sequence[Usage]) -> list[Usage]:
    """What runs cost that were given up, then the last one's own; a call that both tell of once.

    A run whose checkpoint was committed though nobody could say so is given up, and the next one
    reads its calls out of the state.
    """
    told = {entry.call_id for entry in own if entry.call_id is not None}
    unseen: list[Usage] = []
    for entry in given_up:
        if entry.call_id is None or entry.call_id not in told:
            unseen.append(entry)
        if entry.call_id is not None:
            told.add(entry.call_id)
    return [*unseen, *own]


async def record(
    conn: TenantConnection,
    turn_id: UUID | None,
    entries: Sequence[Usage],
    *,
    assistant_id: UUID | None = None,
) -> None:
    """Append entries to the ledger, and let go of what was granted to the turn."""
    rows = [_row(entry, turn_id, assistant_id) for entry in entries]
    granted = [entry.call_id for entry in entries if entry.call_id is not None]
    await conn.execute_many(
        """
        insert into usage_ledger (tenant_id, usage_id, turn_id, assistant_id, node, intent_index,
                                  intent_label, model, own_key, input_tokens, output_tokens,
                                  cached_tokens, cost_usd, price_version, is_estimated)
        values (%(tenant_id)s, %(usage_id)s, %(turn_id)s,
                coalesce(%(assistant_id)s, (select assistant_id from turns
                                             where tenant_id = %(tenant_id)s
                                               and turn_id = %(turn_id)s)),
                %(node)s,
                %(intent_index)s, %(intent_label)s, %(model)s,
                coalesce((select own_key from open_calls
                           where tenant_id = %(tenant_id)s and call_id = %(usage_id)s), false),
                %(input_tokens)s, %(output_tokens)s, %(cached_tokens)s, %(cost_usd)s,
                %(price_version)s, %(is_estimated)s)
        on conflict (tenant_id, usage_id) do nothing
        """,
        rows,
    )
    for row in rows:
        if row["is_granted"]:  # one that we gave up may not be settled yet
            await open_calls.settle(conn, row["usage_id"], row)
    if granted or turn_id is not None:
        await open_calls.close_turn(conn, turn_id, granted)


def _row(entry: Usage, turn_id: UUID | None, assistant_id: UUID | None) -> dict[str, Any]:
    return {
        "usage_id": entry.call_id or new_id(),
        "is_granted": entry.call_id is not None,
        "turn_id": turn_id,
        "assistant_id": assistant_id,
        "node": entry.node,
        "intent_index": entry.intent_index,
        "intent_label": entry.intent_label,
        "model": entry.model,
        "input_tokens": entry.input_tokens,
        "output_tokens": entry.output_tokens,
        "cached_tokens": entry.cached_tokens,
        "cost_usd": entry.cost_usd,
        "cost_microusd": int(entry.cost_usd * 1_000_000),
        "price_version": entry.price_version,
        "is_estimated": entry.is_estimated,
    }


@dataclass(frozen=True, slots=True)
class _Day:
    day: date
    model: str
    node: str
    intent_label: str | None
    assistant_id: UUID | None
    calls: int
    estimated: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    cost_usd: Decimal


async def by_day(
    conn: TenantConnection, *, days: int, by: Collection[By] = ()
) -> list[dict[str, Any]]:
    """Sums per day, model and node (and what `by` names) over the last days, newest day first."""
    sums = await conn.rows(
        _Day,
        """
        select (created_at at time zone 'UTC')::date as day, model, node,
               case when %(by_intent)s then coalesce(intent_label, '') end as intent_label,
               case when %(by_assistant)s then assistant_id end as assistant_id,
               count(*)::int as calls, count(*) filter (where is_estimated)::int as estimated,
               sum(input_tokens)::int as input_tokens, sum(output_tokens)::int as output_tokens,
               sum(cached_tokens)::int as cached_tokens, sum(cost_usd) as cost_usd
          from usage_ledger
         where tenant_id = %(tenant_id)s
           and created_at >= now() - make_interval(days => %(days)s)
         group by 1, 2, 3, 4, 5
         order by 1 desc, 2, 3, 4, 5
        """,
        {"days": days, "by_intent": "intent" in by, "by_assistant": "assistant" in by},
    )
    return [_shown(one) for one in sums]


def _shown(one: _Day) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "day": one.day.isoformat(),
        "model": one.model,
        "node": one.node,
        "calls": one.calls,
        "estimated_calls": one.estimated,
        "input_tokens": one.input_tokens,
        "output_tokens": one.output_tokens,
        "cached_tokens": one.cached_tokens,
        "cost_usd": f"{one.cost_usd:.6f}",
    }
    if one.intent_label is not None:
        shown["intent_label"] = one.intent_label or None
    if one.assistant_id is not None:
        shown["assistant_id"] = str(one.assistant_id)
    return shown
