"""An answer without a conversation keeps to a turn's time, and what it cost is kept."""

import time

import pytest

from graphs.asking.models import Models
from graphs.context import TurnContext
from graphs.keeping.checkpoints import PostgresSavers
from graphs.support import Machine, build_machine
from server.running.unkept_answers import unkept_answer
from tenants.database.connection import Pool, tenant_transaction
from tenants.desk import assigning
from tenants.desk.assigning import Wanted
from tenants.ids import new_id
from tenants.running import usage
from tests.fakes import FakeDesk
from tests.graphs.conversation import SHOP
from tests.seeds import Seeded, seed_tenant
from tests.server.replicas import ASKED, ThinkingModel
from tests.server.test_overdue import StuckKnowledge

SECONDS = 2.0


@pytest.fixture
async def shop(pool: Pool, neighbour: Seeded) -> Seeded:
    return await seed_tenant(pool)


def context_of(shop: Seeded) -> TurnContext:
    return TurnContext(
        tenant_id=str(shop.tenant_id),
        assistant_id=str(shop.assistant_id),
        conversation_id=str(new_id()),
        turn_id=str(new_id()),
        knowledge=((str(new_id()), 1),),
    )


def machine_of(pool: Pool, knowledge: StuckKnowledge, model: ThinkingModel) -> Machine:
    return build_machine(
        knowledge=knowledge,
        desk=FakeDesk(),
        models=Models(default="thinking:model", factories={"thinking:model": lambda: model}),
        savers=PostgresSavers(pool),
    )


async def test_an_overdue_answer_is_a_sentence_and_a_reason_and_no_handoff_is_opened(
    pool: Pool, shop: Seeded
) -> None:
    knowledge = StuckKnowledge(*SHOP)
    knowledge.stuck = True
    machine = machine_of(pool, knowledge, ThinkingModel())
    began = time.monotonic()
    found = await unkept_answer(pool, machine, context_of(shop), ASKED[0], seconds=SECONDS)
    assert time.monotonic() - began < SECONDS + 5
    assert (found["status"], found["handoff"]) == ("waiting_for_operator", {"reason": "deadline"})
    assert found["text"].startswith("I'm sorry, this is taking me too long.")
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        assert await assigning.list_page(conn, Wanted("waiting"), limit=5) == []


async def test_what_was_asked_of_a_model_that_never_answered_is_in_the_ledger(
    pool: Pool, shop: Seeded, neighbour: Seeded
) -> None:
    model = ThinkingModel()
    model.hold(ASKED[0])
    machine = machine_of(pool, StuckKnowledge(*SHOP), model)
    began = time.monotonic()
    await unkept_answer(pool, machine, context_of(shop), ASKED[0], seconds=2 * SECONDS)
    assert time.monotonic() - began < 2 * SECONDS + 5
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        used = await usage.by_day(conn, days=1, by=["assistant"])
    asked = [row for row in used if row["model"] == "thinking:model"]
    assert [row["calls"] for row in asked] == [1]
    assert asked[0]["assistant_id"] == str(shop.assistant_id)
    async with tenant_transaction(pool, neighbour.tenant_id) as conn:
        assert await usage.by_day(conn, days=1) == []
