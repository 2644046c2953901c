"""`frontdesk audit`: look at every row of the log and at what is not there any more; write anchors."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

from server.access import anchors
from server.start import Prepared
from settings import Settings
from tenants import tenants
from tenants.database.connection import Pool, make_pool, router_transaction, tenant_transaction
from tenants.errors import NotFound
from tenants.keeping import audit, erasures
from tenants.keeping.audit import Anchor
from tenants.tenants import TenantRoute

MAX_TENANTS = 100_000
MAX_TOLD = 20  # faults of one tenant


async def verify(
    settings: Settings, prepared: Prepared, tenant: str, kept: Path | None = None
) -> tuple[list[str], bool]:
    """The report's lines, and whether every chain is whole; "" is every tenant.

    `kept` is a file of anchors from elsewhere; a tenant that it names and the database does not know
    is a fault, unless it was erased. Raises: NotFound, Invalid.
    """
    known = anchors.read_anchors(prepared.data)
    elsewhere = anchors.read_exported(kept) if kept is not None else {}
    lines: list[str] = []
    whole = True
    async with _opened(settings, prepared) as pool:
        routes = await _meant(pool, tenant, missing_ok=tenant in map(str, elsewhere))
        for one in routes:
            of_tenant = [*known.get(one.tenant_id, []), *elsewhere.pop(one.tenant_id, [])]
            rows, faults = await audit.verify(
                pool, one.tenant_id, master_key=prepared.master_key, anchors=of_tenant
            )
            whole = whole and not faults
            state = "whole" if not faults else f"{len(faults)} faults"
            lines.append(f"{one.slug}: {rows} rows, {len(of_tenant)} anchors, {state}")
            lines += [f"  {fault}" for fault in faults[:MAX_TOLD]]
        for tenant_id in elsewhere:
            if tenant in ("", str(tenant_id)):
                was_erased = await _was_erased(pool, tenant_id)
                whole = whole and was_erased
                state = (
                    "erased, as its receipt says" if was_erased else "an anchor, and no such tenant"
                )
                lines.append(f"{tenant_id}: {state}")
    return lines, whole


async def anchor(settings: Settings, prepared: Prepared, tenant: str) -> list[str]:
    """Where every chain ends now, a line a tenant: to be kept where this server does not write.

    Raises: NotFound.
    """
    lines: list[str] = []
    async with _opened(settings, prepared) as pool:
        for one in await _meant(pool, tenant):
            async with tenant_transaction(pool, one.tenant_id) as conn:
                found = await audit.list_page(conn, audit.Wanted(), limit=1)
            lines += [anchors.line_of(one.tenant_id, Anchor(row.seq, row.hash)) for row in found]
    return lines


@asynccontextmanager
async def _opened(settings: Settings, prepared: Prepared) -> AsyncGenerator[Pool]:
    async with make_pool(
        prepared.app_url, min_size=1, max_size=2, timeout_seconds=settings.pool_timeout_seconds
    ) as pool:
        yield pool


async def _meant(pool: Pool, tenant: str, *, missing_ok: bool = False) -> list[TenantRoute]:
    async with router_transaction(pool) as router:
        found = await tenants.routes(router, limit=MAX_TENANTS)
    meant = [one for one in found if not tenant or tenant in (str(one.tenant_id), one.slug)]
    if not meant and tenant and not missing_ok:
        raise NotFound(f"no tenant {tenant!r}")
    return meant


async def _was_erased(pool: Pool, tenant_id: UUID) -> bool:
    async with tenant_transaction(pool, tenant_id) as conn:
        receipts = await erasures.list_page(conn, limit=20)
    return any(one.subject == "tenant" and one.finished_at is not None for one in receipts)
