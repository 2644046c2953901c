"""The periodic work gives silent conversations their outcome, for every tenant, once."""

from graphs.asking.models import Models
from server.working.job_kinds import PERIODIC
from server.working.job_run import JobHouse
from settings import Settings
from tenants.database.connection import Pool
from tenants.finding.embedding_models import OnlyModel
from tests.seeds import Seeded, seed_tenant
from tests.tenants.knowledge_made import WordEmbedder
from tests.tenants.transcripts.test_outcomes import listed, one_turn


async def test_every_tenants_silent_conversations_are_settled_once(
    pool: Pool, neighbour: Seeded
) -> None:
    house = JobHouse(pool, OnlyModel(WordEmbedder()), Settings(), Models())
    one, other = await seed_tenant(pool), await seed_tenant(pool, "Clinic")
    await one_turn(pool, one, "answered", recoveries=["spelling"])
    await one_turn(pool, other, "open")
    _, settle = PERIODIC["outcomes"]
    for _ in range(2):
        await settle(house)
    assert await listed(pool, one) == ["resolved_by_assistant"]
    assert await listed(pool, other) == ["abandoned"]
    assert await listed(pool, neighbour) == []
