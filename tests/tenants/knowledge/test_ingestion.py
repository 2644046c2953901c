"""Documents go in, are replaced, deleted and erased; versions stay what they were."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from tenants.actors import SYSTEM
from tenants.database.connection import Pool, tenant_transaction
from tenants.errors import Invalid, ModelMismatch, NotFound
from tenants.knowledge import document_erasure, documents, knowledge_bases
from tenants.knowledge.ingestion import NewDocument, add_documents
from tenants.knowledge.knowledge_writing import end_document
from tests.seeds import Seeded, seed_tenant
from tests.tenants.knowledge_made import WordEmbedder, find, make_base, put, qa


@pytest.fixture
async def home(pool: Pool, neighbour: Seeded) -> tuple[UUID, UUID]:
    """A tenant with an empty knowledge base; the neighbour has a full one."""
    seeded = await seed_tenant(pool)
    return seeded.tenant_id, await make_base(pool, seeded.tenant_id)


async def test_what_is_stored_is_found_at_once(pool: Pool, home: tuple[UUID, UUID]) -> None:
    [stored] = await put(pool, *home, qa("Do you ship to Norway?", "Yes, in five days."))
    assert (stored.created, stored.n_chunks, stored.version) == (True, 1, 1)
    [found] = await find(pool, *home, "shipping to Norway")
    assert found["document_id"] == str(stored.document_id)
    assert (found["question"], found["text"]) == ("Do you ship to Norway?", "Yes, in five days.")
    assert found["version"] == 1


async def test_a_neighbour_sees_and_writes_nothing(
    pool: Pool, home: tuple[UUID, UUID], neighbour: Seeded
) -> None:
    tenant_id, base = home
    [stored] = await put(pool, *home, qa("What is the secret?", "Kestrel."))
    other = neighbour.tenant_id
    assert await find(pool, other, base, "secret") == []
    with pytest.raises(NotFound):
        await put(pool, other, base, qa("Is it mine?", "No."))
    async with tenant_transaction(pool, other) as conn:
        with pytest.raises(NotFound):
            await documents.get(conn, base, stored.document_id)
        with pytest.raises(NotFound):
            await document_erasure.erase(conn, base, stored.document_id)
        assert await documents.passages(conn, base, stored.document_id) == []
    assert len(await find(pool, tenant_id, base, "secret")) == 1


async def test_the_same_external_id_replaces(pool: Pool, home: tuple[UUID, UUID]) -> None:
    embedder = WordEmbedder()
    parts: dict[str, Any] = {"chunks": ["one stays", "two goes"], "external_id": "x"}
    [first] = await put(pool, *home, NewDocument("chunks", "D", **parts), embedder=embedder)
    parts["chunks"] = ["one stays", "three comes"]
    [second] = await put(pool, *home, NewDocument("chunks", "D", **parts))
    assert (second.document_id, second.created) == (first.document_id, False)
    texts = {passage["text"] for passage in await find(pool, *home, "one two three")}
    assert texts == {"one stays", "three comes"}
    async with tenant_transaction(pool, home[0]) as conn:
        assert (await knowledge_bases.get(conn, home[1])).n_chunks == 2
        assert len(await documents.list_page(conn, home[1], limit=10)) == 1


async def test_the_same_document_again_changes_nothing(pool: Pool, home: tuple[UUID, UUID]) -> None:
    [first] = await put(pool, *home, qa("When?", "Now.", "x"))
    [again] = await put(pool, *home, qa("When?", "Now.", "x"))
    assert (again.document_id, again.unchanged, again.created) == (first.document_id, True, False)


async def test_identical_texts_are_embedded_once(pool: Pool, home: tuple[UUID, UUID]) -> None:
    embedder = WordEmbedder()
    stored = await put(pool, *home, *[qa("Same?", "Same.") for _ in range(9)], embedder=embedder)
    assert embedder.embedded == ["Shop\nSame?\nSame.", "Same?"]
    assert len({document.document_id for document in stored}) == 9


async def test_an_external_id_given_twice_keeps_the_last(
    pool: Pool, home: tuple[UUID, UUID]
) -> None:
    stored = await put(pool, *home, qa("A?", "first", "x"), qa("A?", "last", "x"))
    assert stored[0] == stored[1]
    assert [passage["text"] for passage in await find(pool, *home, "A?")] == ["last"]


async def test_a_deleted_document_stays_in_its_version(pool: Pool, home: tuple[UUID, UUID]) -> None:
    [stored] = await put(pool, *home, qa("Old?", "Old answer."))
    await _age_versions(pool, home)
    async with tenant_transaction(pool, home[0]) as conn:
        version = (await end_document(conn, home[1], stored.document_id, actor=SYSTEM)).version
    assert version == 2
    assert await find(pool, *home, "old") == []
    assert len(await find(pool, *home, "old", version=1)) == 1
    async with tenant_transaction(pool, home[0]) as conn:
        with pytest.raises(NotFound):
            await end_document(conn, home[1], stored.document_id, actor=SYSTEM)


async def test_an_erased_document_is_nowhere(pool: Pool, home: tuple[UUID, UUID]) -> None:
    [kept] = await put(pool, *home, qa("Public?", "Everybody may know."))
    [gone] = await put(pool, *home, qa("Private?", "Zanzibar only."))
    async with tenant_transaction(pool, home[0]) as conn:
        await document_erasure.erase(conn, home[1], gone.document_id)
    assert [p["document_id"] for p in await find(pool, *home, "private zanzibar", version=1)] == [
        str(kept.document_id)
    ]
    async with tenant_transaction(pool, home[0]) as conn:
        cursor = await conn.execute(
            "select count(*) from postings where tenant_id = %(tenant_id)s and lexeme = 'zanzibar'"
        )
        assert await cursor.fetchone() == (0,)
        assert (await knowledge_bases.get(conn, home[1])).n_chunks == 1


async def test_an_older_version_reads_as_it_was(pool: Pool, home: tuple[UUID, UUID]) -> None:
    await put(pool, *home, qa("Price?", "ten", "p"))
    await _age_versions(pool, home)
    [stored] = await put(pool, *home, qa("Price?", "twenty", "p"))
    assert stored.version == 2
    assert [p["text"] for p in await find(pool, *home, "Price?", version=1)] == ["ten"]
    assert [p["text"] for p in await find(pool, *home, "Price?")] == ["twenty"]
    with pytest.raises(NotFound):
        await find(pool, *home, "Price?", version=3)


async def test_concurrent_writers_do_not_clash(pool: Pool, home: tuple[UUID, UUID]) -> None:
    await asyncio.gather(*(put(pool, *home, qa(f"N{n}?", f"word{n}")) for n in range(20)))
    async with tenant_transaction(pool, home[0]) as conn:
        base = await knowledge_bases.get(conn, home[1])
    assert base.n_chunks == 20
    assert len(await find(pool, *home, "word", limit=50)) == 20
    assert (await find(pool, *home, "word7"))[0]["text"] == "word7"


async def test_segments_are_merged_and_still_found(pool: Pool, home: tuple[UUID, UUID]) -> None:
    for n in range(34):
        await put(pool, *home, qa(f"Thing {n}?", f"shelf{n}"))
    async with tenant_transaction(pool, home[0]) as conn:
        cursor = await conn.execute(
            "select distinct segment from postings where tenant_id = %(tenant_id)s order by segment"
        )
        assert [row[0] for row in await cursor.fetchall()] == [16, 32, 33, 34]
    found = await find(pool, *home, "shelf3")
    assert found[0]["text"] == "shelf3"
    assert found[0]["lexical"] == pytest.approx(1.0)


async def test_a_failure_stores_nothing(pool: Pool, home: tuple[UUID, UUID]) -> None:
    with pytest.raises(Invalid):
        await put(pool, *home, qa("Good?", "Yes."), NewDocument("text", "Empty", text="  \n "))
    assert await find(pool, *home, "Good?") == []


async def test_other_models_and_bases_are_refused(pool: Pool, home: tuple[UUID, UUID]) -> None:
    other = WordEmbedder()
    other.model_id = "test:other"
    with pytest.raises(ModelMismatch):
        await add_documents(pool, *home, [qa("A?", "B")], embedder=other, actor=SYSTEM)
    with pytest.raises(NotFound):
        await put(pool, home[0], uuid4(), qa("A?", "B"))
    async with tenant_transaction(pool, home[0]) as conn:
        await knowledge_bases.archive(conn, home[1])
    with pytest.raises(NotFound):
        await put(pool, *home, qa("A?", "B"))


async def test_what_was_given_can_be_read_again(pool: Pool, home: tuple[UUID, UUID]) -> None:
    data = {"a": [1, {"b": None}], "c\x00": "d\x00"}
    given = NewDocument("json", "J\x00", data=data, source={"url": "u\x00"}, external_id="j")
    [stored] = await put(pool, *home, given)
    async with tenant_transaction(pool, home[0]) as conn:
        document = await documents.get(conn, home[1], stored.document_id)
        assert (await documents.read_content(conn, home[1], stored.document_id))["data"] == data
        passages = await documents.passages(conn, home[1], stored.document_id)
    assert document.public()["external_id"] == "j"
    assert len(passages) == stored.n_chunks
    assert "b: none" in passages[0]["text"]


async def test_progress_is_told(pool: Pool, home: tuple[UUID, UUID]) -> None:
    told: list[tuple[int, int]] = []
    new = [qa(f"Q{n}?", f"A{n}") for n in range(300)]

    async def tell(done: int, total: int) -> None:
        told.append((done, total))

    await add_documents(pool, *home, new, embedder=WordEmbedder(), actor=SYSTEM, on_progress=tell)
    assert told == [(256, 300), (300, 300)]


async def _age_versions(pool: Pool, home: tuple[UUID, UUID]) -> None:
    """As if the last write were long ago, so that the next one makes a version of its own."""
    async with tenant_transaction(pool, home[0]) as conn:
        await conn.execute(
            """
            update knowledge_versions
               set created_at = created_at - interval '1 minute',
                   published_at = published_at - interval '1 minute'
             where tenant_id = %(tenant_id)s
               and knowledge_base_id = %(base)s
            """,
            {"base": home[1]},
        )
