"""What is read with the accept is what a run of its own would have read."""

from dataclasses import replace
from uuid import UUID

from graphs.remembering.known_facts import MAX_PER_KIND
from graphs.run import TurnRequest
from server.running.planning import Manners, plan, plan_accepted
from tenants.database.connection import Pool, tenant_transaction
from tenants.ids import new_id
from tenants.people import facts
from tenants.people.facts import ToldFact
from tenants.running import turn_ends, turns
from tenants.running.leases import Lease
from tenants.running.turn_ends import TurnEnd
from tenants.running.turn_openings import Claim
from tenants.transcripts import conversations
from tenants.transcripts.blocks import text_block
from tests.seeds import Seeded, seed_tenant


async def accepted(
    pool: Pool, seeded: Seeded, conversation_id: UUID | None = None
) -> tuple[TurnRequest, TurnRequest, Lease]:
    """What was planned with the accept of a message, what its own run plans, and its lease."""
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        held = await conversations.lock(conn, conversation_id or seeded.conversation_id)
        taken = await turns.accept(
            conn,
            held.conversation_id,
            blocks=[text_block("When do you open?")],
            author=seeded.contact,
            held=held,
            claim=Claim(new_id(), 60),
        )
        with_accept = await plan_accepted(conn, held, taken, Manners())
    assert taken.lease is not None
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        alone = await plan(conn, taken.lease, Manners())
    assert alone is not None
    return with_accept, alone, taken.lease


async def test_a_plan_with_the_accept_is_the_one_of_a_run_of_its_own(
    pool: Pool, neighbour: Seeded
) -> None:
    seeded = await seed_tenant(pool)
    with_accept, alone, _ = await accepted(pool, seeded)
    assert replace(with_accept, opens=False) == alone
    assert with_accept.messages[0].text == "When do you open?"
    assert with_accept.context.tenant_id == str(seeded.tenant_id) != str(neighbour.tenant_id)


async def test_only_the_first_turn_of_a_conversation_opens_it(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    first, alone, lease = await accepted(pool, seeded)
    assert (first.opens, alone.opens) == (True, False), "a run of its own may be a second one"
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await turn_ends.finish(conn, lease, TurnEnd("completed", heard=1))
    second, _, _ = await accepted(pool, seeded)
    assert not second.opens


async def test_a_fork_has_a_state_before_its_first_turn(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        talk = await conversations.get(conn, seeded.conversation_id)
        fork = await conversations.create(conn, talk.assistant_id, talk.contact_id, origin="fork")
    planned, _, _ = await accepted(pool, seeded, fork.conversation_id)
    assert planned.context.apart
    assert not planned.opens


async def test_facts_that_were_told_before_are_known_in_both(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    _, _, lease = await accepted(pool, seeded)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        talk = await conversations.get(conn, seeded.conversation_id)
        await facts.keep(conn, talk, lease.turn_id, [ToldFact("city", "Ulm", "I live in Ulm.")])
        await turn_ends.finish(conn, lease, TurnEnd("completed", heard=1))
    with_accept, alone, _ = await accepted(pool, seeded)
    known = with_accept.context.memory.get("facts") or []
    assert [fact["value"] for fact in known] == ["Ulm"]
    assert with_accept.context.memory == alone.context.memory


async def test_of_many_facts_a_turn_is_given_those_that_it_makes_use_of(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    _, _, lease = await accepted(pool, seeded)
    numbers = [f"K-{n}" for n in range(1000, 1050)]
    told = [ToldFact("product", n, f"I have a {n}.") for n in numbers]
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        talk = await conversations.get(conn, seeded.conversation_id)
        await facts.keep(conn, talk, lease.turn_id, told)
        await turn_ends.finish(conn, lease, TurnEnd("completed", heard=1))
    planned, _, _ = await accepted(pool, seeded)
    known = planned.context.memory.get("facts") or []
    assert [fact["value"] for fact in known] == numbers[-MAX_PER_KIND:]
