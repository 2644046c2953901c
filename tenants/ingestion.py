"""Documents go in: cut, embedded, written and published, searchable when the call returns.

Cutting and embedding hold no connection. Writing is one transaction that locks the knowledge base's
row first, so that versions, passage numbers and segments of concurrent writers never clash. Where
`publishing` is `auto`, the version written is live at commit; writes within 2 s share one.
"""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tenants import chunking, codec, knowledge_bases
from tenants.actors import Actor
from tenants.connection import Pool, TenantConnection, tenant_transaction
from tenants.drafts import Draft
from tenants.errors import Invalid, ModelMismatch, NotFound
from tenants.ids import new_id
from tenants.knowledge_heads import Prepared, PreparedPassage, StoredDocument, open_version
from tenants.knowledge_writing import close_document, write_documents
from tenants.languages import DEFAULT_LANGUAGE, detect
from tenants.postings import index_text

__all__ = [
    "Embedder",
    "NewDocument",
    "StoredDocument",
    "add_documents",
    "delete_document",
    "prepare_documents",
]

Kind = Literal["text", "json", "qa", "chunks", "file", "url"]
Progress = Callable[[int, int], None]

_THREAD_CHARS = 20_000  # longer inputs are cut in a thread, so that the event loop stays free
_EMBED_TEXTS = 256  # texts between two reports of progress
_SAMPLE_CHARS = 2_000


class Embedder(Protocol):
    """An embedding model: normalised vectors; `model_id` is recorded with the knowledge base."""

    @property
    def model_id(self) -> str: ...
    @property
    def dimension(self) -> int: ...
    async def embed_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row a text, in order."""
        ...

    async def embed_query(self, text: str) -> NDArray[np.float32]:
        """One vector."""
        ...


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document as it comes in: the field of its kind is set, the others are None."""

    kind: Kind
    title: str = ""
    text: str | None = None
    data: Any = None
    question: str | None = None
    answer: str | None = None
    chunks: Sequence[Any] | None = None
    external_id: str | None = None
    source: dict[str, Any] = field(default_factory=dict[str, Any])
    origin: dict[str, Any] = field(default_factory=dict[str, Any])

    def content(self) -> dict[str, Any]:
        """What is kept of the source as it was given."""
        if self.kind == "json":
            return {"data": self.data}
        if self.kind == "qa":
            return {"question": self.question, "answer": self.answer}
        if self.kind == "chunks":
            return {"chunks": list(self.chunks or ())}
        return {"text": self.text}


async def add_documents(
    pool: Pool,
    tenant_id: UUID,
    knowledge_base_id: UUID,
    documents: Sequence[NewDocument],
    *,
    embedder: Embedder,
    actor: Actor,
    on_progress: Progress | None = None,
) -> list[StoredDocument]:
    """Store documents, in order; an `external_id` that is there already is replaced.

    Raises: NotFound, ModelMismatch, Invalid, TooLarge; then nothing is stored.
    """
    if not documents:
        return []
    async with tenant_transaction(pool, tenant_id) as conn:
        base = await knowledge_bases.get(conn, knowledge_base_id)
        brand = await knowledge_bases.brand(conn)
    if base.archived_at is not None:
        raise NotFound("no such knowledge base")
    if (base.embedding_model, base.dimension) != (embedder.model_id, embedder.dimension):
        raise ModelMismatch(f"this knowledge base was built with {base.embedding_model}")
    prepared = await _prepare_all(documents, base.language, brand, embedder, on_progress)
    async with tenant_transaction(pool, tenant_id) as conn:
        return await write_documents(conn, knowledge_base_id, prepared, actor=actor)


async def prepare_documents(
    pool: Pool, tenant_id: UUID, documents: Sequence[NewDocument], *, embedder: Embedder
) -> list[Prepared]:
    """Documents ready to be written into a knowledge base that is still to be made.

    Raises: Invalid, TooLarge.
    """
    async with tenant_transaction(pool, tenant_id) as conn:
        brand = await knowledge_bases.brand(conn)
    return await _prepare_all(documents, None, brand, embedder, None)


async def _prepare_all(
    documents: Sequence[NewDocument],
    language: str | None,
    brand: str,
    embedder: Embedder,
    on_progress: Progress | None,
) -> list[Prepared]:
    known = language or DEFAULT_LANGUAGE
    if sum(_size(document) for document in documents) > _THREAD_CHARS:
        prepared = await asyncio.to_thread(_cut_all, documents, known, brand)
    else:
        prepared = _cut_all(documents, known, brand)
    await _embed(prepared, embedder, on_progress)
    return prepared


async def delete_document(
    conn: TenantConnection, knowledge_base_id: UUID, document_id: UUID, *, actor: Actor
) -> int:
    """The version from which on the document is gone. Raises: NotFound.

    Older versions still hold it; `documents.erase` takes it out of those as well.
    """
    head = await open_version(conn, knowledge_base_id)
    ended = await close_document(conn, head, document_id)
    if ended is None:
        raise NotFound("no such document")
    head.n_chunks -= ended
    await head.publish(conn, actor=actor, note="document deleted")
    return head.version


def _size(document: NewDocument) -> int:
    if document.kind == "json":
        return _THREAD_CHARS if isinstance(document.data, dict | list) else 100
    if document.kind == "chunks":
        return 200 * len(document.chunks or ())
    return len(document.text or "") + len(document.answer or "")


def _cut_all(documents: Sequence[NewDocument], language: str, brand: str) -> list[Prepared]:
    return [_prepare(document, language, brand) for document in documents]


def _prepare(document: NewDocument, default_language: str, brand: str) -> Prepared:
    title = chunking.clean_json(document.title).strip()[:500]
    if document.kind == "qa" and not title:
        title = chunking.clean_json(document.question or "").strip()[:500]
    drafts = _cut(document, title)
    sample = "\n".join(draft.body for draft in drafts[:20])
    language = detect(sample[:_SAMPLE_CHARS], default_language)
    content = codec.encode(document.content())
    return Prepared(
        document_id=new_id(),
        kind=document.kind,
        title=title or (drafts[0].question or drafts[0].body)[:120],
        external_id=document.external_id,
        source=chunking.clean_json(document.source),
        origin=chunking.clean_json(document.origin),
        content=content,
        content_hash=hashlib.sha256(title.encode() + b"\0" + content).digest(),
        language=language,
        passages=[_prepare_passage(draft, language, brand) for draft in drafts],
    )


def _prepare_passage(draft: Draft, language: str, brand: str) -> PreparedPassage:
    """The passage with what is embedded of it: the company's name leads, as questions mean it.

    Measured hit@1 with the name of the house before every passage: dstc-faq 77.9 → 80.8, dstc9
    90.8 → 93.5 (a name that says nothing neither helps nor harms). Full text leaves it out.
    """
    told = draft.embedded
    embedded = f"{brand}\n{told}" if brand else told
    identity = "\0".join((draft.kind, draft.path, draft.title, draft.question or "", draft.body))
    return PreparedPassage(
        draft=draft,
        embedded=embedded,
        content_hash=hashlib.sha256(identity.encode()).digest(),
        indexed=index_text(told, language),
    )


def _cut(document: NewDocument, title: str) -> list[Draft]:
    if document.kind == "json":
        return chunking.chunk_json(document.data, title)
    if document.kind == "qa":
        if not (document.question or "").strip() or not (document.answer or "").strip():
            raise Invalid("question and answer: both, and not empty")
        return chunking.chunk_qa(document.question or "", document.answer or "", title)
    if document.kind == "chunks":
        return chunking.chunk_ready_made(document.chunks or (), title)
    return chunking.chunk_text(document.text or "", title)


async def _embed(
    prepared: Sequence[Prepared], embedder: Embedder, on_progress: Progress | None
) -> None:
    """Give every passage its vector; identical texts are embedded once."""
    passages = [passage for document in prepared for passage in document.passages]
    places: dict[str, list[PreparedPassage]] = {}
    for passage in passages:
        places.setdefault(passage.embedded, []).append(passage)
    texts = list(places)
    for start in range(0, len(texts), _EMBED_TEXTS):
        part = texts[start : start + _EMBED_TEXTS]
        vectors = await embedder.embed_documents(part)
        for text, vector in zip(part, vectors, strict=True):
            for passage in places[text]:
                passage.vector = np.asarray(vector, dtype=np.float32)
        if on_progress is not None:
            on_progress(min(start + len(part), len(texts)), len(texts))
