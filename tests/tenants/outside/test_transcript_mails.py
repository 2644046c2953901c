"""Transcripts by mail: not more of them than a bounded number, however many are asked for at once."""

import asyncio

from tenants.database.connection import Pool, tenant_transaction
from tenants.errors import RateLimited
from tenants.outside import transcript_mails
from tenants.outside.transcript_mails import ADDRESSES_OF_A_CONVERSATION
from tests.seeds import Seeded, seed_tenant


async def test_mails_that_are_asked_for_at_once_are_counted_one_after_the_other(
    pool: Pool, neighbour: Seeded
) -> None:
    shop = await seed_tenant(pool, "Many addresses")

    async def send(number: int) -> None:
        body = {"to": f"a{number}@example.com", "from_name": "S", "subject": "S", "text": "T"}
        async with tenant_transaction(pool, shop.tenant_id) as conn:
            await transcript_mails.put(conn, shop.conversation_id, body, until=1)

    came = await asyncio.gather(*(send(n) for n in range(6)), return_exceptions=True)
    refused = [one for one in came if isinstance(one, RateLimited)]
    assert len(came) - len(refused) == ADDRESSES_OF_A_CONVERSATION, came
