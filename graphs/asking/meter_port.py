"""The meter and the tenants' keys over the house's database."""

import time
from collections import OrderedDict
from uuid import UUID

from graphs.asking.metering import Caller, CallPlan, Grant
from graphs.state import UsageEntry
from tenants.database.connection import Pool, tenant_transaction
from tenants.ids import parse_id
from tenants.keys import provider_keys
from tenants.keys.sealing import Sealer
from tenants.running import open_calls
from tenants.running.open_calls import PlannedCall

KEY_SECONDS = 1.0  # a key that was replaced or deleted is used for so long
MOST_KEYS = 10_000


class PostgresMeter:
    """Grants calls by what the tenant has spent on all replicas."""

    def __init__(self, pool: Pool, *, default_microusd: int | None = None) -> None:
        self._pool = pool
        self._default_microusd = default_microusd

    async def reserve(self, caller: Caller, plan: CallPlan) -> Grant:
        """A grant, or the stage that has no room for this call."""
        call = PlannedCall(
            node=caller.node,
            model=plan.model,
            own_key=plan.own_key,
            is_cheapest=plan.is_cheapest,
            input_tokens=plan.most_input_tokens,
            output_tokens=plan.most_output_tokens,
            microusd=plan.most_microusd,
            price_version=plan.price_version,
            seconds=plan.seconds,
            turn_id=parse_id(caller.turn_id),
            assistant_id=parse_id(caller.assistant_id),
            intent_index=caller.intent_index,
            intent_label=caller.intent_label,
        )
        async with tenant_transaction(self._pool, UUID(caller.tenant_id)) as conn:
            granted = await open_calls.reserve(conn, call, default_microusd=self._default_microusd)
        return Grant(granted.call_id, granted.stage)

    async def settle(self, caller: Caller, call_id: UUID, used: UsageEntry) -> None:
        """The call in the month's spending."""
        given = {
            name: used[name]
            for name in ("input_tokens", "output_tokens", "cached_tokens", "cost_microusd")
        }
        given["is_estimated"] = used.get("is_estimated", False)
        async with tenant_transaction(self._pool, UUID(caller.tenant_id)) as conn:
            await open_calls.settle(conn, call_id, given)


class PostgresProviderKeys:
    """The tenants' own keys, opened when they are needed and kept for a second."""

    def __init__(self, pool: Pool, sealer: Sealer) -> None:
        self._pool = pool
        self._sealer = sealer
        self._kept: OrderedDict[tuple[str, str], tuple[float, str | None]] = OrderedDict()

    async def key(self, tenant_id: str, provider: str) -> str | None:
        """The tenant's key. Raises: Unavailable where it cannot be opened."""
        if not tenant_id:
            return None
        now = time.monotonic()
        kept = self._kept.get((tenant_id, provider))
        if kept is not None and now - kept[0] < KEY_SECONDS:
            return kept[1]
        async with tenant_transaction(self._pool, UUID(tenant_id)) as conn:
            found = await provider_keys.find(conn, provider, sealer=self._sealer)
        self._kept[tenant_id, provider] = (now, found)
        if len(self._kept) > MOST_KEYS:
            self._kept.popitem(last=False)
        return found
