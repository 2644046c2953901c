"""What commands do with the database and the embedding model: work on jobs, make a tenant."""

import asyncio
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import typer

from graphs.embeddings import ModelEmbedder, open_embeddings
from server.jobs import open_jobs
from server.start import Prepared
from settings import Settings
from tenants.connection import Pool, make_pool
from tenants.isolation import assert_isolated
from tenants.onboarding import NewTenant
from tenants.onboarding import create_tenant as create
from tenants.secrets import pepper


async def work(settings: Settings, prepared: Prepared) -> None:
    """Work on long jobs until SIGINT or SIGTERM; what is in the middle goes on elsewhere."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with (
        _opened(settings, prepared) as (pool, embedder),
        open_jobs(prepared.app_url, pool=pool, embedder=embedder),
    ):
        typer.echo("working; stop with Ctrl-C")
        await stopped.wait()


async def new_tenant(
    settings: Settings, prepared: Prepared, name: str, slug: str | None
) -> NewTenant:
    """A tenant with its first key, knowledge base and assistant. Raises: SlugTaken, Invalid."""
    async with _opened(settings, prepared) as (pool, embedder):
        return await create(
            pool,
            name,
            slug,
            pepper=pepper(prepared.master_key),
            embedding_model=embedder.model_id,
            dimension=embedder.dimension,
        )


@asynccontextmanager
async def _opened(
    settings: Settings, prepared: Prepared
) -> AsyncGenerator[tuple[Pool, ModelEmbedder]]:
    embedder = open_embeddings(settings.embeddings, threads=settings.embedding_threads)
    try:
        async with make_pool(
            prepared.app_url,
            min_size=1,
            max_size=settings.pool_max,
            timeout_seconds=settings.pool_timeout_seconds,
        ) as pool:
            await assert_isolated(pool)
            yield pool, embedder
    finally:
        embedder.close()
