"""What an operator said becomes knowledge: a suggestion by default, an entry by those who may.

An answer to a question that was asked in vain before joins that question's suggestion, so that the
reviewer sees one thing: what was asked, how often, and what the operator answered.
"""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import numpy as np
from pgvector import HalfVector

from tenants.actors import Actor
from tenants.configuring import assistants
from tenants.database.connection import Pool, TenantConnection, tenant_transaction
from tenants.desk import handoffs
from tenants.errors import Invalid
from tenants.finding.embedding_models import EmbeddingModels
from tenants.knowledge import knowledge_bases
from tenants.knowledge.ingestion import Embedder, NewDocument, add_documents
from tenants.lessons import suggestions
from tenants.lessons.question_board import alone, read_board
from tenants.lessons.question_groups import Vector, as_compared, wording
from tenants.lessons.suggestions import Suggestion
from tenants.people.contact_words import ContactWords, words_of
from tenants.transcripts import conversations


@dataclass(frozen=True, slots=True)
class _Learnt:
    """An operator's answer without personal data, and where it came from."""

    knowledge_base_id: UUID
    handoff: handoffs.Handoff
    actor: Actor
    entry: dict[str, Any]


async def learn(
    pool: Pool,
    tenant_id: UUID,
    handoff_id: UUID,
    question: str,
    answer: str,
    *,
    models: EmbeddingModels,
) -> dict[str, Any]:
    """Keep an operator's answer, cleaned of personal data; how it was kept, for the event.

    The same handoff again changes nothing: the entry's `external_id` and the suggestion's
    uniqueness are the handoff's.
    """
    async with tenant_transaction(pool, tenant_id) as conn:
        handoff = await handoffs.get(conn, handoff_id)
        conversation = await conversations.get(conn, handoff.conversation_id)
        assistant = await assistants.get(conn, conversation.assistant_id)
        words = await words_of(conn, [conversation.contact_id])
        knowledge_base_id = await _learns_into(conn, assistant)
        base = await knowledge_bases.get(conn, knowledge_base_id)
    decided = handoff.decided or {}
    private = words.get(conversation.contact_id, ContactWords())
    if decided["actor"]["kind"] == "operator":  # who signs an answer is nobody's knowledge either
        private = replace(private, names=(*private.names, decided["actor"]["name"]))
    entry = _entry(private, question, answer)
    actor = Actor(decided["actor"]["kind"], decided["actor"]["id"])
    learnt = _Learnt(knowledge_base_id, handoff, actor, entry)
    kept = {"knowledge_base_id": str(knowledge_base_id), "handoff_id": str(handoff_id)}
    if decided.get("may_write_knowledge"):
        embedder = await models.of(base.embedding_model)
        document_id = await _write_entry(pool, tenant_id, learnt, embedder)
        return kept | {"kind": "entry", "document_id": str(document_id)}
    grouping = models.default  # as in `unanswered.group`, whatever model the knowledge base has
    vector = np.asarray(
        await grouping.embed_query(as_compared(entry["question"])), dtype=np.float32
    )
    async with tenant_transaction(pool, tenant_id) as conn:
        suggestion = await _suggest(conn, learnt, vector, grouping.model_id)
    return kept | {"kind": "suggestion", "suggestion_id": str(suggestion.suggestion_id)}


async def check_can_learn(conn: TenantConnection, handoff_id: UUID) -> None:
    """Nothing, where an answer to this handoff can be kept. Raises: NotFound, Invalid."""
    handoff = await handoffs.get(conn, handoff_id)
    conversation = await conversations.get(conn, handoff.conversation_id)
    await _learns_into(conn, await assistants.get(conn, conversation.assistant_id))


async def _learns_into(conn: TenantConnection, assistant: assistants.Assistant) -> UUID:
    """The first knowledge base of the assistant's that is in use. Raises: Invalid."""
    ids = assistant.settings.knowledge_base_ids
    live = await knowledge_bases.live_versions(conn, ids)
    for knowledge_base_id in ids:
        if knowledge_base_id in live:
            return knowledge_base_id
    raise Invalid("add_to_knowledge: the assistant reads no knowledge base that could learn this")


async def _suggest(
    conn: TenantConnection, learnt: _Learnt, vector: Vector, model_id: str
) -> Suggestion:
    """The suggestion of this answer: the open question that it answers, or one of its own."""
    handoff = learnt.handoff
    await alone(conn)
    known = await suggestions.of_handoff(conn, handoff.handoff_id)
    if known is not None:
        return known
    board = await read_board(
        conn,
        learnt.knowledge_base_id,
        model_id=model_id,
        statuses=["open"],
        kinds=["unanswered_question"],
    )
    place = board.nearest(wording(learnt.entry["question"]), vector)
    if place is not None:
        asked = board.held[place]
        filled = await suggestions.fill(
            conn,
            asked.suggestion_id,
            _joined(asked.entry, learnt.entry),
            actor=learnt.actor,
            conversation_id=handoff.conversation_id,
            handoff_id=handoff.handoff_id,
        )
        if filled is not None:
            return filled
    return await suggestions.create(
        conn,
        learnt.knowledge_base_id,
        learnt.entry,
        actor=learnt.actor,
        conversation_id=handoff.conversation_id,
        handoff_id=handoff.handoff_id,
        middle=HalfVector(vector),
        embedding_model=model_id,
    )


def _joined(asked: dict[str, Any], learnt: dict[str, Any]) -> dict[str, Any]:
    """The operator's question and answer with the wordings that were collected before."""
    removed = sorted({*asked.get("removed", []), *learnt["removed"]})
    return asked | learnt | {"removed": removed, "question_id": None}


def _entry(words: ContactWords, question: str, answer: str) -> dict[str, Any]:
    asked, answered = words.clean(question), words.clean(answer)
    return {
        "question": asked.text,
        "answer": answered.text,
        "removed": sorted({*asked.removed, *answered.removed}),
    }


async def _write_entry(pool: Pool, tenant_id: UUID, learnt: _Learnt, embedder: Embedder) -> UUID:
    entry, handoff = learnt.entry, learnt.handoff
    stored = await add_documents(
        pool,
        tenant_id,
        learnt.knowledge_base_id,
        [
            NewDocument(
                kind="qa",
                title=entry["question"],
                question=entry["question"],
                answer=entry["answer"],
                external_id=f"handoff:{handoff.handoff_id}",
                origin={
                    "kind": "operator",
                    "actor": {"kind": learnt.actor.kind, "id": learnt.actor.id},
                    "handoff_id": str(handoff.handoff_id),
                    "conversation_id": str(handoff.conversation_id),
                },
            )
        ],
        embedder=embedder,
        actor=learnt.actor,
        stage=False,  # an operator's word is live when `resolve` answers, whatever else is staged
    )
    return stored.documents[0].document_id
