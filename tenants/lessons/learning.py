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
from tenants.knowledge.knowledge_bases import KnowledgeBase
from tenants.lessons import suggestions
from tenants.lessons.question_board import alone, read_board
from tenants.lessons.question_groups import Vector, as_compared, wording
from tenants.lessons.suggestions import Suggestion
from tenants.people.contact_words import ContactWords, words_of
from tenants.transcripts import conversations


@dataclass(frozen=True, slots=True)
class Learnt:
    """An operator's answer without personal data, where it came from, and where it belongs."""

    base: KnowledgeBase
    handoff: handoffs.Handoff
    actor: Actor
    entry: dict[str, Any]  # `question`, `answer`, and `removed`: kinds of personal data

    @property
    def document(self) -> NewDocument:
        """The entry that it is, for those who may write knowledge."""
        return NewDocument(
            kind="qa",
            title=self.entry["question"],
            question=self.entry["question"],
            answer=self.entry["answer"],
            external_id=f"handoff:{self.handoff.handoff_id}",
            origin={
                "kind": "operator",
                "actor": {"kind": self.actor.kind, "id": self.actor.id},
                "handoff_id": str(self.handoff.handoff_id),
                "conversation_id": str(self.handoff.conversation_id),
            },
        )


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
        decided = handoff.decided or {}
        actor = Actor(decided["actor"]["kind"], decided["actor"]["id"])
        learnt = await to_learn(
            conn, handoff, question, answer, actor=actor, name=decided["actor"]["name"]
        )
    base_id = learnt.base.knowledge_base_id
    kept = {"knowledge_base_id": str(base_id), "handoff_id": str(handoff_id)}
    if decided.get("may_write_knowledge"):
        embedder = await models.of(learnt.base.embedding_model)
        document_id = await _write_entry(pool, tenant_id, learnt, embedder)
        return kept | {"kind": "entry", "document_id": str(document_id)}
    grouping = models.default  # as in `unanswered.group`, whatever model the knowledge base has
    vector = np.asarray(
        await grouping.embed_query(as_compared(learnt.entry["question"])), dtype=np.float32
    )
    async with tenant_transaction(pool, tenant_id) as conn:
        suggestion = await _suggest(conn, learnt, vector, grouping.model_id)
    return kept | {"kind": "suggestion", "suggestion_id": str(suggestion.suggestion_id)}


async def to_learn(
    conn: TenantConnection,
    handoff: handoffs.Handoff,
    question: str,
    answer: str,
    *,
    actor: Actor,
    name: str,
) -> Learnt:
    """What would be learnt of an operator's answer; nothing is written. Raises: Invalid."""
    conversation = await conversations.get(conn, handoff.conversation_id)
    assistant = await assistants.get(conn, conversation.assistant_id)
    words = await words_of(conn, [conversation.contact_id])
    base = await knowledge_bases.get(conn, await _learns_into(conn, assistant))
    private = words.get(conversation.contact_id, ContactWords())
    if actor.kind == "operator":  # who signs an answer is nobody's knowledge either
        private = replace(private, names=(*private.names, name))
    return Learnt(base, handoff, actor, _entry(private, question, answer))


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
    conn: TenantConnection, learnt: Learnt, vector: Vector, model_id: str
) -> Suggestion:
    """The suggestion of this answer: the open question that it answers, or one of its own."""
    handoff = learnt.handoff
    await alone(conn)
    known = await suggestions.of_handoff(conn, handoff.handoff_id)
    if known is not None:
        return known
    board = await read_board(
        conn,
        learnt.base.knowledge_base_id,
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
        learnt.base.knowledge_base_id,
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


async def _write_entry(pool: Pool, tenant_id: UUID, learnt: Learnt, embedder: Embedder) -> UUID:
    stored = await add_documents(
        pool,
        tenant_id,
        learnt.base.knowledge_base_id,
        [learnt.document],
        embedder=embedder,
        actor=learnt.actor,
        stage=False,  # an operator's word is live when `resolve` answers, whatever else is staged
    )
    return stored.documents[0].document_id
