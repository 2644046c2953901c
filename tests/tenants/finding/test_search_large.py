"""A large knowledge base is asked through its index and answers as the exact scan would."""

from collections.abc import AsyncGenerator
from uuid import UUID

import numpy as np
import pytest
from pgvector import HalfVector
from psycopg import AsyncRawCursor

from tenants.database.connection import Pool, tenant_transaction
from tenants.finding.question_words import QuestionWords
from tenants.finding.ranking import Ranking
from tenants.finding.search import Filters
from tenants.finding.search_asked import Asked
from tenants.finding.search_exact import exact
from tenants.finding.search_large import NEAREST, STRONGEST, _statement, approximate
from tenants.finding.vector_indexes import Rules, index_name, tend
from tenants.finding.vector_recall import use_index
from tenants.keeping.erasing import erase_tenant
from tenants.knowledge.ingestion import NewDocument
from tenants.knowledge.passages import StoredPassage
from tests.databases import Database
from tests.seeds import Seeded, seed_tenant
from tests.tenants.knowledge_made import DIMENSION, WordEmbedder, find, make_base, put, qa

COUNT = 150
EF_SEARCH = 80
WORDS = [f"word{n}" for n in range(40)]


@pytest.fixture(scope="module")
async def large(
    pool: Pool, database: Database, neighbour: Seeded
) -> AsyncGenerator[tuple[UUID, UUID]]:
    """An indexed knowledge base of a tenant, half of it in a category; the neighbour has the same."""
    draw = np.random.default_rng(4)
    entries = [qa(" ".join(draw.choice(WORDS, 5)), f"Answer {n}.") for n in range(COUNT)]
    theirs = await make_base(pool, neighbour.tenant_id)
    await put(pool, neighbour.tenant_id, theirs, *entries)
    seeded = await seed_tenant(pool)
    base = await make_base(pool, seeded.tenant_id)
    await put(pool, seeded.tenant_id, base, *entries)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await conn.execute(
            """
            update chunks
               set category = case when mod(chunk_id, 2) = 0 then 'even' else '' end
             where tenant_id = %(tenant_id)s
            """
        )
    await tend(pool, database.owner, Rules(build_above=COUNT - 1, drop_below=COUNT - 1))
    yield seeded.tenant_id, base
    await erase_tenant(pool, seeded.tenant_id)
    await tend(pool, database.owner, Rules(build_above=10**9, drop_below=10**9))


async def asked(
    base: UUID, text: str, *, filters: Filters | None = None, ranking: Ranking | None = None
) -> Asked:
    vector = HalfVector(await WordEmbedder().embed_query(text))
    return Asked(
        knowledge_base_id=base,
        version=1,
        space=1,
        n_chunks=COUNT,
        words=QuestionWords.of(text, "en", base_language="en", model_id="test:words"),
        vector=vector,
        question=vector,
        filters=filters or Filters(),
        ranking=ranking or Ranking(),
        limit=8,
    )


async def both(
    pool: Pool, tenant_id: UUID, question: Asked
) -> tuple[list[StoredPassage] | None, list[StoredPassage]]:
    """What the index and what the exact scan give."""
    async with tenant_transaction(pool, tenant_id) as conn:
        near = await approximate(conn, question, dimension=DIMENSION, ef_search=EF_SEARCH)
        return near, await exact(conn, question)


def shown(found: list[StoredPassage] | None) -> list[tuple[int, float, int]]:
    return [(one.chunk_id, round(one.score, 6), one.matched) for one in found or []]


async def test_the_index_is_used_under_row_level_security(
    pool: Pool, large: tuple[UUID, UUID]
) -> None:
    tenant_id, base = large
    question = await asked(base, "word1 word2 word3")
    given = question.parameters() | {
        "tenant_id": tenant_id,
        "nearest": NEAREST,
        "strongest": STRONGEST,
    }
    statement = _statement(question.shape, DIMENSION)
    async with tenant_transaction(pool, tenant_id) as conn:
        await use_index(conn, EF_SEARCH)
        async with AsyncRawCursor(conn.raw) as cursor:
            await cursor.execute(
                b"explain " + statement.text,
                [given[name] for name in statement.names],
                prepare=False,
            )
            plan = "\n".join(str(row[0]) for row in await cursor.fetchall())
        role = await (await conn.execute("select current_user")).fetchone()
    assert f"Index Scan using {index_name(base, 1)}" in plan
    assert role == ("frontdesk_app",)


@pytest.mark.parametrize(
    ("filters", "ranking"),
    [
        (Filters(), Ranking()),
        (Filters(language="en"), Ranking()),
        (Filters(), Ranking(priority_weight=0.3, stale_after_days=1, stale_weight=0.2)),
    ],
)
async def test_it_finds_and_weighs_as_the_exact_scan(
    pool: Pool, large: tuple[UUID, UUID], filters: Filters, ranking: Ranking
) -> None:
    for text in ("word1 word2 word3", "word7", "word9 word9 word31 unheard", "?!"):
        question = await asked(large[1], text, filters=filters, ranking=ranking)
        near, all_of_it = await both(pool, large[0], question)
        assert shown(near) == shown(all_of_it)
        assert len(all_of_it) == 8


async def test_a_filter_that_keeps_little_is_left_to_the_exact_scan(
    pool: Pool, large: tuple[UUID, UUID]
) -> None:
    tenant_id, base = large
    question = await asked(base, "word1 word2", filters=Filters(category="even"))
    near, _ = await both(pool, tenant_id, question)
    assert near is None  # 75 passages, and eighty were wanted
    found = await find(pool, tenant_id, base, "word1 word2", filters=Filters(category="even"))
    assert len(found) == 8
    assert all(int(passage["passage_id"].rpartition(":")[2]) % 2 == 0 for passage in found)


async def test_what_was_replaced_is_not_found_any_more(
    pool: Pool, large: tuple[UUID, UUID]
) -> None:
    tenant_id, base = large
    old = NewDocument("qa", question="zebra zebra", answer="Old.", external_id="zebra")
    new = NewDocument("qa", question="zebra zebra", answer="New.", external_id="zebra")
    await put(pool, tenant_id, base, old)
    before = await find(pool, tenant_id, base, "zebra")
    assert before[0]["text"] == "Old."
    await put(pool, tenant_id, base, new)
    after = await find(pool, tenant_id, base, "zebra")
    assert after[0]["text"] == "New."
    assert all(passage["text"] != "Old." for passage in after)
