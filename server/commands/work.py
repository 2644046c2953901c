"""What commands do with the database and the embedding model: work on jobs, make a tenant."""

import asyncio
import signal
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

import typer

from graphs.acting.action_desk import PostgresActionDesk
from graphs.embedding.embedders import Embedders
from server.access.keyrings import open_keyring
from server.access.sign_in_links import new_link
from server.demo_tenants import demo_tenants
from server.models import open_embedders, open_models
from server.outside.effects import open_sender
from server.running.leaving import Leaving, ThreadsLeftBehind
from server.start import Prepared
from server.working.job_kinds import JOB_KINDS, PERIODIC
from server.working.job_run import JobHouse
from server.working.jobs import open_jobs
from settings import Settings
from tenants import tenants
from tenants.database.connection import Pool, make_pool, tenant_transaction
from tenants.database.isolation import assert_isolated
from tenants.errors import NotFound
from tenants.keys.sealing import Sealer
from tenants.keys.secrets import pepper
from tenants.onboarding import NewTenant
from tenants.onboarding import create_tenant as create
from tenants.outside import channels, connectors
from tenants.people import operators
from tools.connecting import StoredConnectors
from tools.egress import EgressPolicy, guarded_client

STOP_SECONDS = 9.0  # for what is in the middle; then the process goes as it stands


async def work(settings: Settings, prepared: Prepared) -> None:
    """Work on long jobs and send what leaves until SIGINT or SIGTERM; what is in the middle goes on elsewhere."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadsLeftBehind())
    leaving = Leaving(STOP_SECONDS, on_late=prepared.leave_at_once)
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    async with AsyncExitStack() as stack:
        pool, embedders = await stack.enter_async_context(opened(settings, prepared))
        models = open_models(settings)
        stack.push_async_callback(models.close)
        house = JobHouse(pool, embedders, settings, models, prepared.owner_url)
        await stack.enter_async_context(
            open_jobs(prepared.app_url, house, kinds=JOB_KINDS, periodic=PERIODIC)
        )
        sealer = Sealer(prepared.master_key, channels.PURPOSE)
        client = await stack.enter_async_context(
            guarded_client(EgressPolicy.parse(settings.egress_allow))
        )
        connected = StoredConnectors(pool, Sealer(prepared.master_key, connectors.PURPOSE), client)
        desk = PostgresActionDesk(pool, connected)
        await stack.enter_async_context(open_sender(pool, settings, sealer, desk=desk))
        typer.echo("working; stop with Ctrl-C")
        await stopped.wait()
        leaving.begin()


async def new_tenant(
    settings: Settings, prepared: Prepared, name: str, slug: str | None
) -> NewTenant:
    """A tenant with its first key, knowledge base and assistant. Raises: SlugTaken, Invalid."""
    async with opened(settings, prepared) as (pool, embedders):
        return await create(
            pool,
            name,
            slug,
            pepper=pepper(prepared.master_key),
            embedding_model=embedders.default.model_id,
            dimension=embedders.default.dimension,
        )


async def sign_in_path(settings: Settings, prepared: Prepared, slug: str, email: str) -> str:
    """The path of a fresh sign-in link. Raises: NotFound."""
    demo = demo_tenants(prepared.data)
    async with make_pool(
        prepared.app_url, min_size=1, max_size=2, timeout_seconds=settings.pool_timeout_seconds
    ) as pool:
        wanted = slug or (demo[0].slug if demo else "")
        route = await tenants.find_slug(pool, wanted)
        if route is None:
            raise NotFound(f"no tenant has the slug {wanted!r}")
        async with tenant_transaction(pool, route.tenant_id) as conn:
            found = await operators.list_page(conn, limit=1_000)
    for one in found:
        if one.disabled_at is None and email.lower() in ("", one.email):
            path, _ = new_link(prepared.master_key, route.tenant_id, one.operator_id)
            return path
    raise NotFound(f"the tenant {wanted!r} has no such operator")


@asynccontextmanager
async def opened(settings: Settings, prepared: Prepared) -> AsyncGenerator[tuple[Pool, Embedders]]:
    embedders = await asyncio.to_thread(open_embedders, settings)
    try:
        async with make_pool(
            prepared.app_url,
            min_size=1,
            max_size=settings.pool_max,
            timeout_seconds=settings.pool_timeout_seconds,
            keys=open_keyring(settings, prepared.master_key),
        ) as pool:
            await assert_isolated(pool)
            yield pool, embedders
    finally:
        await embedders.aclose()
