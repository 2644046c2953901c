"""The port finds and reads for one tenant, and embeds without holding a connection."""

import asyncio

from graphs.knowing.knowledge_port import PostgresKnowledge
from graphs.knowing.turn_searches import turn_searches
from tenants.database.connection import Pool, tenant_transaction
from tenants.finding.embedding_models import OnlyModel
from tenants.finding.search import KnowledgeVersion
from tests.graphs.embedding.test_question_vectors import CountingEmbedder
from tests.seeds import Seeded, seed_tenant
from tests.tenants.knowledge_made import WordEmbedder, make_base, put, qa


async def test_the_port_finds_and_reads(pool: Pool, neighbour: Seeded) -> None:
    seeded = await seed_tenant(pool)
    base = await make_base(pool, seeded.tenant_id)
    await put(pool, seeded.tenant_id, base, qa("Gift wrap?", "Yes, for 3 EUR."))
    port = PostgresKnowledge(pool, OnlyModel(WordEmbedder()))
    versions = [KnowledgeVersion(base)]
    [found] = await port.search(seeded.tenant_id, versions, "gift wrap", limit=3)
    [read] = await port.read(seeded.tenant_id, [found["passage_id"]])
    assert read["text"] == "Yes, for 3 EUR."
    assert await port.search(neighbour.tenant_id, versions, "gift wrap", limit=3) == []
    assert await port.read(neighbour.tenant_id, [found["passage_id"]]) == []
    assert await port.search(seeded.tenant_id, versions, "  ", limit=3) == []
    assert await port.search(seeded.tenant_id, [], "gift", limit=3) == []
    assert await port.read(seeded.tenant_id, []) == []


async def test_what_a_turn_has_found_it_does_not_search_again(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    base = await make_base(pool, seeded.tenant_id)
    await put(pool, seeded.tenant_id, base, qa("Gift wrap?", "Yes, for 3 EUR."))
    port = PostgresKnowledge(pool, OnlyModel(WordEmbedder()))

    async def found(query: str) -> int:
        passages = await port.search(seeded.tenant_id, [KnowledgeVersion(base)], query, limit=9)
        number = len(passages)
        passages.clear()  # what a node does with its list does not change what is kept
        return number

    with turn_searches():
        assert await found("gift wrap") == 1
        await put(pool, seeded.tenant_id, base, qa("Which gift wrap?", "Brown paper."))
        assert await found("gift wrap") == 1
        assert await asyncio.create_task(found("gift wrap")) == 1, "the graph's tasks share it"
        assert await found("which gift wrap") == 2
    assert await found("gift wrap") == 2


async def test_a_pairs_question_is_embedded_with_the_pair_or_once(
    pool: Pool, neighbour: Seeded
) -> None:
    seeded = await seed_tenant(pool)
    base = await make_base(pool, seeded.tenant_id)
    await put(pool, seeded.tenant_id, base, qa("Gift wrap?", "Yes, for 3 EUR."))
    versions, tenant_id = [KnowledgeVersion(base)], seeded.tenant_id

    async def compared() -> tuple[list[str], list[float]]:
        model = CountingEmbedder()
        port = PostgresKnowledge(pool, OnlyModel(model))
        pairs = await port.search(tenant_id, versions, "Is there gift wrap?", limit=3)
        near = await port.asked_alike(tenant_id, versions, "Is there gift wrap?", pairs)
        return model.asked, near

    asked, [near] = await compared()
    assert asked == ["Is there gift wrap?"] and 0.3 < near < 0.99
    async with tenant_transaction(pool, tenant_id) as conn:  # as an older release leaves it
        await conn.execute(
            """
            update chunk_texts
               set question_emb = null, question_space = null, question_hash = null
             where tenant_id = %(tenant_id)s
            """
        )
    asked, [again] = await compared()
    assert asked == ["Is there gift wrap?", "Gift wrap?"] and abs(again - near) < 2e-3
    asked, [kept] = await compared()
    assert asked == ["Is there gift wrap?"] and abs(kept - near) < 2e-3
