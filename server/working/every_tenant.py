"""All tenants, one after the other, for work that goes through them."""

from collections.abc import AsyncGenerator
from uuid import UUID

from tenants import tenants
from tenants.database.connection import Pool, router_transaction

_PAGE = 500


async def every_tenant(pool: Pool) -> AsyncGenerator[UUID]:
    """Every tenant that is not being erased; no connection is held between two of them."""
    after: UUID | None = None
    while True:
        async with router_transaction(pool) as router:
            found = await tenants.routes(router, limit=_PAGE, after=after)
        for one in found:
            if one.status != "erasing":
                yield one.tenant_id
        if len(found) < _PAGE:
            return
        after = found[-1].tenant_id
