"""`frontdesk doctor`: everything the server needs, what is wrong with it and how to mend it."""

import asyncio
import shutil
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path

import httpx2
import psycopg
import typer
from psycopg_pool import PoolTimeout

from graphs.embedding.embeddings import LOCAL_MODEL_ID, WeightsMissing, open_embeddings
from server.commands.doctor_models import look_at_models
from server.commands.doctor_redis import look_at_redis
from server.commands.findings import Finding
from server.start import HOME, Prepared, StartFailed, check_port, database
from settings import Settings
from tenants.database.connection import make_pool
from tenants.database.isolation import isolation_faults
from tenants.database.migrate import current_revision, head_revision, is_newer
from tenants.database.postgres_install import PostgresFailed
from tenants.errors import DeskError, Unavailable

FREE_BYTES = 1_000_000_000


async def examine(settings: Settings) -> bool:
    """Print every finding; whether all is well."""
    healthy = True
    async for found in _findings(settings):
        typer.echo(f"{found.mark} {found.what:<12} {found.saw}")
        if not found.well:
            typer.echo(f"     {'':<12} → {found.mend}")
            healthy = False
    typer.echo("all is well" if healthy else "something is wrong, see above")
    return healthy


async def _findings(settings: Settings) -> AsyncGenerator[Finding]:
    yield _python()
    yield _checkout()
    yield _disk(settings.data)
    yield _port(settings)
    yield await asyncio.to_thread(_embeddings, settings)
    try:
        with database(settings) as prepared:
            yield Finding("keys", True, f"platform and master key in {prepared.data} or given")
            for look in (_server, _migrations, _isolation):
                found = await _safely(look, prepared)
                yield found
                if not found.well:  # what follows needs it
                    break
    except (PostgresFailed, StartFailed, DeskError) as error:
        mend = f"see {settings.data / 'pg.log'}, or give FRONTDESK_DATABASE_URL"
        yield Finding("database", False, str(error), mend)
    yield await look_at_redis(settings)
    for found in await look_at_models(settings):
        yield found


def _python() -> Finding:
    saw = ".".join(map(str, sys.version_info[:3]))
    return Finding("python", sys.version_info >= (3, 11), saw, "use Python 3.11 or newer")


def _checkout() -> Finding:
    import server

    found = Path(str(server.__file__)).resolve().parents[1]
    return Finding("checkout", found == HOME.resolve(), str(found), "run `make install` here")


def _disk(data: Path) -> Finding:
    place = next(path for path in (data.absolute(), *data.absolute().parents) if path.exists())
    free = shutil.disk_usage(place).free
    saw = f"{free / 1e9:.1f} GB free at {place}"
    return Finding("disk", free >= FREE_BYTES, saw, "free at least 1 GB, or choose another --data")


def _port(settings: Settings) -> Finding:
    try:
        check_port(settings.host, settings.port)
    except StartFailed as error:
        url = f"http://{settings.host}:{settings.port}"
        try:
            ours = httpx2.get(f"{url}/healthz", timeout=3, trust_env=False).is_success
        except httpx2.HTTPError:
            ours = False
        if ours:
            return Finding("port", True, f"a server of ours answers at {url}")
        return Finding("port", False, str(error), "stop that program or choose another port")
    return Finding("port", True, f"{settings.host}:{settings.port} is free")


def _embeddings(settings: Settings) -> Finding:
    mend = "run `make install`"
    if settings.embeddings != LOCAL_MODEL_ID:
        mend = "check FRONTDESK_EMBEDDINGS and the provider's key"
    try:
        opened = open_embeddings(settings.embeddings, threads=settings.embedding_threads)
        opened.close()
    except WeightsMissing as error:
        return Finding("embeddings", False, str(error), mend)
    except Exception as error:  # every provider has an error tree of its own
        return Finding("embeddings", False, f"{type(error).__name__}: {error}", mend)
    saw = f"{opened.model_id}, {opened.dimension} numbers a vector"
    return Finding("embeddings", True, saw)


async def _safely(look: Callable[[Prepared], Awaitable[Finding]], prepared: Prepared) -> Finding:
    try:
        return await look(prepared)
    except (psycopg.Error, PoolTimeout) as error:
        mend = "check FRONTDESK_DATABASE_URL; is that PostgreSQL running?"
        return Finding("database", False, str(error).strip(), mend)


async def _server(prepared: Prepared) -> Finding:
    async with await psycopg.AsyncConnection.connect(prepared.app_url, connect_timeout=5) as conn:
        row = await (
            await conn.execute("select extversion from pg_extension where extname = 'vector'")
        ).fetchone()
        major = conn.info.server_version // 10_000
    saw = f"PostgreSQL {major}" + (f" with pgvector {row[0]}" if row else " without pgvector")
    if prepared.embedded:
        saw += ", embedded"
    mend = "PostgreSQL 16 or newer with `create extension vector` is needed"
    return Finding("database", major >= 16 and row is not None, saw, mend)


async def _migrations(prepared: Prepared) -> Finding:
    current = await asyncio.to_thread(current_revision, prepared.owner_url)
    saw = f"revision {current}, newest {head_revision()}"
    try:
        if await asyncio.to_thread(is_newer, prepared.owner_url):
            saw += "; a newer release's, which lets this one serve"
            return Finding("migrations", True, saw, "")
    except Unavailable as error:
        return Finding("migrations", False, saw, error.detail)
    return Finding("migrations", current == head_revision(), saw, "run `frontdesk migrate`")


async def _isolation(prepared: Prepared) -> Finding:
    async with make_pool(prepared.app_url, min_size=1, max_size=1, timeout_seconds=5) as pool:
        faults = await isolation_faults(pool)
    saw = "; ".join(faults) or "tenants are apart: roles and row-level security are right"
    return Finding(
        "isolation", not faults, saw, "run `frontdesk migrate`; the app must own nothing"
    )
