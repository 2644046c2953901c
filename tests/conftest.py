"""Fixtures that several folders need. A test that asks for `pool` is a database test.

The event loop lives as long as the session (`anyio_backend` has that scope), so a pool opened
once serves all tests. Tests commit; each makes tenants of its own, and `neighbour` is one that
must never show up in anybody's results.
"""

import os
from collections.abc import AsyncIterator, Iterator

import pytest
import structlog

from tenants.database.connection import Pool, make_pool
from tenants.database.isolation import assert_isolated
from tenants.database.postgres import EmbeddedPostgres
from tests.databases import Database, cluster, fresh_database, keyring_of_tests
from tests.seeds import Seeded, seed_tenant

_NEEDS_DATABASE = {"postgres", "database", "pool", "empty_database"}


def pytest_configure() -> None:
    """Errors in plain lines: drawing them with every local variable would hold up a server for seconds."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.dev.ConsoleRenderer(
                colors=False, exception_formatter=structlog.dev.plain_traceback
            ),
        ]
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Kinds follow from fixtures: `db` for a database, `e2e` for the folder of that name."""
    for item in items:
        names: set[str] = set(getattr(item, "fixturenames", ()))
        if names & _NEEDS_DATABASE:
            item.add_marker("db")
        if "live_model" in names:
            item.add_marker("live")  # `make` never asks for these: they call a provider
        if item.path.parent.name == "e2e":
            item.add_marker("e2e")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """The run's PostgreSQL, shared by all workers of pytest-xdist."""
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    with cluster(root / "cluster") as server:
        yield server


@pytest.fixture(scope="session")
def database(postgres: EmbeddedPostgres) -> Iterator[Database]:
    """This worker's migrated database."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with fresh_database(postgres, f"test_{worker}") as made:
        yield made


@pytest.fixture
def empty_database(postgres: EmbeddedPostgres) -> Iterator[Database]:
    """A database of this test alone, nothing migrated yet."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with fresh_database(postgres, f"empty_{worker}", empty=True) as made:
        yield made


@pytest.fixture(scope="session")
async def pool(database: Database, anyio_backend: str) -> AsyncIterator[Pool]:
    """The app role's connections to this worker's database."""
    opened = make_pool(
        database.app, min_size=2, max_size=16, timeout_seconds=20, keys=keyring_of_tests()
    )
    async with opened:
        await opened.wait()
        await assert_isolated(opened)
        yield opened


@pytest.fixture(scope="session")
async def neighbour(pool: Pool) -> Seeded:
    """A second tenant whose rows no other tenant may ever see."""
    return await seed_tenant(pool, "Neighbour")
