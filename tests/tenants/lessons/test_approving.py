"""A suggestion becomes an entry once, published at once, or nothing is left of the try."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from tenants.actors import SYSTEM, Actor
from tenants.database.connection import Pool, tenant_transaction
from tenants.errors import Invalid, NotFound, SuggestionDecided
from tenants.ids import new_id
from tenants.knowledge import documents, knowledge_bases
from tenants.knowledge.ingestion import NewDocument
from tenants.lessons import suggestions
from tenants.lessons.approving import Edits, approve
from tenants.lessons.suggestions import Suggestion
from tests.seeds import Seeded, seed_tenant
from tests.tenants.knowledge_made import WordEmbedder, find, make_base, put, qa

ANN = Actor("operator", "ann")
ENTRY: dict[str, Any] = {
    "question": "Do you repair e-bikes?",
    "answer": "Yes, in three days.",
    "removed": [],
    "examples": [
        {"text": "Can you fix my electric bike?"},
        {"text": "Does [name] do repairs on 7 pedelecs?"},
    ],
}


async def suggest(pool: Pool, tenant_id: UUID, base: UUID, **changed: Any) -> UUID:
    async with tenant_transaction(pool, tenant_id) as conn:
        made = await suggestions.create(conn, base, ENTRY | changed, actor=ANN)
    return made.suggestion_id


async def approved(pool: Pool, tenant_id: UUID, suggestion_id: UUID, **edits: Any) -> Suggestion:
    return await approve(
        pool,
        tenant_id,
        suggestion_id,
        actor=ANN,
        embedder=WordEmbedder(),
        edits=Edits(**edits),
    )


async def content(pool: Pool, tenant_id: UUID, base: UUID, document_id: UUID) -> dict[str, Any]:
    async with tenant_transaction(pool, tenant_id) as conn:
        return await documents.read_content(conn, base, document_id)


async def test_an_approved_suggestion_is_found_by_the_customers_words(
    pool: Pool, neighbour: Seeded
) -> None:
    seeded = await seed_tenant(pool)
    base = await make_base(pool, seeded.tenant_id)
    suggestion_id = await suggest(pool, seeded.tenant_id, base)
    with pytest.raises(NotFound):
        await approved(pool, neighbour.tenant_id, suggestion_id)
    done = await approved(pool, seeded.tenant_id, suggestion_id)
    assert (done.status, done.decided_by) == ("approved", "operator:ann")
    assert done.document_id is not None
    [passage] = await find(pool, seeded.tenant_id, base, "electric pedelecs")
    assert passage["document_id"] == str(done.document_id) and passage["lexical"] > 0.5
    assert (await find(pool, seeded.tenant_id, base, "name 7"))[0]["lexical"] == 0, "no mark"
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        document = await documents.get(conn, base, done.document_id)
    assert document.origin["approved_by"] == {"kind": "operator", "id": "ann"}


async def test_of_many_who_approve_at_once_one_publishes(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    base = await make_base(pool, seeded.tenant_id)
    suggestion_id = await suggest(pool, seeded.tenant_id, base)
    answers = [f"Yes, in {n} days." for n in range(6)]
    done = await asyncio.gather(
        *(approved(pool, seeded.tenant_id, suggestion_id, answer=answer) for answer in answers),
        return_exceptions=True,
    )
    won = [one for one in done if isinstance(one, Suggestion)]
    assert len(won) == 1
    assert all(isinstance(one, Suggestion | SuggestionDecided) for one in done), done
    document_id = won[0].document_id
    assert document_id is not None
    kept = await content(pool, seeded.tenant_id, base, document_id)
    assert kept["answer"] == won[0].entry["answer"]
    assert len(await find(pool, seeded.tenant_id, base, "Do you repair e-bikes?")) == 1


async def test_a_question_without_an_answer_needs_one(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    base = await make_base(pool, seeded.tenant_id)
    suggestion_id = await suggest(pool, seeded.tenant_id, base, answer=None)
    with pytest.raises(Invalid, match="answer"):
        await approved(pool, seeded.tenant_id, suggestion_id)
    done = await approved(
        pool, seeded.tenant_id, suggestion_id, answer="Write to help@shop.example."
    )
    assert done.entry["answer"] == "Write to help@shop.example.", "the reviewer's words stand"
    assert done.entry["kept_personal_data"] == ["e-mail"], "and are named"


async def test_an_entry_that_is_there_takes_the_answer(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    base = await make_base(pool, seeded.tenant_id)
    text = NewDocument("text", title="Bikes", text="We sell bikes of all kinds.")
    there, other = await put(pool, seeded.tenant_id, base, qa("Repairs?", "Some."), text)
    suggestion_id = await suggest(pool, seeded.tenant_id, base)
    with pytest.raises(NotFound):
        await approved(pool, seeded.tenant_id, suggestion_id, into=new_id())
    with pytest.raises(Invalid, match="update_document_id"):
        await approved(pool, seeded.tenant_id, suggestion_id, into=other.document_id)
    done = await approved(pool, seeded.tenant_id, suggestion_id, into=there.document_id)
    assert done.document_id == there.document_id
    kept = await content(pool, seeded.tenant_id, base, there.document_id)
    assert kept == {"question": "Repairs?", "answer": "Yes, in three days."}


async def test_approval_publishes_its_entry_alone_where_publishing_is_manual(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        base = await knowledge_bases.create(
            conn,
            "Manual",
            embedding_model=WordEmbedder.model_id,
            dimension=WordEmbedder.dimension,
            publishing="manual",
        )
    await put(pool, seeded.tenant_id, base, qa("Do you sell kayaks?", "Folding ones."))
    suggestion_id = await suggest(pool, seeded.tenant_id, base)
    await approved(pool, seeded.tenant_id, suggestion_id)
    found = await find(pool, seeded.tenant_id, base, "Do you repair e-bikes or sell kayaks?")
    assert [passage["question"] for passage in found] == ["Do you repair e-bikes?"]


async def test_what_was_decided_is_not_decided_again(pool: Pool) -> None:
    seeded = await seed_tenant(pool)
    base = await make_base(pool, seeded.tenant_id)
    suggestion_id = await suggest(pool, seeded.tenant_id, base)
    async with tenant_transaction(pool, seeded.tenant_id) as conn:
        await suggestions.decide(conn, suggestion_id, "dismissed", actor=SYSTEM)
    with pytest.raises(SuggestionDecided):
        await approved(pool, seeded.tenant_id, suggestion_id)
    assert await find(pool, seeded.tenant_id, base, "Do you repair e-bikes?") == []
