"""What is nearest comes first, with figures that mean what they say."""

from uuid import UUID

import pytest

from tenants.database.connection import Pool, tenant_transaction
from tenants.errors import Invalid, ModelMismatch
from tenants.finding.search import Filters, KnowledgeVersion, Passage, read_passages, search
from tenants.knowledge import knowledge_bases
from tenants.knowledge.ingestion import NewDocument
from tests.seeds import Seeded, seed_tenant
from tests.tenants.knowledge_made import WordEmbedder, find, make_base, put, qa

FAQ = [
    qa("Do you ship to Norway?", "Yes, in five days."),
    qa("How long is the warranty?", "Two years on every boot."),
    qa("Can I return worn shoes?", "No, only unworn ones within 30 days."),
]


@pytest.fixture
async def shop(pool: Pool, neighbour: Seeded) -> tuple[UUID, UUID]:
    """A tenant with three answers; the neighbour has the same ones and a secret."""
    seeded = await seed_tenant(pool)
    base = await make_base(pool, seeded.tenant_id)
    await put(pool, seeded.tenant_id, base, *FAQ)
    theirs = await make_base(pool, neighbour.tenant_id)
    await put(pool, neighbour.tenant_id, theirs, *FAQ, qa("Warranty secret?", "Kestrel warranty."))
    return seeded.tenant_id, base


async def test_the_nearest_comes_first(pool: Pool, shop: tuple[UUID, UUID]) -> None:
    found = await find(pool, *shop, "what is the warranty of the boots")
    assert found[0]["text"] == "Two years on every boot."
    assert [p["score"] for p in found] == sorted((p["score"] for p in found), reverse=True)
    assert found[0]["score"] > found[0]["cosine"]
    assert not any("Kestrel" in p["text"] for p in found)


async def test_lexical_is_the_share_of_the_questions_words(
    pool: Pool, shop: tuple[UUID, UUID]
) -> None:
    [best, *_] = await find(pool, *shop, "warranty boots")
    assert best["lexical"] == pytest.approx(1.0)
    [half, *_] = await find(pool, *shop, "warranty zeppelin")
    assert 0.2 < half["lexical"] < 0.6
    assert all(p["lexical"] == 0 for p in await find(pool, *shop, "zeppelin"))
    assert all(0 <= p["lexical"] <= 1 for p in await find(pool, *shop, "the of and"))


async def test_a_question_without_words_is_still_answered(
    pool: Pool, shop: tuple[UUID, UUID]
) -> None:
    for text in ("?!", "", "x" * 8_000, " ".join(f"word{n}" for n in range(500))):
        assert len(await find(pool, *shop, text)) == 3


async def test_words_decide_in_a_language_the_model_does_not_speak(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        base = await knowledge_bases.create(
            conn, "K", embedding_model="local:minilm", dimension=64, language="es"
        )
    embedder = WordEmbedder()
    embedder.model_id = "local:minilm"
    await put(
        pool, seeded.tenant_id, base,
        qa("¿Cuánto cuesta el envío?", "Cuatro euros."), qa("¿Hay garantía?", "Dos años."),
        embedder=embedder,
    )  # fmt: skip
    found = await find(pool, seeded.tenant_id, base, "¿cuál es la garantia de las botas?")
    assert found[0]["text"] == "Dos años."
    assert found[0]["score"] - found[0]["cosine"] == pytest.approx(0.8)


async def test_filters_narrow(pool: Pool, shop: tuple[UUID, UUID]) -> None:
    [wanted] = await put(pool, *shop, NewDocument("text", "Hours", text="We open at nine."))
    only = Filters(document_ids=[wanted.document_id])
    assert [p["text"] for p in await find(pool, *shop, "warranty", filters=only)] == [
        "We open at nine."
    ]
    assert await find(pool, *shop, "warranty", filters=Filters(category="none")) == []
    assert await find(pool, *shop, "warranty", filters=Filters(language="xx")) == []


async def test_several_knowledge_bases_are_one_list(pool: Pool, shop: tuple[UUID, UUID]) -> None:
    tenant_id, base = shop
    second = await make_base(pool, tenant_id, "Second")
    await put(pool, tenant_id, second, qa("Is the warranty longer abroad?", "No."))
    found = await _find_in(pool, tenant_id, [base, second], "warranty")
    assert {p["knowledge_base_id"] for p in found[:2]} == {str(base), str(second)}
    async with tenant_transaction(pool, tenant_id) as conn:
        await knowledge_bases.archive(conn, second)
    found = await _find_in(pool, tenant_id, [base, second], "warranty")
    assert {p["knowledge_base_id"] for p in found} == {str(base)}


async def test_passages_are_read_again_by_their_ids(
    pool: Pool, shop: tuple[UUID, UUID], neighbour: Seeded
) -> None:
    found = await find(pool, *shop, "warranty")
    ids = [passage["passage_id"] for passage in reversed(found)]
    asked = [*ids, "nonsense", f"{shop[1]}:0", f"{shop[1]}:x", f"{shop[1]}:99999", ":1"]
    async with tenant_transaction(pool, shop[0]) as conn:
        read = await read_passages(conn, asked)
    assert [p["passage_id"] for p in read] == ids
    assert [p["text"] for p in read] == [p["text"] for p in reversed(found)]
    async with tenant_transaction(pool, neighbour.tenant_id) as conn:
        assert await read_passages(conn, ids) == []


async def test_what_cannot_be_searched_is_refused(pool: Pool, shop: tuple[UUID, UUID]) -> None:
    async with tenant_transaction(pool, shop[0]) as conn:
        assert await search(conn, [], text="a", embedding=[0.0] * 64) == []
        with pytest.raises(ModelMismatch):
            await search(conn, [KnowledgeVersion(shop[1])], text="a", embedding=[0.0] * 3)
        nine = [KnowledgeVersion(shop[1])] * 9
        with pytest.raises(Invalid):
            await search(conn, nine, text="a", embedding=[0.0] * 64)


async def _find_in(pool: Pool, tenant_id: UUID, bases: list[UUID], text: str) -> list[Passage]:
    embedding = await WordEmbedder().embed_query(text)
    async with tenant_transaction(pool, tenant_id) as conn:
        wanted = [KnowledgeVersion(base) for base in bases]
        return await search(conn, wanted, text=text, embedding=embedding)
