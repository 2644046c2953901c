"""The border: a message that comes while the first words leave joins, or is a turn of its own."""

import asyncio
import random
from uuid import UUID

from tenants.database.connection import Pool, tenant_transaction
from tenants.ids import new_id
from tenants.running import leases, turn_ends, turns
from tenants.running.leases import Lease
from tenants.running.turn_ends import TurnEnd
from tenants.transcripts import bursts
from tenants.transcripts.blocks import text_block
from tenants.transcripts.bursts import MessagesJoined
from tenants.transcripts.messages import of_turn
from tests.seeds import Seeded, seed_tenant

ROUNDS = 40
WRITERS = 3


async def say(pool: Pool, seeded: Seeded) -> turns.Accepted:
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        return await turns.accept(
            conn, seeded.conversation_id, blocks=[text_block("Hi")], author=seeded.contact
        )


async def claimed(pool: Pool, seeded: Seeded) -> Lease:
    """A turn of one message, which runs."""
    accepted = await say(pool, seeded)
    return await lease_of(pool, seeded, accepted.turn_id)


async def lease_of(pool: Pool, seeded: Seeded, turn_id: UUID) -> Lease:
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        lease = await leases.claim(conn, turn_id, owner=new_id(), lease_seconds=60)
    assert lease is not None
    return lease


async def close(pool: Pool, lease: Lease, heard: int) -> bool:
    """Whether the turn is closed; not where more has joined it."""
    try:
        async with tenant_transaction(pool, lease.tenant_id) as conn:
            await bursts.close(conn, lease, heard=heard)
    except MessagesJoined:
        return False
    return True


async def end(pool: Pool, lease: Lease, heard: int) -> bool:
    """Whether the turn is ended; not where more has joined it."""
    try:
        async with tenant_transaction(pool, lease.tenant_id) as conn:
            await turn_ends.finish(conn, lease, TurnEnd("completed", heard=heard))
    except MessagesJoined:
        return False
    return True


async def read(pool: Pool, lease: Lease) -> int:
    """What a run that starts now would read."""
    async with tenant_transaction(pool, lease.tenant_id) as conn:
        return len(await of_turn(conn, lease.turn_id))


async def run_among_writers(pool: Pool, seeded: Seeded, draw: random.Random) -> None:
    """One turn to its end, while messages come; whatever was bound to it was read by it."""
    lease = await claimed(pool, seeded)

    async def write() -> turns.Accepted:
        await asyncio.sleep(draw.uniform(0, 0.02))
        return await say(pool, seeded)

    writing = [asyncio.create_task(write()) for _ in range(WRITERS)]
    heard, closes = 0, draw.random() < 0.7
    done = False
    while not done:
        heard = await read(pool, lease)
        await asyncio.sleep(draw.uniform(0, 0.01))
        done = await (close if closes else end)(pool, lease, heard)
    if closes:
        await asyncio.sleep(draw.uniform(0, 0.01))  # the words are shown meanwhile
        assert await end(pool, lease, heard), "what was shown is never taken back"
    accepted = await asyncio.gather(*writing)
    joined = [one for one in accepted if one.turn_id == lease.turn_id]
    assert await read(pool, lease) == heard == 1 + len(joined)
    assert [one.messages for one in sorted(joined, key=lambda one: one.event_id)] == list(
        range(2, heard + 1)
    )
    rest = {one.turn_id for one in accepted} - {lease.turn_id}
    assert len(rest) <= 1, "those that came too late are one turn together"
    for turn_id in rest:
        following = await lease_of(pool, seeded, turn_id)
        assert await end(pool, following, await read(pool, following))


async def test_no_message_is_bound_to_a_turn_that_never_reads_it(pool: Pool) -> None:
    seeded, other = await seed_tenant(pool), await seed_tenant(pool, "Other")
    draw = random.Random(7)
    for _ in range(ROUNDS // 2):
        await asyncio.gather(*(run_among_writers(pool, one, draw) for one in (seeded, other)))


async def test_a_turn_that_is_being_closed_keeps_the_message_waiting_and_turns_it_away(
    pool: Pool,
) -> None:
    seeded = await seed_tenant(pool)
    lease = await claimed(pool, seeded)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await bursts.close(conn, lease, heard=1)
        coming = asyncio.create_task(say(pool, seeded))
        await asyncio.sleep(0.1)
        assert not coming.done(), "nobody knows yet which turn it belongs to"
    late = await coming
    assert late.turn_id != lease.turn_id and late.opened


async def test_a_turn_takes_fifty_messages_at_most(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    accepted = [await say(pool, seeded) for _ in range(bursts.MAX_MESSAGES + 2)]
    first, *others = list(dict.fromkeys(one.turn_id for one in accepted))
    assert sum(one.turn_id == first for one in accepted) == bursts.MAX_MESSAGES
    assert len(others) == 1 and accepted[-1].messages == 2
