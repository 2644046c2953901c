"""Documents as requests bring them, checked and sent on: stored at once, or by a job when long."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from server.access.auth import Caller
from server.importing import ingest_job
from server.importing.import_size import INLINE_BYTES, is_long
from server.resources import Resources
from server.shapes.knowledge_schemas import NewDocument
from tenants.errors import Invalid
from tenants.knowledge import ingestion
from tenants.knowledge.ingestion import Embedder
from tenants.knowledge.knowledge_bases import KnowledgeBase

__all__ = [
    "INLINE_BYTES",
    "Stored",
    "model_of",
    "page_entry",
    "store_document",
    "stored_now",
    "to_document",
]

_FORMS = ("text", "data", "question", "chunks")


@dataclass(frozen=True, slots=True)
class Stored:
    """Either the documents, searchable now (or staged), or the job that will store them."""

    documents: list[ingestion.StoredDocument] = field(
        default_factory=list[ingestion.StoredDocument]
    )
    job_id: UUID | None = None
    published: bool = True
    duplicates: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    more_duplicates: int = 0

    def first(self) -> dict[str, Any]:
        """The one document of a request, as the API answers it."""
        one = self.documents[0]
        return {
            "document_id": str(one.document_id),
            "title": one.title,
            "passages": one.n_chunks,
            "version": one.version,
            "created": one.created,
            "unchanged": one.unchanged,
            "published": self.published,
            "duplicates": self.duplicates,
            "more_duplicates": self.more_duplicates,
        }


def stored_now(stored: ingestion.Stored) -> Stored:
    """What was written while the caller waited."""
    return Stored(
        documents=stored.documents,
        published=stored.published,
        duplicates=[pair.public(stored.documents) for pair in stored.duplicates],
        more_duplicates=stored.more_duplicates,
    )


async def model_of(held: Resources, base: KnowledgeBase) -> Embedder:
    """The embedding model that a knowledge base was built with. Raises: Unavailable."""
    return await held.jobs.house.embedders.of(base.embedding_model)


async def store_document(
    held: Resources,
    caller: Caller,
    base: KnowledgeBase,
    document: ingestion.NewDocument,
    *,
    stage: bool | None,
) -> Stored:
    """Keep a document in a knowledge base. Raises: Invalid, NotFound, TooLarge."""
    if await asyncio.to_thread(is_long, [document]):
        job_id = await ingest_job.start(
            held.jobs,
            caller.tenant_id,
            base.knowledge_base_id,
            [document],
            actor=caller.actor,
            stage=stage,
        )
        return Stored(job_id=job_id)
    stored = await ingestion.add_documents(
        held.pool,
        caller.tenant_id,
        base.knowledge_base_id,
        [document],
        embedder=await model_of(held, base),
        actor=caller.actor,
        stage=stage,
        look_for_duplicates=True,
    )
    return stored_now(stored)


def page_entry(new: NewDocument) -> dict[str, Any]:
    """The fields that come with a `url`. Raises: Invalid where words come too."""
    words = sorted({*_FORMS, "answer"} & new.model_fields_set)
    if words:
        raise Invalid(f"url: the page brings the words; leave `{words[0]}` out")
    return new.model_dump(mode="json", exclude_unset=True, exclude={"url"})


def to_document(
    new: NewDocument, caller: Caller, *, document_id: UUID | None = None
) -> ingestion.NewDocument:
    """The document of one form; `document_id` names the one it replaces. Raises: Invalid."""
    given = [name for name in _FORMS if name in new.model_fields_set]
    if len(given) != 1 or new.url is not None:
        raise Invalid(
            "give exactly one of `text`, `data`, `question` with `answer`, and `chunks`",
            errors=[{"where": "body", "what": f"given: {', '.join(given) or 'none of them'}"}],
        )
    form = given[0]
    common: dict[str, Any] = {
        "title": new.title or "",
        "external_id": new.external_id,
        "source": new.source,
        "origin": {"actor": {"kind": caller.actor.kind, "id": caller.actor.id}},
        "fields": new.entry_fields(),
        "document_id": document_id,
    }
    if form == "question":
        question, answer = (new.question or "").strip(), (new.answer or "").strip()
        if not question or not answer:
            raise Invalid("question and answer: both, and not empty")
        return ingestion.NewDocument(kind="qa", question=question, answer=answer, **common)
    if new.answer is not None:
        raise Invalid("answer: goes with `question` only")
    if form == "text":
        if not (new.text or "").strip():
            raise Invalid("text: the document is empty")
        return ingestion.NewDocument(kind="text", text=new.text, **common)
    if form == "chunks":
        return ingestion.NewDocument(kind="chunks", chunks=new.chunks, **common)
    return ingestion.NewDocument(kind="json", data=new.data, **common)
