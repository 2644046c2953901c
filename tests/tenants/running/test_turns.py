"""Accept, claim, end: nothing lost, nothing doubled, one at a time."""

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest

from tenants.database.connection import Pool, router_transaction, tenant_transaction
from tenants.errors import LeaseLost, NotFound
from tenants.ids import new_id
from tenants.running import leases, turn_ends, turns
from tenants.running.turn_ends import OpenedHandoff, TurnEnd
from tenants.transcripts import bursts, conversations, events, messages
from tenants.transcripts.blocks import text_block
from tenants.transcripts.bursts import MessagesJoined
from tests.seeds import Seeded, seed_tenant

ME = new_id()


async def say(
    pool: Pool,
    seeded: Seeded,
    text: str,
    client_id: str | None = None,
    debounce_seconds: float = 0,
) -> turns.Accepted:
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        return await turns.accept(
            conn,
            seeded.conversation_id,
            blocks=[text_block(text)],
            author=seeded.contact,
            debounce_seconds=debounce_seconds,
            client_message_id=client_id,
        )


async def take(
    pool: Pool, seeded: Seeded, turn_id: UUID, seconds: float = 15, owner: UUID = ME
) -> leases.Lease | None:
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        return await leases.claim(conn, turn_id, owner=owner, lease_seconds=seconds)


async def end(pool: Pool, lease: leases.Lease, ended: TurnEnd | None = None) -> turn_ends.Ended:
    reply = {"message_id": str(new_id()), "content": [text_block("Hello.")]}
    async with tenant_transaction(pool, lease.tenant_id) as conn:
        return await turn_ends.finish(conn, lease, ended or TurnEnd("completed", reply=reply))


async def test_an_accepted_message_has_its_turn_and_two_events(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    accepted = await say(pool, seeded, "Hi")
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        log = await events.read_after(conn, seeded.conversation_id, 0)
        turn = await turns.get(conn, accepted.turn_id)
    assert [(e.event_id, e.type) for e in log] == [(1, "contact_message"), (2, "turn_started")]
    assert (turn.status, turn.kind, turn.seq) == ("queued", "message", 1)


async def test_the_same_client_message_id_makes_one_turn_under_thirty_parallel_repeats(
    pool: Pool,
) -> None:
    seeded = await seed_tenant(pool)
    all_accepted = await asyncio.gather(*(say(pool, seeded, "Hi", "c-1") for _ in range(30)))
    assert len({a.turn_id for a in all_accepted}) == 1
    assert sum(not a.duplicate for a in all_accepted) == 1
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        assert len(await messages.list_page(conn, seeded.conversation_id, limit=50)) == 1


async def test_one_lease_at_a_time_and_turns_in_order(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    first = await say(pool, seeded, "one")
    lease = await take(pool, seeded, first.turn_id)
    assert lease is not None
    assert await take(pool, seeded, first.turn_id, owner=new_id()) is None
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await bursts.close(conn, lease, heard=1)
    second = await say(pool, seeded, "two")
    assert second.turn_id != first.turn_id, "a turn that has shown something is not joined"
    assert await take(pool, seeded, second.turn_id) is None, "its elder has not ended"
    await end(pool, lease)
    assert await take(pool, seeded, second.turn_id) is not None


async def test_a_message_joins_a_turn_that_has_not_started(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    first, second = await say(pool, seeded, "one"), await say(pool, seeded, "two")
    assert second.turn_id == first.turn_id
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        assert [m.text for m in await messages.of_turn(conn, first.turn_id)] == ["one", "two"]


async def test_a_message_joins_a_running_turn_which_then_must_start_afresh(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    first = await say(pool, seeded, "one")
    lease = await take(pool, seeded, first.turn_id)
    assert lease is not None
    second = await say(pool, seeded, "two")
    assert second.turn_id == first.turn_id
    with pytest.raises(MessagesJoined):
        async with tenant_transaction(pool, seeded.tenant_id) as conn:
            await bursts.close(conn, lease, heard=1)
    with pytest.raises(MessagesJoined):
        async with tenant_transaction(pool, seeded.tenant_id) as conn:
            await turn_ends.finish(conn, lease, TurnEnd("completed", heard=1))
    third = await say(pool, seeded, "three")
    assert third.turn_id == first.turn_id, "what was refused has closed nothing"
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await bursts.close(conn, lease, heard=3)
    assert (await say(pool, seeded, "four")).turn_id != first.turn_id


async def test_a_stranger_closes_nothing(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    first = await say(pool, seeded, "one")
    lease = await take(pool, seeded, first.turn_id)
    assert lease is not None
    with pytest.raises(LeaseLost):
        async with tenant_transaction(pool, seeded.tenant_id) as conn:
            await bursts.close(conn, replace(lease, fence=lease.fence + 1), heard=1)


async def test_a_debounced_turn_waits_for_more_but_not_for_ever(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    first = await say(pool, seeded, "one", debounce_seconds=0.2)
    assert await take(pool, seeded, first.turn_id) is None
    for _ in range(12):
        await asyncio.sleep(0.1)
        joined = await say(pool, seeded, "and", debounce_seconds=0.2)
        assert joined.turn_id == first.turn_id
    assert await take(pool, seeded, first.turn_id) is not None, "put off five times its length"


async def test_an_expired_lease_is_taken_over_and_the_late_one_writes_nothing(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    accepted = await say(pool, seeded, "Hi")
    late = await take(pool, seeded, accepted.turn_id, seconds=-1)
    assert late is not None
    async with router_transaction(pool) as router:
        waiting = await leases.runnable(router, limit=1_000, of_a_tenant=1_000)
    assert accepted.turn_id in {w.turn_id for w in waiting}
    new = await take(pool, seeded, accepted.turn_id, owner=new_id())
    assert new is not None and new.fence == late.fence + 1 and new.attempts == 2
    with pytest.raises(LeaseLost):
        await end(pool, late)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        with pytest.raises(LeaseLost):
            await leases.renew(conn, late, lease_seconds=5)
        log = await events.read_after(conn, seeded.conversation_id, 0)
    assert [e.type for e in log] == ["contact_message", "turn_started"]
    ended = await end(pool, new)
    assert ended.answer["message"]["text"] == "Hello."


async def test_a_handoff_silences_the_conversation_until_it_is_resolved(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    accepted = await say(pool, seeded, "A person please")
    lease = await take(pool, seeded, accepted.turn_id)
    assert lease is not None
    opened = OpenedHandoff("i" * 32, "contact_asked", {"intents": [], "summary": ""})
    ended = await end(pool, lease, TurnEnd("waiting_for_operator", handoff=opened))
    assert ended.answer["handoff"]["reason"] == "contact_asked"
    during = await say(pool, seeded, "Hello?", "c-9")
    assert during.waiting and during.turn_id == accepted.turn_id
    again = await say(pool, seeded, "Hello?", "c-9")
    assert again.duplicate and again.waiting
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        assert (await conversations.get(conn, seeded.conversation_id)).status == (
            "waiting_for_operator"
        )
        said = await messages.after_turn(conn, seeded.conversation_id, accepted.turn_id)
    assert [m.text for m in said] == ["Hello?"]


async def test_events_are_numbered_without_gaps_under_parallel_writers(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    await asyncio.gather(*(say(pool, seeded, f"m{i}") for i in range(20)))
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        log = await events.read_after(conn, seeded.conversation_id, 0)
    assert [e.event_id for e in log] == list(range(1, len(log) + 1))


async def test_another_tenant_sees_and_takes_nothing(pool: Pool) -> None:
    seeded, other = await seed_tenant(pool), await seed_tenant(pool, "Clinic")
    accepted = await say(pool, seeded, "Hi")
    async with tenant_transaction(pool, other.tenant_id) as conn:
        with pytest.raises(NotFound):
            await turns.get(conn, accepted.turn_id)
        with pytest.raises(NotFound):
            await turns.accept(
                conn, seeded.conversation_id, blocks=[text_block("x")], author=other.contact
            )
        assert await leases.claim(conn, accepted.turn_id, owner=ME, lease_seconds=5) is None
        assert await events.read_after(conn, seeded.conversation_id, 0) == []
