"""What an operator said becomes knowledge: a suggestion by default, an entry by those who may."""

from typing import Any
from uuid import UUID

from tenants import assistants, contacts, conversations, handoffs, knowledge_bases, suggestions
from tenants.actors import Actor
from tenants.connection import Pool, TenantConnection, tenant_transaction
from tenants.errors import Invalid
from tenants.ingestion import Embedder, NewDocument, add_documents
from tenants.personal_data import Cleaned, clean


async def learn(
    pool: Pool,
    tenant_id: UUID,
    handoff_id: UUID,
    question: str,
    answer: str,
    *,
    embedder: Embedder,
) -> dict[str, Any]:
    """Keep an operator's answer, cleaned of personal data; how it was kept, for the event.

    The same handoff again changes nothing: the entry's `external_id` and the suggestion's
    uniqueness are the handoff's.
    """
    async with tenant_transaction(pool, tenant_id) as conn:
        handoff = await handoffs.get(conn, handoff_id)
        conversation = await conversations.get(conn, handoff.conversation_id)
        assistant = await assistants.get(conn, conversation.assistant_id)
        contact = await contacts.get(conn, conversation.contact_id)
        knowledge_base_id = await _learns_into(conn, assistant)
    decided = handoff.decided or {}
    names = [str(contact.details["name"])] if contact.details.get("name") else []
    cleaned_question, cleaned_answer = clean(question, names=names), clean(answer, names=names)
    entry = _entry(cleaned_question, cleaned_answer)
    actor = Actor(decided["actor"]["kind"], decided["actor"]["id"])
    kept = {"knowledge_base_id": str(knowledge_base_id), "handoff_id": str(handoff_id)}
    if decided.get("may_write_knowledge"):
        document_id = await _write_entry(
            pool, tenant_id, knowledge_base_id, entry, handoff, actor, embedder
        )
        return kept | {"kind": "entry", "document_id": str(document_id)}
    async with tenant_transaction(pool, tenant_id) as conn:
        suggestion = await suggestions.create(
            conn,
            knowledge_base_id,
            entry,
            actor=actor,
            conversation_id=handoff.conversation_id,
            handoff_id=handoff_id,
        )
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


async def approve(
    pool: Pool,
    tenant_id: UUID,
    suggestion_id: UUID,
    *,
    actor: Actor,
    embedder: Embedder,
    question: str | None = None,
    answer: str | None = None,
) -> suggestions.Suggestion:
    """Make a suggestion an entry, as it stands or as the reviewer edited it; searchable on return.

    Raises: NotFound, SuggestionDecided.
    """
    async with tenant_transaction(pool, tenant_id) as conn:
        suggestion = await suggestions.get(conn, suggestion_id)
    if suggestion.status != "open":
        async with tenant_transaction(pool, tenant_id) as conn:
            return await suggestions.decide(conn, suggestion_id, "approved", actor=actor)
    entry = _entry(
        clean(question or suggestion.entry["question"]), clean(answer or suggestion.entry["answer"])
    )
    [stored] = await add_documents(
        pool,
        tenant_id,
        suggestion.knowledge_base_id,
        [
            NewDocument(
                kind="qa",
                title=entry["question"],
                question=entry["question"],
                answer=entry["answer"],
                external_id=f"suggestion:{suggestion_id}",
                origin={
                    "kind": "suggestion",
                    "suggestion_id": str(suggestion_id),
                    "conversation_id": str(suggestion.conversation_id),
                    "suggested_by": {"kind": suggestion.actor_kind, "id": suggestion.actor_id},
                    "approved_by": {"kind": actor.kind, "id": actor.id},
                },
            )
        ],
        embedder=embedder,
        actor=actor,
    )
    async with tenant_transaction(pool, tenant_id) as conn:
        return await suggestions.decide(
            conn,
            suggestion_id,
            "approved",
            actor=actor,
            document_id=stored.document_id,
            entry=entry,
        )


def _entry(question: Cleaned, answer: Cleaned) -> dict[str, Any]:
    return {
        "question": question.text,
        "answer": answer.text,
        "removed": sorted({*question.removed, *answer.removed}),
    }


async def _write_entry(
    pool: Pool,
    tenant_id: UUID,
    knowledge_base_id: UUID,
    entry: dict[str, Any],
    handoff: handoffs.Handoff,
    actor: Actor,
    embedder: Embedder,
) -> UUID:
    [stored] = await add_documents(
        pool,
        tenant_id,
        knowledge_base_id,
        [
            NewDocument(
                kind="qa",
                title=entry["question"],
                question=entry["question"],
                answer=entry["answer"],
                external_id=f"handoff:{handoff.handoff_id}",
                origin={
                    "kind": "operator",
                    "actor": {"kind": actor.kind, "id": actor.id},
                    "handoff_id": str(handoff.handoff_id),
                    "conversation_id": str(handoff.conversation_id),
                },
            )
        ],
        embedder=embedder,
        actor=actor,
    )
    return stored.document_id
