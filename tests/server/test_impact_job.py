"""Three hundred recorded questions put to two versions: as a job, for their own tenant, in time."""

import os
import time
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass
from uuid import UUID

import pytest
from psycopg import sql

from graphs.asking.models import Models
from server.learning.learning_impact import Asked
from server.learning.learning_jobs import IMPACT, preview_impact
from server.working.job_run import JobHouse, JobRun
from settings import Settings
from tenants.actors import SYSTEM
from tenants.configuring import assistants
from tenants.configuring.assistants import AssistantSettings
from tenants.database.connection import Pool, TenantConnection, make_pool, tenant_transaction
from tenants.database.postgres import EmbeddedPostgres
from tenants.errors import NotFound
from tenants.finding.embedding_models import OnlyModel
from tenants.knowledge import knowledge_versions
from tenants.lessons import impact_reports
from tenants.working import jobs
from tests.databases import Database, fresh_database
from tests.seeds import Seeded, seed_tenant
from tests.tenants.asking import ask
from tests.tenants.knowledge_made import WordEmbedder, make_base, put, qa

QUESTIONS = 300
ENTRIES = (
    ("Which lamps dim softly at night?", "The brass lamps dim by a wheel."),
    ("Where do oak tables come from?", "Our oak grows in the Harz."),
    ("Can chairs be stacked outdoors?", "Up to six, under a roof."),
    ("Who hangs heavy mirrors up?", "Two fitters, on Fridays."),
    ("Does wool carpet shed fibres?", "It does for some weeks."),
    ("May shelves carry encyclopedias safely?", "Forty kilos a board."),
    ("Will velvet sofas fade quickly?", "Keep them from the sun."),
    ("How wide are bunk beds inside?", "Ninety centimetres of room."),
)
FILLERS = ("so", "please", "there", "about", "at", "if", "or")  # of no weight in a question


@dataclass(frozen=True)
class Changed:
    """A tenant whose first knowledge base was changed after 300 questions were asked."""

    seeded: Seeded
    base: UUID
    before: int
    after: int


@pytest.fixture(scope="module")
def database(postgres: EmbeddedPostgres) -> Generator[Database]:
    """A database in which no server of other tests groups what these tests ask."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with fresh_database(postgres, f"impact_{worker}") as made:
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


@pytest.fixture
async def changed(pool: Pool, neighbour: Seeded) -> Changed:
    seeded = await seed_tenant(pool)
    base = await make_base(pool, seeded.tenant_id)
    other = await make_base(pool, seeded.tenant_id)
    settings = AssistantSettings(name="Mia", knowledge_base_ids=[other, base])
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await assistants.update(conn, seeded.assistant_id, settings, actor=SYSTEM)
    await put(pool, seeded.tenant_id, other, qa("Where is the shop?", "By the harbour."))
    await put(pool, seeded.tenant_id, base, *(qa(*entry) for entry in ENTRIES[:4]))
    before = await live(pool, seeded.tenant_id, base)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await conn.execute(  # so that the next write begins a version of its own
            """
            update knowledge_versions
               set created_at = created_at - interval '1 minute'
             where tenant_id = %(tenant_id)s
            """
        )
    await put(pool, seeded.tenant_id, base, *(qa(*entry) for entry in ENTRIES[4:]))
    asked = [
        f"{FILLERS[n // 8 // 7]} {FILLERS[n // 8 % 7]} {ENTRIES[n % 8][0]}"
        for n in range(QUESTIONS)
    ]
    await ask(pool, seeded, base, *asked)
    await ask(pool, seeded, base, *asked[4:8], "Where is the shop?")
    await ask(pool, neighbour, None, *asked)
    return Changed(seeded, base, before, await live(pool, seeded.tenant_id, base))


async def live(pool: Pool, tenant_id: UUID, base: UUID) -> int:
    async with tenant_transaction(pool, tenant_id) as conn:
        return await knowledge_versions.resolve(conn, base, "live")


async def test_an_impact_preview_of_300_questions(
    pool: Pool, changed: Changed, neighbour: Seeded
) -> None:
    tenant_id = changed.seeded.tenant_id
    asked = Asked(changed.base, changed.after, changed.before, days=30, limit=500)
    async with tenant_transaction(pool, tenant_id) as conn:
        job_id = await jobs.create(conn, IMPACT, total=QUESTIONS, given=asked.given())
        tables = ("messages", "turns", "usage_ledger", "knowledge_suggestions")
        counted = {table: await _rows(conn, table) for table in tables}
    house = JobHouse(pool, OnlyModel(WordEmbedder()), Settings(), Models())
    began = time.monotonic()
    shown = await preview_impact(JobRun(tenant_id, job_id, asked.given(), house))
    assert time.monotonic() - began < 60
    counts = shown["counts"]
    assert shown["questions"] == QUESTIONS + 1
    half = sum(n % 8 >= 4 for n in range(QUESTIONS))
    assert counts["newly_answered"] + counts["changed"] == half, counts
    assert counts["newly_answered"] > 0.9 * half
    assert counts["no_longer_answered"] == 0
    async with tenant_transaction(pool, tenant_id) as conn:
        report = (await impact_reports.get(conn, changed.base, job_id)).details
        assert (await jobs.get(conn, job_id)).status == "succeeded"
        assert counted == {table: await _rows(conn, table) for table in tables}, "no effect"
    often = report["newly_answered"]
    assert [one["asked"] for one in often[:5]] == [2, 2, 2, 2, 1]
    assert sum(counts.values()) - counts["still_unanswered"] == QUESTIONS + 1
    async with tenant_transaction(pool, neighbour.tenant_id) as conn:
        with pytest.raises(NotFound):
            await impact_reports.get(conn, changed.base, job_id)
    async with tenant_transaction(pool, tenant_id) as conn:
        await impact_reports.forget(conn, changed.base)
        with pytest.raises(NotFound):
            await impact_reports.get(conn, changed.base, job_id)


async def _rows(conn: TenantConnection, table: str) -> int:
    cursor = await conn.raw.execute(
        sql.SQL("select count(*) from {}").format(sql.Identifier(table))
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])
