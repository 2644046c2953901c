"""What a tenant's connectors make of its shop and of its own tools, kept for a moment in each process."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, cast
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
from tools.mcp_calls import McpService
from tools.openapi_calls import OpenApiService
from tools.own_operations import ChosenOperation
from tools.own_settings import OwnSettings
from tools.own_tools import OwnTool, own_tools
from tools.ports import NoShop, Shop

KEPT_SECONDS = 1.0
MOST_KEPT = 5_000
AnyService = OpenApiService | McpService


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
        self._own: dict[UUID, tuple[datetime, Sequence[OwnTool]]] = {}
        # by connector, for another's server may say the same: a chosen tool's fingerprint, until when
        self._seen: dict[UUID, dict[str, float]] = {}

    async def of(self, tenant_id: UUID) -> Connected:
        """What the tenant has connected and not disabled; what cannot be opened is left out."""
        kept = self._kept.get(tenant_id)
        now = self._clock()
        if kept is not None and now - kept[0] < KEPT_SECONDS:
            return kept[1]
        async with tenant_transaction(self._pool, tenant_id) as conn:
            rows = await connectors.all_of(conn)
        rows = [row for row in rows if row.disabled_at is None]
        made = [one for one in (self._made(tenant_id, row) for row in rows) if one is not None]
        parts = frozenset(part for one in made for part in one.settings.parts())
        own: dict[str, Tool] = {}
        for row in rows:  # of two of the same name the older connector's counts
            own = {tool.name: tool for tool in self._own_of(tenant_id, row)} | own
        connected = Connected(HttpShop(made), parts, tuple(own.values()))
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[tenant_id] = (now, connected)
        return connected

    def forget(self, tenant_id: UUID) -> None:
        """Read the tenant's connectors anew the next time."""
        self._kept.pop(tenant_id, None)

    def service_of(self, tenant_id: UUID, row: connectors.Connector) -> AnyService:
        """Whoever makes the calls of a connector with tools of the tenant's own.

        Raises: ValidationError, Unavailable.
        """
        settings = OwnSettings.model_validate(row.settings)
        secret = row.opened(tenant_id, self._sealer)
        if row.kind == "openapi":
            return OpenApiService(row.name, settings, secret, self._client)

        async def changed(operations: Sequence[Mapping[str, Any]]) -> None:
            async with tenant_transaction(self._pool, tenant_id) as conn:
                await connectors.look(conn, row.connector_id, connectors.Looked(operations))
            self.forget(tenant_id)

        if len(self._seen) >= MOST_KEPT:
            self._seen.clear()
        seen = self._seen.setdefault(row.connector_id, {})
        return McpService(row.name, settings, secret, self._client, changed, seen)

    def _own_of(self, tenant_id: UUID, row: connectors.Connector) -> Sequence[OwnTool]:
        """The tools of one connector, made anew where it was changed."""
        if row.kind == "http" or not row.chosen:
            return ()
        kept = self._own.get(row.connector_id)
        if kept is not None and kept[0] == row.updated_at:
            return kept[1]
        try:
            service = self.service_of(tenant_id, row)
            knows_keys = bool(service.settings.idempotency_header)
            tools = own_tools(
                cast(list[ChosenOperation], row.chosen),
                service,
                knows_keys=knows_keys,
                suspended=row.suspended,
            )
        except (ValidationError, Unavailable):
            tools = []
        if len(self._own) >= MOST_KEPT:
            self._own.clear()
        self._own[row.connector_id] = (row.updated_at, tools)
        return tools

    def _made(self, tenant_id: UUID, row: connectors.Connector) -> Connector | None:
        if row.kind != "http":
            return None
        try:
            settings = ConnectorSettings.model_validate(row.settings)
            secret = row.opened(tenant_id, self._sealer)
        except (ValidationError, Unavailable):
            return None
        return Connector(row.name, settings, secret, self._client)
