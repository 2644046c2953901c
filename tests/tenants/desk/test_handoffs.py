"""Claim once, resolve once, resume once."""

import pytest

from tenants.actors import Actor
from tenants.database.connection import Pool, tenant_transaction
from tenants.desk import assigning, handoffs
from tenants.desk.assigning import Wanted
from tenants.desk.handoffs import Resolution
from tenants.errors import HandoffClosed, HandoffTaken, NotFound
from tenants.running import turns
from tenants.running.turn_ends import OpenedHandoff, TurnEnd
from tenants.transcripts import events
from tenants.transcripts.blocks import text_block
from tests.seeds import Seeded, seed_tenant
from tests.tenants.running.test_turns import end, say, take

ANN, BEN = Actor("operator", "ann"), Actor("operator", "ben")
DONE = Resolution([text_block("Yes, on Sundays.")], True, None, False, True)


async def hand_off(pool: Pool, seeded: Seeded) -> handoffs.Handoff:
    accepted = await say(pool, seeded, "Do you open on Sundays?")
    lease = await take(pool, seeded, accepted.turn_id)
    assert lease is not None
    opened = OpenedHandoff("a" * 32, "not_in_knowledge", {"intents": [{"text": "Sundays?"}]})
    ended = await end(pool, lease, TurnEnd("waiting_for_operator", handoff=opened))
    assert ended.handoff_id is not None
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        return await handoffs.get(conn, ended.handoff_id)


async def test_the_first_claim_wins_and_may_be_repeated(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    handoff = await hand_off(pool, seeded)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        claimed, _ = await handoffs.claim(conn, handoff.handoff_id, actor=ANN, name="Ann")
        assert claimed.status == "active" and claimed.actor_id == "ann"
        await handoffs.claim(conn, handoff.handoff_id, actor=ANN, name="Ann")
        with pytest.raises(HandoffTaken):
            await handoffs.claim(conn, handoff.handoff_id, actor=BEN, name="Ben")


async def test_resolving_an_unclaimed_handoff_claims_it_and_queues_one_resume(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    handoff = await hand_off(pool, seeded)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        resolved = await handoffs.resolve(conn, handoff.handoff_id, DONE, actor=BEN, name="Ben")
        turn = await turns.get(conn, resolved.turn_id)
        log = await events.read_after(conn, seeded.conversation_id, 0)
    assert (turn.kind, turn.handoff_id) == ("resume", handoff.handoff_id)
    assert [e.type for e in log][-4:] == [
        "operator_joined",
        "operator_message",
        "handoff_resolved",
        "turn_started",
    ]
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        with pytest.raises(HandoffClosed):
            await handoffs.resolve(conn, handoff.handoff_id, DONE, actor=BEN, name="Ben")


async def test_another_tenant_finds_no_handoff(pool: Pool) -> None:
    seeded, other = await seed_tenant(pool), await seed_tenant(pool, "Clinic")
    handoff = await hand_off(pool, seeded)
    async with tenant_transaction(pool, other.tenant_id) as conn:
        with pytest.raises(NotFound):
            await handoffs.get(conn, handoff.handoff_id)
        assert await assigning.list_page(conn, Wanted(), limit=10) == []
