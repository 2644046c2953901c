"""A database whose queue no server of other tests works."""

import os
from collections.abc import AsyncGenerator, Generator

import pytest

from tenants.database.connection import Pool, make_pool
from tenants.database.postgres import EmbeddedPostgres
from tests.databases import Database, fresh_database
from tests.seeds import Seeded, seed_tenant


@pytest.fixture(scope="module")
def database(postgres: EmbeddedPostgres) -> Generator[Database]:
    """A database whose queue no server of other tests works."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with fresh_database(postgres, f"jobs_{worker}") as made:
        yield made


@pytest.fixture(scope="module")
async def pool(database: Database, anyio_backend: str) -> AsyncGenerator[Pool]:
    """The app role's connections to it."""
    async with make_pool(database.app, min_size=2, max_size=8, timeout_seconds=20) as opened:
        yield opened


@pytest.fixture(scope="module")
async def neighbour(pool: Pool) -> Seeded:
    """A second tenant in it."""
    return await seed_tenant(pool, "Neighbour")
