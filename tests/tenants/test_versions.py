"""Versions move by one row: readers see whole versions, and what stays is not rewritten."""

import asyncio
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from tenants.actors import SYSTEM
from tenants.database.connection import Pool, tenant_transaction
from tenants.errors import SourceNotMoved
from tenants.knowledge import document_changes, documents, knowledge_bases, knowledge_versions
from tenants.knowledge.ingestion import NewDocument, Stored, Sync, add_documents
from tests.seeds import Seeded, seed_tenant
from tests.tenants.knowledge_made import WordEmbedder, find, make_base, put, qa

Home = tuple[UUID, UUID]
ENTRIES = 20


@pytest.fixture
async def home(pool: Pool, neighbour: Seeded) -> Home:
    """A tenant with an empty knowledge base."""
    seeded = await seed_tenant(pool)
    return seeded.tenant_id, await make_base(pool, seeded.tenant_id)


def _entries(word: str) -> list[NewDocument]:
    return [qa(f"Fact {n}?", f"fact {word} {n}", f"e{n}") for n in range(ENTRIES)]


async def _stage(pool: Pool, home: Home, word: str) -> Stored:
    return await add_documents(
        pool, *home, _entries(word), embedder=WordEmbedder(), actor=SYSTEM, stage=True
    )


async def _publish(pool: Pool, home: Home) -> int:
    async with tenant_transaction(pool, home[0]) as conn:
        return (await knowledge_versions.publish(conn, home[1], actor=SYSTEM)).version


async def _restore(pool: Pool, home: Home, version: int) -> None:
    async with tenant_transaction(pool, home[0]) as conn:
        await knowledge_versions.restore(conn, home[1], version)


async def test_readers_see_whole_versions_only(pool: Pool, home: Home) -> None:
    await _stage(pool, home, "alpha")
    first = await _publish(pool, home)
    await _stage(pool, home, "beta")
    second = await _publish(pool, home)
    done = asyncio.Event()
    seen: set[str] = set()

    async def read() -> None:
        while not done.is_set():
            found = await find(pool, *home, "fact", limit=50)
            said = {passage["text"].split()[1] for passage in found}
            assert len(found) == ENTRIES and len(said) == 1, (len(found), said)
            seen.update(said)

    readers = [asyncio.create_task(read()) for _ in range(3)]
    for n in range(100):
        if n % 10 == 0:  # a fresh staged version, published among the rollbacks
            await _stage(pool, home, "gamma" if n % 20 else "delta")
            await _publish(pool, home)
        await _restore(pool, home, first if n % 2 else second)
        await asyncio.sleep(0)
    done.set()
    await asyncio.gather(*readers)
    assert {"alpha", "beta"} <= seen


async def test_publishing_and_going_back_rewrite_no_row(pool: Pool, home: Home) -> None:
    await put(pool, *home, *_entries("alpha"))
    await _stage(pool, home, "beta")
    before = await _places(pool, home)
    version = await _publish(pool, home)
    assert await _places(pool, home) == before
    await _restore(pool, home, 1)
    await _restore(pool, home, version)
    assert await _places(pool, home) == before


async def _places(pool: Pool, home: Home) -> list[tuple[str, str]]:
    """Where the rows lie and which transaction wrote them."""
    async with tenant_transaction(pool, home[0]) as conn:
        cursor = await conn.execute(
            """
            select ctid::text, xmin::text from documents where tenant_id = %(tenant_id)s
            union all
            select ctid::text, xmin::text from chunks where tenant_id = %(tenant_id)s
            union all
            select ctid::text, xmin::text from chunk_texts where tenant_id = %(tenant_id)s
            union all
            select ctid::text, xmin::text from postings where tenant_id = %(tenant_id)s
            """
        )
        return sorted((row[0], row[1]) for row in await cursor.fetchall())


async def _sync(pool: Pool, home: Home, source_id: UUID, *given: NewDocument) -> Stored:
    documents = [replace(one, source_id=source_id) for one in given]
    return await add_documents(
        pool,
        *home,
        documents,
        embedder=WordEmbedder(),
        actor=SYSTEM,
        sync=Sync(source_id),
    )


async def test_what_vanished_at_the_source_ends(pool: Pool, home: Home) -> None:
    source = uuid4()
    [own] = await put(pool, *home, qa("Mine?", "Own words.", "own"))
    await _sync(pool, home, source, qa("One?", "One.", "1"), qa("Two?", "Two.", "2"))
    again = await _sync(pool, home, source, qa("One?", "One!", "1"), qa("Three?", "Three.", "3"))
    assert (again.deleted, again.kept_edited) == (1, [])
    async with tenant_transaction(pool, home[0]) as conn:
        left = await documents.list_page(conn, home[1], limit=10)
    assert {one.external_id for one in left} == {"own", "1", "3"}
    assert own.document_id in {one.document_id for one in left}
    assert await find(pool, *home, "Two?", version=1) != []


async def _edit(pool: Pool, home: Home, document_id: UUID, answer: str) -> None:
    edited = replace(qa("One?", answer), document_id=document_id)
    await put(pool, *home, edited)


async def test_a_persons_edits_survive_and_are_flagged_once_the_source_moves_on(
    pool: Pool, home: Home
) -> None:
    source = uuid4()
    first = await _sync(pool, home, source, qa("One?", "As found.", "1"))
    document_id = first.documents[0].document_id
    await _edit(pool, home, document_id, "As edited.")
    same = await _sync(pool, home, source, qa("One?", "As found.", "1"))
    async with tenant_transaction(pool, home[0]) as conn:
        shown = await documents.get(conn, home[1], document_id)
        assert shown.edited_at is not None and shown.source_moved_at is None
    moved = await _sync(pool, home, source, qa("One?", "As found later.", "1"))
    assert same.deleted == moved.deleted == 0 and moved.kept_edited == [document_id]
    assert [one["text"] for one in await find(pool, *home, "One?")] == ["As edited."]
    async with tenant_transaction(pool, home[0]) as conn:
        shown = await documents.get(conn, home[1], document_id)
        newer = await documents.read_source_content(conn, home[1], shown)
    assert shown.public()["source_moved_on"] is True
    assert newer is not None and newer["content"]["answer"] == "As found later."


async def _accept(pool: Pool, home: Home, document_id: UUID) -> Stored:
    return await document_changes.accept_source(
        pool, *home, document_id, embedder=WordEmbedder(), actor=SYSTEM
    )


async def test_accepting_the_source_gives_up_the_edits(pool: Pool, home: Home) -> None:
    source = uuid4()
    first = await _sync(pool, home, source, qa("One?", "As found.", "1"))
    document_id = first.documents[0].document_id
    with pytest.raises(SourceNotMoved):
        await _accept(pool, home, document_id)
    await _edit(pool, home, document_id, "As edited.")
    await _sync(pool, home, source, qa("One?", "As found later.", "1"))
    await _accept(pool, home, document_id)
    assert [one["text"] for one in await find(pool, *home, "One?")] == ["As found later."]
    async with tenant_transaction(pool, home[0]) as conn:
        shown = await documents.get(conn, home[1], document_id)
    assert shown.edited_at is None and shown.source_moved_at is None
    after = await _sync(pool, home, source, qa("One?", "As found last.", "1"))
    assert after.kept_edited == []
    assert [one["text"] for one in await find(pool, *home, "One?")] == ["As found last."]


async def test_accepting_that_the_source_has_it_no_more_ends_it(pool: Pool, home: Home) -> None:
    source = uuid4()
    first = await _sync(pool, home, source, qa("One?", "As found.", "1"))
    document_id = first.documents[0].document_id
    await _edit(pool, home, document_id, "As edited.")
    gone = await _sync(pool, home, source, qa("Two?", "Two.", "2"))
    assert (gone.deleted, gone.kept_edited) == (0, [document_id])
    accepted = await _accept(pool, home, document_id)
    assert accepted.deleted == 1
    assert {one["text"] for one in await find(pool, *home, "One?")} == {"Two."}


async def test_changed_fields_embed_nothing(pool: Pool, home: Home) -> None:
    [stored] = await put(pool, *home, qa("When?", "Now."))
    embedder = WordEmbedder()
    await document_changes.change_fields(
        pool, *home, stored.document_id, {"priority": 9}, embedder=embedder, actor=SYSTEM
    )
    assert embedder.embedded == []
    async with tenant_transaction(pool, home[0]) as conn:
        assert (await documents.get(conn, home[1], stored.document_id)).priority == 9
        assert (await knowledge_bases.get(conn, home[1])).n_chunks == 1
