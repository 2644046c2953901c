"""The port finds and reads for one tenant, and embeds without holding a connection."""

import asyncio

from graphs.knowledge_port import PostgresKnowledge
from graphs.turn_searches import turn_searches
from tenants.connection import Pool
from tenants.embedding_models import OnlyModel
from tenants.search import KnowledgeVersion
from tests.seeds import Seeded, seed_tenant
from tests.tenants.knowledge import WordEmbedder, make_base, put, qa


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
