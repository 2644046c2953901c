"""Handoffs whose time has run out, noted and told by the periodic work."""

from server.working.job_run import JobHouse
from tenants.database.connection import router_transaction, tenant_transaction
from tenants.desk import service_targets

EVERY_SECONDS = 5.0


async def tell_overdue(house: JobHouse) -> None:
    """Note every handoff that has become overdue, each in a transaction of its own."""
    async with router_transaction(house.pool) as router:
        found = await service_targets.overdue(router)
    for one in found:
        async with tenant_transaction(house.pool, one.tenant_id) as conn:
            await service_targets.note_overdue(conn, one.handoff_id)
