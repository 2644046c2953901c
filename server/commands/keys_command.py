"""`frontdesk keys`: which master keys wrap the data keys, and wrapping them anew."""

from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import typer

from server.access.keyrings import open_keyring
from server.start import Prepared
from server.working import resealing
from server.working.every_tenant import every_tenant
from settings import Settings
from tenants.database.connection import Pool, make_pool, tenant_transaction
from tenants.keys import key_rotation
from tenants.keys.keyring import Keyring


async def list_keys(settings: Settings, prepared: Prepared) -> None:
    """Print how many data keys each master key wraps; `*` stands at the one in use."""
    async with _opened(settings, prepared) as (pool, ring):
        keys: Counter[tuple[str, str]] = Counter()
        under_old = 0
        async for tenant_id in every_tenant(pool):
            under_old += await resealing.left(pool, tenant_id)
            async with tenant_transaction(pool, tenant_id) as conn:
                for one in await key_rotation.counted(conn):
                    keys[one.master_id, one.of] += one.keys
    for (master_id, of), n in sorted(keys.items()):
        mark = "*" if master_id == ring.master.master_id else " "
        typer.echo(f"{mark} {master_id}  {of:<8} {n}")
    if not keys:
        typer.echo("there are no data keys yet")
    if under_old:
        typer.echo(f"{under_old} values lie under old versions; they are sealed anew by and by")


async def rotate(settings: Settings, prepared: Prepared) -> None:
    """Wrap every data key under the newest master key, and give every tenant a new version."""
    async with _opened(settings, prepared) as (pool, ring):
        wrapped, renewed = await rotate_all(pool, ring)
    typer.echo(f"{wrapped} data keys wrapped anew, {renewed} tenants have a new version")


async def reseal(settings: Settings, prepared: Prepared) -> None:
    """Seal anew, now, what lies under old versions of keys; a line a slice says how far it is."""
    done: Counter[str] = Counter()

    def tell(table: str, n: int) -> None:
        done[table] += n
        typer.echo(f"{table:<24} {done[table]}")

    async with _opened(settings, prepared) as (pool, _):
        total = await resealing.reseal_all(pool, on_slice=tell)
    typer.echo(f"{total} values sealed anew")


async def rotate_all(pool: Pool, ring: Keyring) -> tuple[int, int]:
    """How many keys were wrapped anew, of how many tenants; servers go on meanwhile.

    Run again after a crash it goes on where it stopped. Raises: Unavailable.
    """
    wrapped = renewed = 0
    async for tenant_id in every_tenant(pool):
        while True:
            async with tenant_transaction(pool, tenant_id) as conn:
                done = await key_rotation.rewrap_slice(conn, ring.master)
            wrapped += done
            if done < key_rotation.SLICE:
                break
        async with tenant_transaction(pool, tenant_id) as conn:
            await key_rotation.renew(conn, ring.master)
        renewed += 1
    return wrapped, renewed


@asynccontextmanager
async def _opened(settings: Settings, prepared: Prepared) -> AsyncGenerator[tuple[Pool, Keyring]]:
    ring = open_keyring(settings, prepared.master_key)
    async with make_pool(
        prepared.app_url,
        min_size=1,
        max_size=2,
        timeout_seconds=settings.pool_timeout_seconds,
        keys=ring,
    ) as pool:
        yield pool, ring
