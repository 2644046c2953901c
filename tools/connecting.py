"""What a tenant's connectors make of its shop and of its own tools, kept for a moment in each process."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from pydantic import ValidationError

from tenants.database.connection import Pool, tenant_transaction
from tenants.errors import Unavailable
from tenants.keys.sealing import Sealer
from tenants.outside import connectors
from tools.connector import Connector
from tools.connector_settings import ConnectorSettings
from tools.contract import Tool
from tools.egress import GuardedClient
from tools.http_shop import HttpShop
from tools.ports import NoShop, Shop

KEPT_SECONDS = 1.0
MOST_KEPT = 5_000


@dataclass(frozen=True, slots=True)
class Connected:
    """A tenant's shop, the parts of it that something serves, and tools of the tenant's own."""

    shop: Shop
    parts: frozenset[str] = frozenset()
    own: tuple[Tool, ...] = ()


class TenantTools(Protocol):
    """Whoever knows what a tenant has connected."""

    async def of(self, tenant_id: UUID) -> Connected:
        """What is connected now."""
        ...


class NothingConnected:
    """`TenantTools` of a house without connectors."""

    async def of(self, tenant_id: UUID) -> Connected:
        """Nothing."""
        return Connected(NoShop())


class StoredConnectors:
    """`TenantTools` by the connectors in the database, read anew when a second old."""

    def __init__(
        self,
        pool: Pool,
        sealer: Sealer,
        client: GuardedClient,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pool = pool
        self._sealer = sealer
        self._client = client
        self._clock = clock
        self._kept: dict[UUID, tuple[float, Connected]] = {}

    async def of(self, tenant_id: UUID) -> Connected:
        """What the tenant has connected and not disabled; what cannot be opened is left out."""
        kept = self._kept.get(tenant_id)
        now = self._clock()
        if kept is not None and now - kept[0] < KEPT_SECONDS:
            return kept[1]
        async with tenant_transaction(self._pool, tenant_id) as conn:
            rows = await connectors.all_of(conn)
        made = [
            one
            for one in (self._made(tenant_id, row) for row in rows if row.disabled_at is None)
            if one is not None
        ]
        parts = frozenset(part for one in made for part in one.settings.parts())
        connected = Connected(HttpShop(made), parts)
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[tenant_id] = (now, connected)
        return connected

    def forget(self, tenant_id: UUID) -> None:
        """Read the tenant's connectors anew the next time."""
        self._kept.pop(tenant_id, None)

    def _made(self, tenant_id: UUID, row: connectors.Connector) -> Connector | None:
        if row.kind != "http":
            return None
        try:
            settings = ConnectorSettings.model_validate(row.settings)
            secret = row.opened(tenant_id, self._sealer)
        except (ValidationError, Unavailable):
            return None
        return Connector(row.name, settings, secret, self._client)
