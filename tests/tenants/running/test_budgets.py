"""Calls under a budget: granted before they go out, settled once, in the ledger whatever happens."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from langchain_core.messages import HumanMessage

from graphs.asking.meter_port import PostgresMeter
from graphs.asking.models import Models, Used
from graphs.asking.prices import Prices
from graphs.context import TurnContext
from tenants.database.connection import Pool, tenant_transaction
from tenants.ids import new_id
from tenants.running import budgets, open_calls, usage
from tenants.running.budgets import Budget, Spending, refusal, stage_of
from tenants.running.open_calls import Granted, PlannedCall
from tenants.running.usage import Usage
from tests.fakes import ScriptedModel
from tests.seeds import Seeded, seed_tenant

CALL = PlannedCall("answer", "openai:m", False, True, 100, 50, 1_000, "2026-01-01", 30)
COST = {"input_tokens": 90, "output_tokens": 20, "cached_tokens": 0, "is_estimated": False}


def test_the_next_month_begins_at_midnight_in_utc() -> None:
    last = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert budgets.next_month(last) == datetime(2027, 1, 1, tzinfo=UTC)
    new_year_in_berlin = last.astimezone(timezone(timedelta(hours=1)))
    assert budgets.next_month(new_year_in_berlin) == datetime(2027, 1, 1, tzinfo=UTC)
    assert budgets.next_month(datetime(2026, 3, 1, tzinfo=UTC)) == datetime(2026, 4, 1, tzinfo=UTC)


@pytest.fixture
async def shop(pool: Pool) -> Seeded:
    return await seed_tenant(pool, "Budget")


async def _limit(pool: Pool, shop: Seeded, microusd: int, **more: Any) -> None:
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        await budgets.put(conn, Budget("tenant", microusd, **more))


async def _reserve(pool: Pool, shop: Seeded, call: PlannedCall = CALL, **more: Any) -> Granted:
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        given: dict[str, Any] = {"default_microusd": None} | more
        return await open_calls.reserve(conn, call, **given)


async def _settle(pool: Pool, shop: Seeded, call_id: UUID | None, microusd: int) -> None:
    assert call_id is not None
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        await open_calls.settle(conn, call_id, COST | {"cost_microusd": microusd})


async def _spent(pool: Pool, shop: Seeded) -> Spending:
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        return await budgets.spent(conn)


async def _ledger(pool: Pool, shop: Seeded) -> list[dict[str, Any]]:
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        return await usage.by_day(conn, days=1)


def test_a_budget_goes_by_stages_and_its_limit_is_never_granted_away() -> None:
    limit = [Budget("tenant", 1_000)]
    for used, stage in ((0, ""), (799, ""), (800, "cheaper_model"), (950, "extractive")):
        assert stage_of(limit, Spending(used, 0, 0, 0)) == stage
        assert stage_of(limit, Spending(0, 0, 0, used)) == stage  # what is granted counts
    full = {"own_key": False}
    assert refusal(limit, Spending(799, 0, 0, 0), 1, is_cheapest=False, **full) == ""
    assert refusal(limit, Spending(799, 0, 0, 0), 202, is_cheapest=False, **full) == "cheaper_model"
    assert refusal(limit, Spending(799, 0, 0, 0), 202, is_cheapest=True, **full) == "extractive"
    assert refusal(limit, Spending(800, 0, 0, 0), 1, is_cheapest=False, **full) == "cheaper_model"
    assert refusal(limit, Spending(800, 0, 0, 0), 1, is_cheapest=True, **full) == ""
    assert refusal(limit, Spending(950, 0, 0, 0), 1, is_cheapest=True, **full) == "extractive"
    assert refusal([Budget("tenant", 0)], Spending(0, 0, 0, 0), 1, is_cheapest=True, **full)


def test_what_a_tenant_pays_itself_counts_against_its_own_budget_only() -> None:
    both = [Budget("platform", 1_000), Budget("tenant", 10_000)]
    spent = Spending(1_000, 5_000, 0, 0)
    assert refusal(both, spent, 1, own_key=False, is_cheapest=True) == "extractive"
    assert refusal(both, spent, 1, own_key=True, is_cheapest=True) == ""
    assert refusal(both, spent, 4_001, own_key=True, is_cheapest=True) == "extractive"


async def test_a_call_is_granted_settled_and_in_the_ledger_once(
    pool: Pool, shop: Seeded, neighbour: Seeded
) -> None:
    turn_id = new_id()
    granted = await _reserve(pool, shop, replace(CALL, turn_id=turn_id))
    assert (await _spent(pool, shop)).platform_reserved == 1_000
    await _settle(pool, shop, granted.call_id, 300)
    await _settle(pool, shop, granted.call_id, 300)  # only once
    assert await _spent(pool, shop) == Spending(300, 0, 0, 0)
    entry = Usage("answer", "openai:m", 90, 20, 0, Decimal("0.0003"), "2026-01-01", 0, "orders")
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        await usage.record(conn, turn_id, [replace(entry, call_id=granted.call_id)])
        await usage.record(conn, turn_id, [replace(entry, call_id=granted.call_id)])
        [row] = await usage.by_day(conn, days=1, by=["intent"])
    assert (row["calls"], row["cost_usd"], row["intent_label"]) == (1, "0.000300", "orders")
    assert await _spent(pool, shop) == Spending(300, 0, 0, 0)
    assert await _spent(pool, neighbour) == Spending(0, 0, 0, 0)


async def test_a_call_that_died_with_its_process_is_counted_with_its_turn(
    pool: Pool, shop: Seeded
) -> None:
    turn_id = new_id()
    await _reserve(pool, shop, replace(CALL, turn_id=turn_id))
    again = await _reserve(pool, shop, replace(CALL, turn_id=turn_id))
    await _settle(pool, shop, again.call_id, 200)
    entry = Usage("answer", "openai:m", 90, 20, 0, Decimal("0.0002"), "2026-01-01")
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        await usage.record(conn, turn_id, [replace(entry, call_id=again.call_id)])
    nodes = {row["node"]: row for row in await _ledger(pool, shop)}
    assert nodes["answer"]["cost_usd"] == "0.000200"
    assert nodes["thrown_away"]["cost_usd"] == "0.001000"  # what it might have cost
    assert nodes["thrown_away"]["estimated_calls"] == 1
    assert await _spent(pool, shop) == Spending(1_200, 0, 0, 0)


async def test_a_call_that_no_turn_comes_for_moves_to_the_ledger_with_the_next_one(
    pool: Pool, shop: Seeded
) -> None:
    await _reserve(pool, shop, replace(CALL, seconds=-open_calls.GRACE_SECONDS - 1))
    assert await _ledger(pool, shop) == []
    await _reserve(pool, shop)
    [row] = await _ledger(pool, shop)
    assert (row["node"], row["cost_usd"]) == ("answer", "0.001000")
    assert await _spent(pool, shop) == Spending(1_000, 0, 1_000, 0)


async def test_what_holds_others_up_is_told_by_one_statement(pool: Pool, shop: Seeded) -> None:
    await _limit(pool, shop, 90_000, cheaper_at=0.5)
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        await budgets.put(conn, Budget("platform", 70_000))
    paid = await _reserve(pool, shop)
    await _settle(pool, shop, paid.call_id, 700)
    for own_key in (False, True, True):
        await _reserve(pool, shop, replace(CALL, own_key=own_key, microusd=300))
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        told = await budgets.standing(conn, 5, settled_minutes=open_calls.SETTLED_MINUTES)
        assert told.budgets == await budgets.get(conn, 5) and len(told.budgets) == 2
        assert told.spending == await budgets.spent(conn) == Spending(700, 0, 300, 600)
        assert not told.overdue
        await budgets.delete(conn, "platform")
        assert (await budgets.standing(conn, 5, settled_minutes=15)).budgets[0].limit_microusd == 5
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        late = await budgets.standing(conn, settled_minutes=0)
    assert late.overdue


async def test_the_server_s_default_holds_until_the_platform_says_otherwise(
    pool: Pool, shop: Seeded
) -> None:
    refused = await _reserve(pool, shop, default_microusd=999)
    assert refused == Granted(None, "extractive")
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        await budgets.put(conn, Budget("platform", 5_000))
    assert (await _reserve(pool, shop, default_microusd=999)).call_id is not None


async def test_turns_on_two_replicas_at_once_never_spend_more_than_the_limit(
    pool: Pool, shop: Seeded
) -> None:
    """40 askers over two processes' models; each call costs what it was granted for or less."""
    limit = 20_000
    await _limit(pool, shop, limit, cheaper_at=0.5, extractive_at=1.0)
    prices = Prices([{
        "unknown": {"fresh": "1", "output": "1"},
        "models": {
            "big:m": [{"from": date(2025, 1, 1), "fresh": "10", "output": "10"}],
            "small:m": [{"from": date(2025, 1, 1), "fresh": "2", "output": "2"}],
        },
    }])  # fmt: skip
    replicas = [
        Models(
            default="big:m",
            small="small:m",
            max_tokens=100,
            factories={
                "big:m": lambda: ScriptedModel(pieces=["x" * 100], waits_seconds=0.02),
                "small:m": lambda: ScriptedModel(pieces=["x" * 100], waits_seconds=0.02),
            },
            prices=prices,
            meter=PostgresMeter(pool),
        )
        for _ in range(2)
    ]

    async def ask(number: int) -> list[str]:
        models = replicas[number % 2]
        context = TurnContext(tenant_id=str(shop.tenant_id), turn_id=str(new_id()))
        written = models.write(
            models.chain(),
            [HumanMessage("w" * 400)],
            context=context,
            node="answer",
            shown=lambda: False,
        )
        return [event.entry["model"] async for event in written if isinstance(event, Used)]

    asked = await asyncio.gather(*(ask(number) for number in range(40)))
    for models in replicas:
        await models.close()
    by = [models[-1] for models in asked]
    spent = await _spent(pool, shop)
    assert set(by) == {"big:m", "small:m", "extractive"}
    assert 0.5 * limit <= spent.platform_microusd <= limit
    assert spent.platform_reserved == 0
