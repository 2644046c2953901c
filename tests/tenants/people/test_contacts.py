"""Contacts: what two who write at once have to say of one is all kept."""

import asyncio

from tenants.database.connection import Pool, tenant_transaction
from tenants.people import contacts
from tenants.transcripts import conversations
from tests.seeds import Seeded, seed_tenant


async def test_two_who_change_a_contact_at_once_lose_nothing(pool: Pool, neighbour: Seeded) -> None:
    shop = await seed_tenant(pool, "Two at once")

    async def change(field: str) -> None:
        async with tenant_transaction(pool, shop.tenant_id) as conn:
            await contacts.update(conn, shop.contact_id, {field: "told"})

    async with tenant_transaction(pool, shop.tenant_id) as conn:
        await contacts.update(conn, shop.contact_id, {"email": "told"})
        other = asyncio.create_task(change("phone"))
        await asyncio.wait({other}, timeout=1)  # it may wait for us
    await other
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        kept = (await contacts.get(conn, shop.contact_id)).details
    assert kept == {"name": "Ada Marlow", "email": "told", "phone": "told"}


async def test_contacts_that_are_merged_at_once_end_in_one(pool: Pool, neighbour: Seeded) -> None:
    shop = await seed_tenant(pool, "Merged at once")
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        second, third = [(await contacts.create(conn, {})).contact_id for _ in range(2)]
        talk = await conversations.create(conn, shop.assistant_id, third)

    async def merge() -> None:
        async with tenant_transaction(pool, shop.tenant_id) as conn:
            await contacts.merge(conn, second, third)

    async with tenant_transaction(pool, shop.tenant_id) as conn:
        await contacts.merge(conn, shop.contact_id, second)
        other = asyncio.create_task(merge())
        await asyncio.wait({other}, timeout=1)  # it may wait for us
    await asyncio.gather(other, return_exceptions=True)
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        whose = (await conversations.get(conn, talk.conversation_id)).contact_id
        assert (await contacts.get(conn, whose)).merged_into is None
