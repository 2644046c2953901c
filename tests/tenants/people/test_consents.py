"""A withdrawal while a turn runs, or ends: nothing is kept behind it, whichever comes first."""

import asyncio
from uuid import UUID

import pytest

from tenants.actors import Actor
from tenants.database.connection import Pool, TenantConnection, tenant_transaction
from tenants.ids import new_id
from tenants.lessons.recorded_questions import AskedQuestion
from tenants.people import consents, facts
from tenants.people.consents import PURPOSES
from tenants.people.facts import ToldFact
from tenants.running import turn_ends
from tenants.running.leases import Lease
from tenants.running.turn_ends import TurnEnd
from tests.seeds import Seeded, seed_tenant
from tests.tenants.running.test_turns import say, take

END = TurnEnd(
    "completed",
    questions=[AskedQuestion("Engrave it?", "Engrave it?", "unanswered", None, 0.1, "en")],
    facts=[ToldFact("size", "42", "My size is 42.")],
)


async def running(pool: Pool, seeded: Seeded) -> Lease:
    accepted = await say(pool, seeded, "My size is 42. Engrave it?")
    lease = await take(pool, seeded, accepted.turn_id)
    assert lease is not None
    return lease


async def withdraw(conn: TenantConnection, seeded: Seeded) -> None:
    actor = Actor("contact", str(seeded.contact_id))
    for purpose in PURPOSES:
        await consents.decide(
            conn, seeded.contact_id, purpose, granted=False, channel="widget", actor=actor
        )


async def kept(pool: Pool, seeded: Seeded, contact_id: UUID) -> tuple[int, int]:
    """How many facts and questions of a contact there are."""
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        told = await facts.list_page(conn, contact_id, limit=9)
        cursor = await conn.execute(
            """
            select count(*) from recorded_questions
             where tenant_id = %(tenant_id)s and contact_id = %(contact_id)s
            """,
            {"contact_id": contact_id},
        )
        asked = await cursor.fetchone()
    assert asked is not None
    return len(told), asked[0]


async def test_a_turn_keeps_what_its_contact_has_not_withdrawn(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    lease = await running(pool, seeded)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await turn_ends.finish(conn, lease, END)
    assert await kept(pool, seeded, seeded.contact_id) == (1, 1)


async def test_a_turn_that_was_running_keeps_nothing_behind_a_withdrawal(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    lease = await running(pool, seeded)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await withdraw(conn, seeded)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await turn_ends.finish(conn, lease, END)
    assert await kept(pool, seeded, seeded.contact_id) == (0, 0)


@pytest.mark.parametrize("withdrawn_first", [True, False])
async def test_of_an_end_and_a_withdrawal_at_once_one_waits_for_the_other(
    pool: Pool, withdrawn_first: bool
) -> None:
    seeded = await seed_tenant(pool)
    lease = await running(pool, seeded)

    async def ended() -> None:
        async with tenant_transaction(pool, seeded.tenant_id) as conn:
            await turn_ends.finish(conn, lease, END)
            await going.wait()

    async def withdrawn() -> None:
        async with tenant_transaction(pool, seeded.tenant_id) as conn:
            await withdraw(conn, seeded)
            await going.wait()

    going = asyncio.Event()
    first, second = (withdrawn, ended) if withdrawn_first else (ended, withdrawn)
    begun = asyncio.create_task(first())
    await asyncio.sleep(0.3)  # all its statements are through, its commit is not
    waiting = asyncio.create_task(second())
    await asyncio.sleep(0.3)
    going.set()
    await asyncio.gather(begun, waiting)
    assert await kept(pool, seeded, seeded.contact_id) == (0, 0)


async def test_another_contacts_turn_is_not_waited_for_and_keeps_its_own(
    pool: Pool, neighbour: Seeded
) -> None:
    seeded = await seed_tenant(pool)
    lease = await running(pool, seeded)
    async with tenant_transaction(pool, neighbour.tenant_id) as conn:
        await withdraw(conn, neighbour)
        async with tenant_transaction(pool, seeded.tenant_id) as own:
            await turn_ends.finish(own, lease, END)
    assert await kept(pool, seeded, seeded.contact_id) == (1, 1)
    assert await kept(pool, neighbour, new_id()) == (0, 0)
