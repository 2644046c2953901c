"""Approvals that nobody gave in time, denied by the periodic work: the safe end of waiting."""

from server.working.job_run import JobHouse
from tenants.database.connection import router_transaction, tenant_transaction
from tenants.outside import action_moves

EVERY_SECONDS = 20.0


async def expire_due(house: JobHouse) -> None:
    """Expire every approval whose time is over, each in a transaction of its own."""
    async with router_transaction(house.pool) as router:
        due = await action_moves.overdue(router)
    for one in due:
        async with tenant_transaction(house.pool, one.tenant_id) as conn:
            await action_moves.expire(conn, one.action_id)
