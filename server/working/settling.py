"""Conversations that nobody writes in any more, given their outcome by the periodic work."""

from server.working.job_run import JobHouse
from tenants.database.connection import router_transaction, tenant_transaction
from tenants.transcripts import outcomes

EVERY_SECONDS = 15.0


async def settle_due(house: JobHouse) -> None:
    """Settle every conversation whose time has come, each in a transaction of its own."""
    async with router_transaction(house.pool) as router:
        due = await outcomes.due(router)
    for one in due:
        async with tenant_transaction(house.pool, one.tenant_id) as conn:
            await outcomes.settle(conn, one.conversation_id)
