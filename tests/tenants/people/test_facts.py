"""Facts of contacts: kept once, moved with a merge, forgotten one by one, gone with their owner."""

import pytest

from tenants.database.connection import Pool, TenantConnection, tenant_transaction
from tenants.errors import NotFound
from tenants.ids import new_id
from tenants.keeping import conversation_erasing
from tenants.people import contacts, facts
from tenants.people.facts import MAX_KEPT, ToldFact
from tenants.transcripts import conversations
from tests.seeds import Seeded, seed_tenant
from tests.tenants.running.test_turns import say, take


async def tell(conn: TenantConnection, seeded: Seeded, *told: tuple[str, str]) -> None:
    talk = await conversations.get(conn, seeded.conversation_id)
    await facts.keep(conn, talk, new_id(), [ToldFact(k, v, f"My {k} is {v}.") for k, v in told])


async def known(conn: TenantConnection, seeded: Seeded) -> list[str]:
    talk = await conversations.get(conn, seeded.conversation_id)
    return [one["value"] for one in (await facts.memory_of(conn, talk))["facts"]]


async def test_what_is_known_is_kept_once_and_the_oldest_make_room(
    pool: Pool, neighbour: Seeded
) -> None:
    seeded = await seed_tenant(pool)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        for _ in range(2):
            await tell(conn, seeded, ("size", "42"), ("name", "Ada"))
        assert await known(conn, seeded) == ["42", "Ada"]
        await tell(conn, seeded, *(("product", f"Lamp {n}") for n in range(MAX_KEPT)))
        assert await known(conn, seeded) == [f"Lamp {n}" for n in range(MAX_KEPT)]
    async with tenant_transaction(pool, neighbour.tenant_id) as conn:
        assert await facts.list_page(conn, seeded.contact_id, limit=9) == []


async def test_one_fact_is_forgotten_and_what_said_it_is_named(
    pool: Pool, neighbour: Seeded
) -> None:
    seeded = await seed_tenant(pool)
    accepted = await say(pool, seeded, "My size is 42, and my name is Ada.")
    assert await take(pool, seeded, accepted.turn_id)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await tell(conn, seeded, ("size", "42"), ("name", "Ada"))
        size = (await facts.list_page(conn, seeded.contact_id, limit=9))[0]
        await facts.forget(conn, seeded.contact_id, size.fact_id)
        talk = await conversations.get(conn, seeded.conversation_id)
        memory = await facts.memory_of(conn, talk)
        assert [one["value"] for one in memory["facts"]] == ["Ada"]
        assert memory["forgotten"] == [str(accepted.message_id)]
        with pytest.raises(NotFound):
            await facts.forget(conn, seeded.contact_id, size.fact_id)
    async with tenant_transaction(pool, neighbour.tenant_id) as conn:
        with pytest.raises(NotFound):
            await facts.forget(conn, seeded.contact_id, size.fact_id)


async def test_facts_move_with_a_merge_and_go_with_their_owner(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await tell(conn, seeded, ("size", "42"))
        other = await contacts.create(conn, {})
        await contacts.merge(conn, other.contact_id, seeded.contact_id)
        assert len(await facts.list_page(conn, other.contact_id, limit=9)) == 1
        await conversation_erasing.erase_contact(conn, other.contact_id)
        assert await facts.list_page(conn, other.contact_id, limit=9) == []
