"""Idle conversations keep their last checkpoint; whoever writes, waits or belongs to others is safe."""

from dataclasses import replace
from uuid import UUID

from graphs.keeping.checkpoints import PostgresSavers
from graphs.ports import HandoffResolution
from server.working import pruning as rounds
from server.working.job_kinds import PERIODIC
from tenants import tenants
from tenants.database.connection import Pool, tenant_transaction
from tenants.ids import new_id
from tenants.keeping.pruning import Pruned, prune_slice
from tenants.running import turns
from tests.fakes import FakeDesk
from tests.graphs.conversation import Talk, machine, text_of
from tests.seeds import Seeded, seed_tenant

SWISS, VIOLIN = "Do you ship to Switzerland?", "Can you engrave a violin?"
DAYS = 30


def talk_of(pool: Pool, seeded: Seeded, desk: FakeDesk | None = None) -> Talk:
    talk = Talk(machine(desk=desk, savers=PostgresSavers(pool)))
    talk.context = replace(
        talk.context,
        tenant_id=str(seeded.tenant_id),
        conversation_id=str(seeded.conversation_id),
    )
    return talk


async def silent_for(pool: Pool, seeded: Seeded, days: int) -> None:
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await conn.execute(
            """
            update conversations set last_active_at = now() - make_interval(days => %(days)s)
             where tenant_id = %(tenant_id)s and conversation_id = %(conversation_id)s
            """,
            {"days": days, "conversation_id": seeded.conversation_id},
        )


async def prune(pool: Pool, tenant_id: UUID) -> Pruned:
    async with tenant_transaction(pool, tenant_id) as conn:
        return await prune_slice(conn, default_days=DAYS)


async def kept(pool: Pool, seeded: Seeded) -> dict[str, int]:
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        [found] = await conn.dicts(
            """
            select (select count(*)::int from checkpoints where tenant_id = %(tenant_id)s) as points,
                   (select count(*)::int from checkpoint_writes
                     where tenant_id = %(tenant_id)s) as writes,
                   (select count(*)::int from checkpoint_blobs
                     where tenant_id = %(tenant_id)s) as blobs
            """
        )
    return found


async def test_a_silent_conversation_keeps_its_last_checkpoint_and_goes_on(
    pool: Pool, neighbour: Seeded
) -> None:
    seeded = await seed_tenant(pool)
    talk = talk_of(pool, seeded)
    await talk_of(pool, neighbour).say(SWISS)
    theirs = await kept(pool, neighbour)
    for _ in range(4):
        await talk.say(SWISS)
    before = await kept(pool, seeded)
    await silent_for(pool, seeded, DAYS + 1)
    assert (await prune(pool, seeded.tenant_id)).checkpoints == 3
    after = await kept(pool, seeded)
    assert after["points"] == 1 and after["blobs"] < before["blobs"]
    assert await prune(pool, seeded.tenant_id) == Pruned()  # once is enough
    assert await kept(pool, neighbour) == theirs
    assert "3 to 5 days" in text_of(await talk.say("and how long does it take?"))


async def test_who_waits_for_an_operator_still_does(pool: Pool) -> None:
    seeded, desk, handoff_id = await seed_tenant(pool), FakeDesk(), new_id()
    talk = talk_of(pool, seeded, desk)
    await talk.say(SWISS)
    assert (await talk.say(VIOLIN)).status == "waiting_for_operator"
    await silent_for(pool, seeded, DAYS + 1)
    assert (await prune(pool, seeded.tenant_id)).checkpoints == 1
    assert (await kept(pool, seeded))["writes"] > 0
    desk.resolve(handoff_id, HandoffResolution(str(handoff_id)))
    end = await talk.resume(handoff_id)
    assert end.status == "completed" and text_of(end)


async def test_neither_a_lively_conversation_nor_one_with_a_turn_is_touched(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    talk = talk_of(pool, seeded)
    await talk.say(SWISS)
    await talk.say(SWISS)
    await silent_for(pool, seeded, DAYS - 1)
    assert await prune(pool, seeded.tenant_id) == Pruned()
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await turns.accept(
            conn,
            seeded.conversation_id,
            blocks=[{"type": "text", "text": SWISS}],
            author=seeded.contact,
        )
    await silent_for(pool, seeded, DAYS + 1)
    assert await prune(pool, seeded.tenant_id) == Pruned()


async def test_one_that_is_being_written_into_is_left_for_another_time(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    talk = talk_of(pool, seeded)
    await talk.say(SWISS)
    await talk.say(SWISS)
    await silent_for(pool, seeded, DAYS + 1)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await turns.accept(
            conn,
            seeded.conversation_id,
            blocks=[{"type": "text", "text": SWISS}],
            author=seeded.contact,
        )
        assert await prune(pool, seeded.tenant_id) == Pruned()  # beside the open transaction
    assert await prune(pool, seeded.tenant_id) == Pruned()
    assert (await kept(pool, seeded))["points"] == 2


async def test_the_tenants_own_days_count(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    talk = talk_of(pool, seeded)
    await talk.say(SWISS)
    await talk.say(SWISS)
    await silent_for(pool, seeded, 3)
    assert await prune(pool, seeded.tenant_id) == Pruned()
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        assert (await tenants.update(conn, prune_after_days=2)).prune_after_days == 2
    assert (await prune(pool, seeded.tenant_id)).checkpoints == 1
    await talk.say(SWISS)  # who comes back is pruned again, later
    await silent_for(pool, seeded, 1)
    assert await prune(pool, seeded.tenant_id) == Pruned()


def test_server_and_worker_prune_by_themselves() -> None:
    assert PERIODIC["pruning"] == (rounds.EVERY_SECONDS, rounds.prune_idle)
