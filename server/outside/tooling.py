"""What tools need of a process: the connectors, a client of their own, and the demo shop where it runs."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from uuid import UUID

from graphs.acting.tool_guard import ToolGuard
from graphs.acting.tool_knowledge import KnowledgeForTools
from graphs.acting.tool_port import HouseTools
from graphs.asking.breaker import Breaker
from graphs.ports import Knowledge
from server.demo_shop.running import running_demo_shop
from server.sharing.siblings import Sibling
from settings import Settings
from tenants.database.connection import Pool
from tenants.errors import Invalid
from tenants.keys.sealing import Sealer
from tenants.knowledge.ingestion import Embedder
from tenants.outside import connectors
from tools.catalog import tool_named
from tools.connecting import StoredConnectors
from tools.egress import EgressPolicy, GuardedClient, guarded_client

CONNECTIONS = 200  # a tenant's slow service takes a few of them; the bulkhead says how many


@dataclass(frozen=True)
class Tooling:
    """The machine's tools, and what their routes need."""

    tools: HouseTools
    connected: StoredConnectors
    sealer: Sealer
    client: GuardedClient
    policy: EgressPolicy

    def forget(self, tenant_id: UUID) -> None:
        """What is connected was changed: this process looks, and tries what failed, again at once."""
        self.connected.forget(tenant_id)
        self.tools.guard.forget(tenant_id)
        self.tools.guard.trust(tenant_id)

    async def check_names(self, tenant_id: UUID, named: Sequence[str]) -> None:
        """That there is a tool of each name. Raises: Invalid."""
        own = {tool.name for tool in (await self.connected.of(tenant_id)).own}
        for place, name in enumerate(named):
            if tool_named(name) is None and name not in own:
                where = f"tools.{place}.name"
                what = f"there is no tool called {name!r}; `GET /v1/tools` lists them"
                raise Invalid(f"{where}: {what}", errors=[{"where": where, "what": what}])


@asynccontextmanager
async def open_tools(
    pool: Pool,
    settings: Settings,
    master_key: bytes,
    embedder: Embedder,
    knowledge: Knowledge,
    sibling: Sibling | None = None,
) -> AsyncGenerator[Tooling]:
    """The tools of this process until the block ends, and with them the demo shop's service."""
    sealer = Sealer(master_key, connectors.PURPOSE)
    async with AsyncExitStack() as stack:
        demo = await stack.enter_async_context(running_demo_shop(pool, settings, sealer, sibling))
        policy = EgressPolicy.parse(settings.egress_allow)
        dialled = policy
        if demo is not None:
            allowed = demo.removeprefix("http://")
            dialled = EgressPolicy.parse(",".join(filter(None, (settings.egress_allow, allowed))))
        client = await stack.enter_async_context(guarded_client(dialled, connections=CONNECTIONS))
        connected = StoredConnectors(pool, sealer, client)
        guard = ToolGuard(make_breaker=lambda: Breaker(rest_seconds=settings.tool_rest_seconds))
        tools = HouseTools(connected, embedder, knowledge=KnowledgeForTools(knowledge), guard=guard)
        ready = asyncio.create_task(tools.get_ready()) if demo is not None else None
        try:
            yield Tooling(tools, connected, sealer, client, policy)
        finally:
            if ready is not None:
                ready.cancel()
                with suppress(asyncio.CancelledError):
                    await ready
