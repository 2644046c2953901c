"""Fixtures that several folders need. A test that asks for `pool` is a database test.

The event loop lives as long as the session (`anyio_backend` has that scope), so a pool opened
once serves all tests. Tests commit; each makes tenants of its own, and `neighbour` is one that
must never show up in anybody's results.
"""

import gc
import os
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from tenants.database.connection import Pool, make_pool
from tenants.database.isolation import assert_isolated
from tenants.database.postgres import EmbeddedPostgres
from tests.databases import Database, cluster, fresh_database, keyring_of_tests
from tests.seeds import Seeded, seed_tenant

_NEEDS_DATABASE = {"postgres", "database", "pool", "empty_database"}
YOUNG_OBJECTS = 20_000  # as a server has it
ROOT = Path(__file__).parent
LONGEST = (
    "chaos/test_round.py",
    "e2e/test_payloads.py",
    "e2e/test_console_readable.py",
    "e2e/test_platform.py",
    "e2e/test_bad_input.py",
    "canaries/test_canaries.py",
    "surface/test_surface.py",
    "e2e/test_done_once.py",
    "e2e/test_takeover.py",
    "tools/test_add_a_tool.py",
    "server/test_cuts.py",
    "server/test_acting_kills.py",
    "server/test_thread_race.py",
    "e2e/test_import_survives.py",
    "e2e/test_console_settings.py",
    "e2e/test_console_covered.py",
    "e2e/test_console_inbox.py",
    "e2e/test_burst_callers.py",
    "e2e/test_slept.py",
    "e2e/test_drain.py",
    "e2e/test_story.py",
    "tenants/parsing/test_nasty_files.py",
    "server/test_impact_job.py",
    "server/test_turn_executor.py",
    "server/test_talking.py",
    "server/access/test_second_factors.py",
)


def pytest_configure(config: pytest.Config) -> None:
    """Errors in plain lines: drawing them with every local variable would hold up a server for seconds."""
    if not config.getoption("numprocesses", None):  # pytest-xdist's own process collects nothing
        gc.disable()  # what is loaded while tests are collected stays
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
    _begin_with_the_longest(items)
    for item in items:
        names: set[str] = set(getattr(item, "fixturenames", ()))
        if names & _NEEDS_DATABASE:
            item.add_marker("db")
        if "live_model" in names:
            item.add_marker("live")  # `make` never asks for these: they call a provider
        if item.path.parent.name == "e2e":
            item.add_marker("e2e")


def _begin_with_the_longest(items: list[pytest.Item]) -> None:
    """Files that take minutes first, then by how many tests they hold: a worker that begins with a
    long one at the end leaves the others with nothing to do.
    """
    sizes = Counter(item.path for item in items)
    long = {ROOT / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: (long.get(item.path, len(long)), -sizes[item.path], item.path))


def pytest_collection_finish() -> None:
    """From here on look for garbage among what tests make, as a server does after its start."""
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 20)
    gc.enable()


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
