"""An action's checkpoints under the fence of its delivery: whoever wakes up late writes nothing."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from langchain_core.runnables import RunnableConfig

from graphs.acting.action_state import ActionContext
from graphs.acting.actions import STRICT_RESUME, build_action_graph
from graphs.keeping.checkpoints import DeliveryFence, PostgresSavers
from tenants.database.connection import Pool, tenant_transaction
from tenants.errors import LeaseLost
from tenants.ids import new_id
from tests.graphs.acting.test_actions import FakeActionDesk
from tests.seeds import Seeded, seed_tenant


@dataclass
class Delivery:
    """An action's delivery in the outbox, and the graph that goes on under it."""

    pool: Pool
    tenant: Seeded
    outbox_id: UUID
    action_id: str

    @classmethod
    async def make(cls, pool: Pool) -> "Delivery":
        made = cls(pool, await seed_tenant(pool), new_id(), str(new_id()))
        async with tenant_transaction(pool, made.tenant.tenant_id) as conn:
            await conn.execute(
                """
                insert into outbox_queue (tenant_id, outbox_id, state, fence)
                values (%(tenant_id)s, %(outbox_id)s, 'sending', 1)
                """,
                {"outbox_id": made.outbox_id},
            )
        return made

    async def claim(self) -> None:
        """Another process takes it over."""
        async with tenant_transaction(self.pool, self.tenant.tenant_id) as conn:
            await conn.execute(
                """
                update outbox_queue
                   set fence = fence + 1
                 where tenant_id = %(tenant_id)s
                   and outbox_id = %(outbox_id)s
                """,
                {"outbox_id": self.outbox_id},
            )

    async def run(self, desk: Any, given: Any, *, fence: int) -> Any:
        held = DeliveryFence(self.outbox_id, fence)
        saver = PostgresSavers(self.pool).saver(self.tenant.tenant_id, held)
        graph = build_action_graph(desk).copy(update={"checkpointer": saver})
        config = RunnableConfig(configurable={"thread_id": self.action_id, STRICT_RESUME: True})
        context = ActionContext(str(self.tenant.tenant_id))
        return await graph.ainvoke(given, config, context=context, durability="sync", version="v2")

    async def stored(self) -> int:
        async with tenant_transaction(self.pool, self.tenant.tenant_id) as conn:
            rows = await conn.dicts(
                """
                select checkpoint_id
                  from checkpoints
                 where tenant_id = %(tenant_id)s
                   and thread_id = %(thread_id)s
                """,
                {"thread_id": self.action_id},
            )
        return len(rows)


class _Paused(FakeActionDesk):
    """Is taken over while its call is out."""

    def __init__(self, delivery: Delivery) -> None:
        super().__init__("act")
        self._delivery = delivery

    async def send(self, tenant_id: UUID, action_id: UUID, *, is_last: bool) -> str:
        sent = await super().send(tenant_id, action_id, is_last=is_last)
        await self._delivery.claim()
        return sent


async def test_a_process_that_wakes_up_late_writes_nothing_to_its_action(pool: Pool) -> None:
    delivery = await Delivery.make(pool)
    late = _Paused(delivery)
    with pytest.raises(LeaseLost):
        await delivery.run(late, {"action_id": delivery.action_id}, fence=1)
    before = await delivery.stored()
    assert late.sent == 1 and late.told == 0, "what it came to is told by whoever holds it now"
    heir = FakeActionDesk("act")
    ended = await delivery.run(heir, None, fence=2)
    assert ended.value["came_to"] == "done" and heir.told == 1
    assert await delivery.stored() > before


async def test_another_tenants_delivery_is_no_right(pool: Pool) -> None:
    delivery, other = await Delivery.make(pool), await Delivery.make(pool)
    other.outbox_id = delivery.outbox_id
    with pytest.raises(LeaseLost):
        await other.run(FakeActionDesk("act"), {"action_id": other.action_id}, fence=1)
    assert await other.stored() == 0
