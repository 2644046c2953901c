"""Documents as requests bring them, checked and sent on: stored at once, or by a job when long."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from server.auth import Caller
from server.resources import Resources
from server.schemas import NewDocument
from tenants import ingestion
from tenants.errors import Invalid

INLINE_BYTES = 2_000_000  # longer inputs are a job's
_FORMS = ("text", "data", "question", "chunks")


@dataclass(frozen=True, slots=True)
class Stored:
    """Either the documents, searchable now, or the job that will store them."""

    documents: list[ingestion.StoredDocument] = field(
        default_factory=list[ingestion.StoredDocument]
    )
    job_id: UUID | None = None


async def store_documents(
    held: Resources,
    caller: Caller,
    knowledge_base_id: UUID,
    documents: Sequence[NewDocument],
    *,
    in_background: bool,
) -> Stored:
    """Keep documents in a knowledge base. Raises: Invalid, NotFound, TooLarge."""
    checked = [to_document(document, caller) for document in documents]
    if in_background:
        job_id = await held.jobs.ingest(
            caller.tenant_id, knowledge_base_id, checked, actor=caller.actor
        )
        return Stored(job_id=job_id)
    stored = await ingestion.add_documents(
        held.pool,
        caller.tenant_id,
        knowledge_base_id,
        checked,
        embedder=held.embedder,
        actor=caller.actor,
    )
    return Stored(documents=stored)


def to_document(new: NewDocument, caller: Caller) -> ingestion.NewDocument:
    """The document of one form. Raises: Invalid."""
    given = [name for name in _FORMS if name in new.model_fields_set]
    if len(given) != 1:
        raise Invalid(
            "give exactly one of `text`, `data`, `question` with `answer`, and `chunks`",
            errors=[
                {
                    "where": "body",
                    "what": f"given: {', '.join(given) or 'none of them'}",
                }
            ],
        )
    form = given[0]
    common: dict[str, Any] = {
        "title": new.title or "",
        "external_id": new.external_id,
        "source": new.source,
        "origin": {"actor": {"kind": caller.actor.kind, "id": caller.actor.id}},
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
