"""The demo shop's service beside the server: started, connected to the first demo tenant, ended with it."""

import asyncio
import json
import secrets
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from uuid import UUID

from server.demo_shop.connector import demo_connector
from server.demo_tenants import DemoTenant, demo_tenants
from server.sharing.siblings import Sibling
from settings import Settings
from tenants import tenants
from tenants.actors import SYSTEM
from tenants.configuring import assistants
from tenants.configuring.tool_settings import ToolSetting
from tenants.database.connection import Pool, TenantConnection, tenant_transaction
from tenants.errors import NotFound
from tenants.keys.sealing import Sealer
from tenants.keys.secrets import kept_secret
from tenants.outside import connectors
from tools.catalog import TOOLS

HOME = Path(__file__).resolve().parents[2]
SLUG = "harbour-cycles"
NAME = "Demo shop"
FILE, TOKEN_FILE = "demo-shop.sqlite", "demo-shop.token"
START_SECONDS = 15.0


@asynccontextmanager
async def running_demo_shop(
    pool: Pool, settings: Settings, sealer: Sealer, sibling: Sibling | None = None
) -> AsyncGenerator[str | None]:
    """Where the service is, until the block ends; None where there is no demo, or it will not start.

    Of several processes the first runs it, at a port that all of them know.
    """
    data = settings.data.absolute()
    shop = await _tenant(pool, data) if settings.demo else None
    if shop is None:
        yield None
        return
    port = 0 if sibling is None else sibling.demo_port
    if sibling is not None and sibling.number > 1:
        yield _address(port)
        return
    token = kept_secret(data / TOKEN_FILE, lambda: secrets.token_urlsafe(24))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "server.demo_shop.service",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=HOME,
        start_new_session=True,  # a signal to us is not one to it: it ends when its input does
    )
    try:
        url = await _started(process, {"token": token, "file": str(data / FILE), "port": port})
        if url is not None:
            await _connect(pool, shop, url, token, sealer)
        yield url
    finally:
        if process.stdin is not None:
            process.stdin.close()
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def _tenant(pool: Pool, data: Path) -> DemoTenant | None:
    """The demo tenant that the folder remembers, if this database knows it."""
    shop = next((one for one in demo_tenants(data) if one.slug == SLUG), None)
    route = await tenants.find_slug(pool, SLUG) if shop is not None else None
    known = shop is not None and route is not None and str(route.tenant_id) == shop.tenant_id
    return shop if known else None


async def _started(process: asyncio.subprocess.Process, given: dict[str, str | int]) -> str | None:
    """The address that the service says on its first line."""
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(json.dumps(given).encode() + b"\n")
    try:
        async with asyncio.timeout(START_SECONDS):
            await process.stdin.drain()
            line = await process.stdout.readline()
    except (TimeoutError, ConnectionError):
        return None
    return _address(int(line)) if line.strip().isdigit() else None


def _address(port: int) -> str:
    return f"http://127.0.0.1:{port}"


async def _connect(pool: Pool, shop: DemoTenant, url: str, token: str, sealer: Sealer) -> None:
    """The tenant's connector, made or led to today's port; the assistant's tools where it has none yet."""
    tenant_id, settings = UUID(shop.tenant_id), demo_connector(url)
    async with tenant_transaction(pool, tenant_id) as conn:
        known = [one for one in await connectors.all_of(conn) if one.name == NAME]
        if known:
            await connectors.change(
                conn, known[0].connector_id, sealer=sealer, settings=settings, secret=token
            )
            return
        await connectors.create(
            conn, "http", NAME, settings=settings, secret=token, sealer=sealer, actor=SYSTEM
        )
        with suppress(NotFound):
            await _give_tools(conn, UUID(shop.assistant_id))


async def _give_tools(conn: TenantConnection, assistant_id: UUID) -> None:
    assistant = await assistants.get(conn, assistant_id)
    if assistant.settings.tools:
        return
    tools = [ToolSetting(name=tool.name) for tool in TOOLS]
    changed = assistant.settings.model_copy(update={"tools": tools})
    await assistants.update(conn, assistant_id, changed, actor=SYSTEM)
