"""The port knows one tenant's words and no other's, and keeps them for a version."""

from graphs.words.words_port import PostgresWords
from tenants.database.connection import Pool, tenant_transaction
from tenants.finding import vocabulary
from tenants.finding.search import KnowledgeVersion
from tests.seeds import Seeded, seed_tenant
from tests.tenants.knowledge_made import make_base, put, qa


async def test_a_tenants_words_are_its_own_and_of_its_version(
    pool: Pool, neighbour: Seeded
) -> None:
    seeded = await seed_tenant(pool)
    base = await make_base(pool, seeded.tenant_id)
    await put(pool, seeded.tenant_id, base, qa("Does the Zephyrix float?", "The zephyrix does."))
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        live = await vocabulary.words(conn, base)
        assert live["zephyrix"] > live["float"] > 0
        assert await vocabulary.words(conn, base, 0) == {}
    async with tenant_transaction(pool, neighbour.tenant_id) as conn:
        assert await vocabulary.words(conn, base) == {}

    port = PostgresWords(pool)
    versions = [KnowledgeVersion(base, 1)]
    ours = await port.speller(seeded.tenant_id, versions, "de")
    assert ours.knows("zephyrix")
    theirs = await port.speller(neighbour.tenant_id, versions, "de")
    assert not theirs.knows("zephyrix")
    await put(pool, seeded.tenant_id, base, qa("Is the Wombatron new?", "Yes."))
    assert not (await port.speller(seeded.tenant_id, versions, "de")).knows("wombatron")
    newer = [KnowledgeVersion(base, None)]
    assert (await port.speller(seeded.tenant_id, newer, "de")).knows("wombatron")
    english = await port.speller(seeded.tenant_id, newer, "en")
    assert english.knows("parcel")
    assert not ours.knows("parcel")
