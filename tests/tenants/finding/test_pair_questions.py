"""A pair's own question has a vector beside the pair, in the space that it was made in."""

from uuid import UUID

import pytest

from tenants.cutting.drafts import Draft
from tenants.database.connection import Pool, tenant_transaction
from tenants.finding import pair_questions
from tenants.finding.pair_questions import PairQuestion
from tenants.knowledge.ingestion import NewDocument
from tests.seeds import Seeded, seed_tenant
from tests.tenants.knowledge_made import WordEmbedder, find, make_base, put, qa

ASKED = "Is gift wrapping free?"


@pytest.fixture
async def home(pool: Pool, neighbour: Seeded) -> tuple[UUID, UUID]:
    seeded = await seed_tenant(pool)
    base = await make_base(pool, seeded.tenant_id)
    long = " ".join(f"Sentence {n} of the answer says some more about it." for n in range(30))
    await put(pool, seeded.tenant_id, base, qa(ASKED, "No, 3 EUR."), qa("Is it long?", long))
    await put(pool, seeded.tenant_id, base, NewDocument("text", title="Wrap", text="Gift wrap."))
    theirs = await make_base(pool, neighbour.tenant_id)
    await put(pool, neighbour.tenant_id, theirs, qa(ASKED, "Yes."))
    return seeded.tenant_id, base


async def test_pairs_know_how_near_their_question_is_and_texts_do_not(
    pool: Pool, home: tuple[UUID, UUID]
) -> None:
    found = await find(pool, *home, "Hello, is gift wrapping free of charge?")
    model = WordEmbedder()
    asked = model.vector("Hello, is gift wrapping free of charge?")
    for one in found:
        if one["kind"] == "qa":
            own = float(asked @ model.vector(one["question"] or ""))
            assert one.get("asks") == pytest.approx(own, abs=2e-3)
        else:
            assert one.get("asks") is None
    assert {one["kind"] for one in found} == {"qa", "text"}
    assert sum(one["question"] == "Is it long?" for one in found) > 1


async def test_what_an_older_release_wrote_gets_its_vector_when_it_is_needed(
    pool: Pool, home: tuple[UUID, UUID], neighbour: Seeded
) -> None:
    async with tenant_transaction(pool, home[0]) as conn:
        await conn.execute(
            """
            update chunk_texts
               set question_emb = null, question_space = null, question_hash = null
             where tenant_id = %(tenant_id)s
            """
        )
    [pair] = [one for one in await find(pool, *home, ASKED) if one["question"] == ASKED]
    assert pair.get("asks") is None
    for model_id in ("test:other", WordEmbedder.model_id):  # the other one's counts nowhere here
        vectors = [WordEmbedder().vector(ASKED)]
        async with tenant_transaction(pool, neighbour.tenant_id) as conn:
            await pair_questions.keep(conn, [pair], vectors, model_id=model_id)
        found = await find(pool, *home, ASKED)
        assert all(one.get("asks") is None for one in found), "not another tenant's to keep"
        async with tenant_transaction(pool, home[0]) as conn:
            await pair_questions.keep(conn, [pair], vectors, model_id=model_id)
        [kept] = [one for one in await find(pool, *home, ASKED) if one["question"] == ASKED]
        known = kept.get("asks") is not None
        assert known == (model_id == WordEmbedder.model_id)
    assert kept.get("asks") == pytest.approx(1, abs=2e-3)


async def test_a_pair_that_tells_a_whole_story_asks_nothing() -> None:
    story = " ".join(["word"] * 90) + "?"
    assert PairQuestion.of(Draft("qa", "", "Yes.", story), "m") is None
    assert PairQuestion.of(Draft("text", "", "Yes.", "Why?"), "m") is None
    plain = PairQuestion.of(Draft("qa", "", "Yes.", "Hello, can I pay by card?"), "m")
    assert plain is not None and plain.text == "can I pay by card?"
