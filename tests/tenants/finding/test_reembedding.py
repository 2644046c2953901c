"""A change of model: new vectors beside the old, every version switched at once, nothing lost."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

import numpy as np
import pytest
from numpy.typing import NDArray

from tenants.actors import SYSTEM
from tenants.database.connection import Pool, TenantConnection, tenant_transaction
from tenants.errors import EmbeddingsUnavailable, ModelChanged, ModelMismatch, VersionInProgress
from tenants.finding import known_vectors, reembedding
from tenants.finding.known_vectors import text_hash
from tenants.finding.reembedding import Reembedded
from tenants.finding.search import KnowledgeVersion, search
from tenants.knowledge import knowledge_bases
from tenants.knowledge.ingestion import add_documents
from tenants.knowledge.knowledge_versions import restore
from tenants.working import jobs
from tests.seeds import Seeded, seed_tenant
from tests.tenants.knowledge_made import DIMENSION, WordEmbedder, find, make_base, put, qa


class OtherEmbedder(WordEmbedder):
    """Another model whose vectors have the same length but lie elsewhere."""

    model_id = "test:other"

    def __init__(self, before: Callable[[int], Awaitable[None]] | None = None) -> None:
        super().__init__()
        self._before = before
        self._calls = 0

    async def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self._calls += 1
        if self._before is not None:
            await self._before(self._calls)
        return np.roll(await super().embed_documents(texts), 1, axis=1)

    async def embed_query(self, text: str) -> NDArray[np.float32]:
        return np.roll(await super().embed_query(text), 1)


@pytest.fixture
async def home(pool: Pool, neighbour: Seeded) -> tuple[UUID, UUID]:
    """A tenant whose knowledge base has two versions; the neighbour knows nothing of it."""
    seeded = await seed_tenant(pool)
    base = await make_base(pool, seeded.tenant_id)
    await put(pool, seeded.tenant_id, base, qa("Do you ship abroad?", "To Norway.", "ship"))
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await conn.execute(  # or the next write would share the version of the last two seconds
            """
            update knowledge_versions
               set published_at = published_at - interval '1 minute',
                   created_at = created_at - interval '1 minute'
             where tenant_id = %(tenant_id)s
            """
        )
    await put(pool, seeded.tenant_id, base, qa("Do you ship abroad?", "To Sweden.", "ship"))
    await put(pool, seeded.tenant_id, base, qa("Gift wrap?", "Yes, for 3 EUR."))
    return seeded.tenant_id, base


async def quiet(done: int, total: int) -> None:
    """Tell nobody."""


async def unseen(conn: TenantConnection, done: Reembedded) -> None:
    """Nothing more in the switch."""


async def job(pool: Pool, tenant_id: UUID, base: UUID) -> UUID:
    async with tenant_transaction(pool, tenant_id) as conn:
        return await jobs.create(conn, "reembed", total=0, knowledge_base_id=base)


async def change(
    pool: Pool, home: tuple[UUID, UUID], embedder: WordEmbedder, job_id: UUID | None = None
) -> Reembedded:
    return await reembedding.reembed(
        pool,
        *home,
        embedder=embedder,
        job_id=job_id or await job(pool, *home),
        on_progress=quiet,
        within=unseen,
    )


async def ask(
    pool: Pool, home: tuple[UUID, UUID], text: str, *, version: int | None = None
) -> list[str]:
    """What the other model finds in one version, best first."""
    embedding = await OtherEmbedder().embed_query(text)
    async with tenant_transaction(pool, home[0], snapshot=True) as conn:
        found = await search(
            conn,
            [KnowledgeVersion(home[1], version)],
            text=text,
            embedding=embedding,
            limit=8,
            model_id=OtherEmbedder.model_id,
        )
    assert all(passage["cosine"] > -0.9 for passage in found)
    return [passage["text"] for passage in found]


async def test_every_version_is_searched_by_the_new_model(
    pool: Pool, home: tuple[UUID, UUID]
) -> None:
    done = await change(pool, home, OtherEmbedder())
    assert (done.passages, done.embedded, done.space) == (3, 5, 2)  # and two pairs' questions
    assert set(await ask(pool, home, "ship abroad")) == {"To Sweden.", "Yes, for 3 EUR."}
    assert await ask(pool, home, "ship abroad", version=1) == ["To Norway."]
    async with tenant_transaction(pool, home[0]) as conn:
        base = await knowledge_bases.get(conn, home[1])
        assert (base.embedding_model, base.dimension) == ("test:other", DIMENSION)
        await restore(conn, home[1], 1)
        restored = await knowledge_bases.get(conn, home[1])
    assert restored.embedding_model == "test:other"
    assert await ask(pool, home, "ship abroad") == ["To Norway."]


async def test_vectors_are_those_of_a_base_built_anew(pool: Pool, home: tuple[UUID, UUID]) -> None:
    await change(pool, home, OtherEmbedder())
    embedding = await OtherEmbedder().embed_query("Gift wrap?")
    async with tenant_transaction(pool, home[0]) as conn:
        base = await knowledge_bases.create(
            conn, "Anew", embedding_model="test:other", dimension=DIMENSION
        )
    anew = OtherEmbedder()
    await put(pool, home[0], base, qa("Gift wrap?", "Yes, for 3 EUR."), embedder=anew)
    assert anew.embedded == []  # the same text by the same model was embedded by the change
    async with tenant_transaction(pool, home[0]) as conn:
        cosines = [
            (await search(conn, [KnowledgeVersion(one)], text="Gift wrap?", embedding=embedding))[
                0
            ]["cosine"]
            for one in (home[1], base)
        ]
    assert cosines[0] == pytest.approx(cosines[1], abs=1e-6)


async def test_pairs_questions_are_compared_by_the_new_model(
    pool: Pool, home: tuple[UUID, UUID]
) -> None:
    await change(pool, home, OtherEmbedder())
    embedding = await OtherEmbedder().embed_query("Gift wrap?")
    async with tenant_transaction(pool, home[0]) as conn:
        known = [KnowledgeVersion(home[1])]
        found = await search(conn, known, text="Gift wrap?", embedding=embedding)
    asks = {one["question"]: one.get("asks") or 0 for one in found}
    assert asks["Gift wrap?"] == pytest.approx(1, abs=2e-3)
    assert abs(asks["Do you ship abroad?"]) < 0.9


async def test_the_old_models_questions_are_refused(pool: Pool, home: tuple[UUID, UUID]) -> None:
    await change(pool, home, OtherEmbedder())
    embedding = await WordEmbedder().embed_query("ship abroad")
    async with tenant_transaction(pool, home[0]) as conn:
        with pytest.raises(ModelMismatch):
            await search(
                conn,
                [KnowledgeVersion(home[1])],
                text="ship abroad",
                embedding=embedding,
                model_id=WordEmbedder.model_id,
            )
    with pytest.raises(ModelMismatch):
        await put(pool, *home, qa("Old?", "Model."))


async def test_readers_see_one_model_or_the_other(pool: Pool, home: tuple[UUID, UUID]) -> None:
    """Between the pointer row and the vectors of a reader the switch commits."""
    embedding = await WordEmbedder().embed_query("ship abroad")
    async with tenant_transaction(pool, home[0], snapshot=True) as conn:
        await knowledge_bases.get(conn, home[1])
        await change(pool, home, OtherEmbedder())
        found = await search(
            conn,
            [KnowledgeVersion(home[1])],
            text="ship abroad",
            embedding=embedding,
            model_id=WordEmbedder.model_id,
        )
    assert found[0]["text"] == "To Sweden."
    assert found[0]["cosine"] > 0.5


async def test_what_is_written_meanwhile_is_there_after_the_switch(
    pool: Pool, home: tuple[UUID, UUID]
) -> None:
    async def write(call: int) -> None:
        if call <= 3:
            await put(pool, *home, qa(f"Late question {call}?", f"Late answer {call}."))

    done = await change(pool, home, OtherEmbedder(before=write))
    assert done.passages == 6
    found = await ask(pool, home, "Late question")
    assert {f"Late answer {n}." for n in (1, 2, 3)} <= set(found)


async def test_writers_that_never_pause_are_stopped_for_a_moment(
    pool: Pool, home: tuple[UUID, UUID]
) -> None:
    """One write comes in every round, until the last passages are embedded under the lock."""
    writing: list[asyncio.Task[object]] = []

    async def write(call: int) -> None:
        late = qa(f"Late question {call}?", f"Late answer {call}.")
        writing.append(asyncio.create_task(put(pool, *home, late)))
        await asyncio.wait(writing[-1:], timeout=0.5)

    done = await change(pool, home, OtherEmbedder(before=write))
    waiting = await asyncio.gather(*writing, return_exceptions=True)
    stored = sum(isinstance(one, list) for one in waiting)
    assert done.passages == 3 + stored
    assert stored >= reembedding.PATIENT_ROUNDS
    # who came under the lock was told to come again: its vectors were the old model's
    assert all(isinstance(one, list | ModelChanged) for one in waiting)
    assert {f"Late answer {n}." for n in range(1, 4)} <= set(await ask(pool, home, "Late question"))


async def test_a_repeat_embeds_nothing_again(pool: Pool, home: tuple[UUID, UUID]) -> None:
    job_id = await job(pool, *home)

    async def die(conn: TenantConnection, done: Reembedded) -> None:
        raise EmbeddingsUnavailable("the worker dies in the switch")

    first = OtherEmbedder()
    with pytest.raises(EmbeddingsUnavailable):
        await reembedding.reembed(
            pool, *home, embedder=first, job_id=job_id, on_progress=quiet, within=die
        )
    assert len(first.embedded) == 5  # three passages, and the questions of two pairs
    assert (await find(pool, *home, "gift wrap"))[0]["text"] == "Yes, for 3 EUR."  # the old model
    again = OtherEmbedder()
    done = await change(pool, home, again, job_id)
    assert (again.embedded, done.embedded) == ([], 0)
    assert set(await ask(pool, home, "gift wrap")) == {"Yes, for 3 EUR.", "To Sweden."}


async def test_one_of_two_changes_wins(pool: Pool, home: tuple[UUID, UUID]) -> None:
    class Third(OtherEmbedder):
        model_id = "test:third"

    async def other_first(call: int) -> None:
        if call == 1:
            await change(pool, home, Third())

    with pytest.raises(VersionInProgress):
        await change(pool, home, OtherEmbedder(before=other_first))
    async with tenant_transaction(pool, home[0]) as conn:
        assert (await knowledge_bases.get(conn, home[1])).embedding_model == "test:third"


async def test_a_write_that_crosses_the_switch_is_refused(
    pool: Pool, home: tuple[UUID, UUID]
) -> None:
    class Crossing(WordEmbedder):
        async def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
            await change(pool, home, OtherEmbedder())
            return await super().embed_documents(texts)

    with pytest.raises(ModelChanged):
        await add_documents(
            pool, *home, [qa("Which model?", "The old.")], embedder=Crossing(), actor=SYSTEM
        )
    assert "The old." not in await ask(pool, home, "Which model?")


async def test_vectors_are_known_within_the_tenant_and_the_model(
    pool: Pool, home: tuple[UUID, UUID], neighbour: Seeded
) -> None:
    async with tenant_transaction(pool, home[0]) as conn:
        cursor = await conn.execute(
            """
            select embedded_hash
              from chunks
             where tenant_id = %(tenant_id)s
             limit 1
            """
        )
        row = await cursor.fetchone()
        assert row is not None
        assert len(await known_vectors.known(conn, [row[0]])) == 1
        kept = text_hash("test:other", "a text")
        assert kept != text_hash("test:words", "a text")
        job_id = await jobs.create(conn, "reembed", total=0)
        await known_vectors.keep(conn, job_id, {kept: np.ones(DIMENSION, np.float32)})
        assert await known_vectors.known(conn, [kept]) == {}
        assert list(await known_vectors.known(conn, [kept], job_id=job_id)) == [kept]
        await known_vectors.forget(conn, job_id)
        assert await known_vectors.known(conn, [kept], job_id=job_id) == {}
        await jobs.cancel(conn, job_id)
        await known_vectors.keep(conn, job_id, {kept: np.ones(DIMENSION, np.float32)})
        assert await known_vectors.known(conn, [kept], job_id=job_id) == {}
    async with tenant_transaction(pool, neighbour.tenant_id) as conn:
        assert await known_vectors.known(conn, [row[0]]) == {}
