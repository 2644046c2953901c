"""A suggestion becomes an entry: approved as it stands, edited, or merged into an existing entry.

What the reviewer writes stands as written: they decide what is public. What they leave is the
draft, freed of personal data when it was made.
"""

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tenants.actors import Actor
from tenants.database.connection import Pool, TenantConnection, tenant_transaction
from tenants.errors import Invalid, SuggestionDecided
from tenants.finding.languages import detect, little_words
from tenants.knowledge import documents
from tenants.knowledge.entry_fields import EntryFields
from tenants.knowledge.ingestion import Embedder, NewDocument, Stored, add_documents
from tenants.lessons import suggestions
from tenants.lessons.personal_data import clean
from tenants.lessons.suggestions import Suggestion

MAX_KEYWORDS = 20
MIN_CHARS, MAX_CHARS = 3, 40
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_MARK = re.compile(r"\[[a-z -]+\]")  # where personal data stood


@dataclass(frozen=True, slots=True)
class Edits:
    """What the reviewer changes; None leaves the draft. `into` is an entry to write it into."""

    question: str | None = None
    answer: str | None = None
    into: UUID | None = None


async def approve(
    pool: Pool,
    tenant_id: UUID,
    suggestion_id: UUID,
    *,
    actor: Actor,
    embedder: Embedder,
    edits: Edits,
) -> Suggestion:
    """Make a suggestion an entry, published and searchable on return; all of it or nothing.

    Raises: NotFound, SuggestionDecided; Invalid where there is no answer, or where the document
    to merge into is no entry.
    """
    async with tenant_transaction(pool, tenant_id) as conn:
        suggestion = await suggestions.get(conn, suggestion_id)
        entry = await _decided_entry(conn, suggestion, edits)

    async def decide(conn: TenantConnection, stored: Stored) -> None:
        await suggestions.decide(
            conn,
            suggestion_id,
            "approved",
            actor=actor,
            document_id=stored.documents[0].document_id,
            entry=entry,
        )

    await add_documents(
        pool,
        tenant_id,
        suggestion.knowledge_base_id,
        [_document(suggestion, entry, edits.into, actor)],
        embedder=embedder,
        actor=actor,
        stage=False,
        within=decide,
    )
    async with tenant_transaction(pool, tenant_id) as conn:
        return await suggestions.get(conn, suggestion_id)


async def draft_document(
    conn: TenantConnection, suggestion: Suggestion, edits: Edits, *, actor: Actor
) -> NewDocument:
    """The document that approving would write. Raises: as `approve`."""
    entry = await _decided_entry(conn, suggestion, edits)
    return _document(suggestion, entry, edits.into, actor)


def _document(
    suggestion: Suggestion, entry: dict[str, Any], into: UUID | None, actor: Actor
) -> NewDocument:
    return NewDocument(
        kind="qa",
        title=entry["question"],
        question=entry["question"],
        answer=entry["answer"],
        external_id=None if into else f"suggestion:{suggestion.suggestion_id}",
        document_id=into,
        fields=EntryFields(keywords=_keywords(entry)),
        origin=_origin(suggestion, actor),
    )


def _keywords(entry: dict[str, Any]) -> tuple[str, ...]:
    """The words customers used that stand neither in the question nor in the answer."""
    said = f"{entry['question']} {entry['answer']}"
    language = detect(said)
    known = {*_words(said), *little_words(language)}
    used = [word for example in entry.get("examples", []) for word in _words(example["text"])]
    fresh = [w for w in dict.fromkeys(used) if w not in known and MIN_CHARS <= len(w) <= MAX_CHARS]
    return tuple(fresh[:MAX_KEYWORDS])


def _words(text: str) -> list[str]:
    plain = _MARK.sub(" ", text)
    return [word.casefold() for word in _WORD.findall(plain) if not word.isdigit()]


async def _decided_entry(
    conn: TenantConnection, suggestion: Suggestion, edits: Edits
) -> dict[str, Any]:
    """The entry as it is to stand, with what was collected beside it.

    Raises: SuggestionDecided, Invalid, NotFound.
    """
    if suggestion.status not in ("open", "answered"):
        raise SuggestionDecided("this suggestion was approved or dismissed before")
    draft = suggestion.entry
    question, answer = edits.question or draft["question"], edits.answer or draft.get("answer")
    if edits.into is not None:
        kept = await _entry_to_change(conn, suggestion.knowledge_base_id, edits.into)
        question = edits.question or kept["question"]
    if not answer:
        what = "nobody has answered this question yet"
        raise Invalid(
            f"answer: {what}",
            errors=[{"where": "answer", "what": what, "right": "send the answer to publish"}],
        )
    written = [text for text in (edits.question, edits.answer) if text]
    kinds = sorted({kind for text in written for kind in clean(text).removed})
    return draft | {"question": question, "answer": answer, "kept_personal_data": kinds}


async def _entry_to_change(
    conn: TenantConnection, knowledge_base_id: UUID, document_id: UUID
) -> dict[str, Any]:
    document = await documents.get(conn, knowledge_base_id, document_id)
    if document.kind != "qa":
        what = f"a document of kind `{document.kind}` is not one question with its answer"
        raise Invalid(
            f"update_document_id: {what}",
            errors=[
                {
                    "where": "update_document_id",
                    "what": what,
                    "right": "an entry of this knowledge base; change other documents themselves",
                }
            ],
        )
    return await documents.read_content(conn, knowledge_base_id, document_id)


def _origin(suggestion: Suggestion, actor: Actor) -> dict[str, Any]:
    origin: dict[str, Any] = {
        "kind": "suggestion",
        "suggestion_id": str(suggestion.suggestion_id),
        "suggested_by": {"kind": suggestion.actor_kind, "id": suggestion.actor_id},
        "approved_by": {"kind": actor.kind, "id": actor.id},
        "asked": suggestion.asked,
    }
    if suggestion.conversation_id is not None:
        origin["conversation_id"] = str(suggestion.conversation_id)
    return origin
