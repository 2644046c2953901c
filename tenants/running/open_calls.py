"""Calls to providers from the grant to the ledger.

A call is granted before it goes out, under a lock on the tenant's month, so that two replicas never
grant the same dollar. It is settled when it is over, and moves to the ledger with its turn's end. What
no turn's end came for (its process died, or there is no turn) moves there with the next grant.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.ids import new_id
from tenants.running import budgets
from tenants.running.budgets import Stage

SETTLED_MINUTES = 15  # after which nobody's turn will end any more that has made a call
GRACE_SECONDS = 60.0  # over a call's own time, after which its process has died


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """A call with the most that it can cost."""

    node: str
    model: str
    own_key: bool
    is_cheapest: bool
    input_tokens: int
    output_tokens: int
    microusd: int
    price_version: str
    seconds: float
    turn_id: UUID | None = None
    assistant_id: UUID | None = None
    intent_index: int | None = None
    intent_label: str | None = None


@dataclass(frozen=True, slots=True)
class Granted:
    """A grant, or (`call_id` None) the stage that allows other calls only."""

    call_id: UUID | None
    stage: Stage


async def reserve(
    conn: TenantConnection, call: PlannedCall, *, default_microusd: int | None
) -> Granted:
    """A grant, if the budgets have room for the most that the call can cost."""
    await conn.execute(
        """
        insert into spending (tenant_id, month)
        values (%(tenant_id)s, date_trunc('month', now() at time zone 'UTC')::date)
        on conflict (tenant_id, month) do update set platform_microusd = spending.platform_microusd
        """
    )  # the row's lock is held until the grant is written
    look = partial(budgets.standing, conn, default_microusd, settled_minutes=SETTLED_MINUTES)
    standing = await look()
    if standing.overdue:
        await _sweep(conn)
        standing = await look()
    limits, spending = standing.budgets, standing.spending
    stage = budgets.refusal(
        limits, spending, call.microusd, own_key=call.own_key, is_cheapest=call.is_cheapest
    )
    if stage:
        return Granted(None, stage)
    call_id = new_id()
    await conn.execute(
        """
        insert into open_calls (tenant_id, call_id, month, turn_id, assistant_id, node,
                                intent_index, intent_label, model, own_key, input_tokens,
                                output_tokens, microusd, price_version, expires_at)
        values (%(tenant_id)s, %(call_id)s, date_trunc('month', now() at time zone 'UTC')::date,
                %(turn_id)s, %(assistant_id)s, %(node)s, %(intent_index)s, %(intent_label)s,
                %(model)s, %(own_key)s, %(input_tokens)s, %(output_tokens)s, %(microusd)s,
                %(price_version)s, now() + make_interval(secs => %(seconds)s))
        """,
        {
            "call_id": call_id,
            "turn_id": call.turn_id,
            "assistant_id": call.assistant_id,
            "node": call.node,
            "intent_index": call.intent_index,
            "intent_label": call.intent_label,
            "model": call.model,
            "own_key": call.own_key,
            "input_tokens": call.input_tokens,
            "output_tokens": call.output_tokens,
            "microusd": call.microusd,
            "price_version": call.price_version,
            "seconds": call.seconds + GRACE_SECONDS,
        },
    )
    return Granted(call_id, budgets.stage_of(limits, spending, own_key=call.own_key))


async def settle(conn: TenantConnection, call_id: UUID, used: dict[str, Any]) -> None:
    """Put what a call did cost in the place of what it might have; only once."""
    await conn.execute(
        """
        with settled as (
            update open_calls
               set settled_at = now(),
                   input_tokens = %(input_tokens)s,
                   output_tokens = %(output_tokens)s,
                   cached_tokens = %(cached_tokens)s,
                   microusd = %(cost_microusd)s,
                   is_estimated = %(is_estimated)s
             where tenant_id = %(tenant_id)s
               and call_id = %(call_id)s
               and settled_at is null
            returning month, own_key, microusd
        )
        update spending s
           set platform_microusd = platform_microusd + case when own_key then 0 else microusd end,
               own_microusd = own_microusd + case when own_key then microusd else 0 end
          from settled
         where s.tenant_id = %(tenant_id)s
           and s.month = settled.month
        """,
        used | {"call_id": call_id},
    )


async def close_turn(conn: TenantConnection, turn_id: UUID | None, call_ids: list[UUID]) -> None:
    """Let go of a turn's calls: those named are in the ledger now, the others go there as thrown
    away (attempts that died with their process).
    """
    await conn.execute(
        """
        with gone as (
            delete from open_calls
             where tenant_id = %(tenant_id)s
               and (call_id = any(%(call_ids)s) or turn_id = %(turn_id)s)
            returning call_id, month, turn_id, assistant_id, node, intent_index, intent_label,
                      model, own_key, input_tokens, output_tokens, cached_tokens, microusd,
                      price_version, is_estimated, settled_at
        ), paid as (
            update spending s
               set platform_microusd = s.platform_microusd + g.platform_microusd,
                   own_microusd = s.own_microusd + g.own_microusd
              from (select month,
                           coalesce(sum(microusd) filter (where not own_key), 0)
                               as platform_microusd,
                           coalesce(sum(microusd) filter (where own_key), 0) as own_microusd
                      from gone
                     where settled_at is null
                     group by month) g
             where s.tenant_id = %(tenant_id)s
               and s.month = g.month
        )
        insert into usage_ledger (tenant_id, usage_id, turn_id, assistant_id, node, intent_index,
                                  intent_label, model, own_key, input_tokens, output_tokens,
                                  cached_tokens, cost_usd, price_version, is_estimated)
        select %(tenant_id)s, call_id, turn_id, assistant_id, 'thrown_away', intent_index,
               intent_label, model, own_key, input_tokens, output_tokens, cached_tokens,
               microusd / 1000000.0, price_version, is_estimated
          from gone
         where not call_id = any(%(call_ids)s)
        """,
        {"turn_id": turn_id, "call_ids": call_ids},
    )


async def _sweep(conn: TenantConnection) -> None:
    """Move to the ledger what no turn's end has come for."""
    await conn.execute(
        """
        with gone as (
            delete from open_calls
             where tenant_id = %(tenant_id)s
               and call_id in (select call_id
                                 from open_calls
                                where tenant_id = %(tenant_id)s
                                  and (settled_at < now() - make_interval(mins => %(minutes)s)
                                       or (settled_at is null and expires_at < now()))
                                  for update skip locked)
            returning call_id, month, turn_id, assistant_id, node, intent_index, intent_label,
                      model, own_key, input_tokens, output_tokens, cached_tokens, microusd,
                      price_version, is_estimated, settled_at
        ), paid as (
            update spending s
               set platform_microusd = s.platform_microusd + g.platform_microusd,
                   own_microusd = s.own_microusd + g.own_microusd
              from (select month,
                           coalesce(sum(microusd) filter (where not own_key), 0)
                               as platform_microusd,
                           coalesce(sum(microusd) filter (where own_key), 0) as own_microusd
                      from gone
                     where settled_at is null
                     group by month) g
             where s.tenant_id = %(tenant_id)s
               and s.month = g.month
        )
        insert into usage_ledger (tenant_id, usage_id, turn_id, assistant_id, node, intent_index,
                                  intent_label, model, own_key, input_tokens, output_tokens,
                                  cached_tokens, cost_usd, price_version, is_estimated)
        select %(tenant_id)s, call_id, turn_id, assistant_id, node, intent_index, intent_label,
               model, own_key, input_tokens, output_tokens, cached_tokens,
               microusd / 1000000.0, price_version, is_estimated
          from gone
        """,
        {"minutes": SETTLED_MINUTES},
    )
