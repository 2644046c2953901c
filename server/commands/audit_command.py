"""`frontdesk audit verify`: look at every row of the audit log, and at what is not there any more."""

from server.access.auditing import read_anchors
from server.start import Prepared
from settings import Settings
from tenants import tenants
from tenants.database.connection import make_pool, router_transaction
from tenants.errors import NotFound
from tenants.keeping import audit

MAX_TENANTS = 100_000
MAX_TOLD = 20  # faults of one tenant


async def verify(settings: Settings, prepared: Prepared, tenant: str) -> tuple[list[str], bool]:
    """The report's lines, and whether every chain is whole; "" is every tenant. Raises: NotFound."""
    anchors = read_anchors(prepared.data)
    lines: list[str] = []
    whole = True
    async with make_pool(
        prepared.app_url, min_size=1, max_size=2, timeout_seconds=settings.pool_timeout_seconds
    ) as pool:
        async with router_transaction(pool) as router:
            found = await tenants.routes(router, limit=MAX_TENANTS)
        meant = [t for t in found if not tenant or tenant in (str(t.tenant_id), t.slug)]
        if not meant:
            raise NotFound(f"no tenant {tenant!r}")
        for one in meant:
            known = anchors.get(one.tenant_id, [])
            rows, faults = await audit.verify(
                pool, one.tenant_id, master_key=prepared.master_key, anchors=known
            )
            whole = whole and not faults
            state = "whole" if not faults else f"{len(faults)} faults"
            lines.append(f"{one.slug}: {rows} rows, {len(known)} anchors, {state}")
            lines += [f"  {fault}" for fault in faults[:MAX_TOLD]]
    return lines, whole
