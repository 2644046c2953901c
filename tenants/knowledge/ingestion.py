"""Documents go in: cut, embedded, written and published, searchable when the call returns.

Cutting and embedding hold no connection. Writing is one transaction that locks the knowledge base's
row first, so that versions, passage numbers and segments of concurrent writers never clash, and
readers see all of it or nothing. A text that the tenant had embedded before is not embedded again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tenants.actors import Actor
from tenants.cutting.preparing import (
    THREAD_CHARS,
    House,
    NewDocument,
    Refused,
    prepare_all,
    size_of,
)
from tenants.database.connection import Pool, TenantConnection, tenant_transaction
from tenants.errors import ModelMismatch, NotFound
from tenants.finding import known_vectors
from tenants.finding.languages import DEFAULT_LANGUAGE
from tenants.knowledge import duplicates, knowledge_bases
from tenants.knowledge.duplicates import DuplicatePair, Duplicates
from tenants.knowledge.knowledge_bases import KnowledgeBase
from tenants.knowledge.knowledge_heads import Prepared, PreparedPassage, StoredDocument
from tenants.knowledge.knowledge_writing import write_documents
from tenants.knowledge.syncing import Sync

__all__ = [
    "Embedder",
    "NewDocument",
    "Stored",
    "StoredDocument",
    "Sync",
    "add_documents",
    "embed",
    "prepare_documents",
]

Progress = Callable[[int, int], Awaitable[None]]

_EMBED_TEXTS = 256  # texts between two reports of progress


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
class Stored:
    """What came of it: the documents in the order given, less those `refused`."""

    documents: list[StoredDocument] = field(default_factory=list[StoredDocument])
    version: int = 0
    published: bool = True
    duplicates: list[DuplicatePair] = field(default_factory=list[DuplicatePair])
    more_duplicates: int = 0
    deleted: int = 0
    kept_edited: list[UUID] = field(default_factory=list[UUID])
    refused: list[Refused] = field(default_factory=list[Refused])


Within = Callable[[TenantConnection, Stored], Awaitable[None]]


async def add_documents(
    pool: Pool,
    tenant_id: UUID,
    knowledge_base_id: UUID,
    documents: Sequence[NewDocument],
    *,
    embedder: Embedder,
    actor: Actor,
    stage: bool | None = None,
    note: str = "",
    job_id: UUID | None = None,
    on_progress: Progress | None = None,
    sync: Sync | None = None,
    within: Within | None = None,
    skip_invalid: bool = False,
    look_for_duplicates: bool = False,
) -> Stored:
    """Store documents in one version; an `external_id` that is there already is replaced.

    `stage` None does as the knowledge base publishes. `within` is told all that came of it, in the
    write's transaction: what it raises undoes the write.
    Raises: NotFound, ModelMismatch, ModelChanged, Invalid, TooLarge; then nothing is stored.
    """
    if not documents and sync is None:
        return Stored()
    async with tenant_transaction(pool, tenant_id) as conn:
        base = await knowledge_bases.get(conn, knowledge_base_id)
        brand = await knowledge_bases.brand(conn)
    _check(base, embedder)
    house = House(embedder.model_id, base.language or DEFAULT_LANGUAGE, brand)
    prepared, refused = await _cut(documents, house, skip_invalid=skip_invalid)
    if refused and not prepared and sync is None:
        return Stored(refused=refused)
    await embed(
        pool, tenant_id, prepared, embedder=embedder, job_id=job_id, on_progress=on_progress
    )
    found = Duplicates()
    if look_for_duplicates:
        synced = sync.source_id if sync is not None and sync.complete else None
        found = await duplicates.find(pool, tenant_id, base, prepared, source_id=synced)
    async with tenant_transaction(pool, tenant_id) as conn:
        written = await write_documents(
            conn,
            knowledge_base_id,
            prepared,
            actor=actor,
            stage=stage,
            note=note,
            sync=sync,
            space=base.space,
        )
        stored = Stored(
            documents=written.documents,
            version=written.version,
            published=written.published,
            duplicates=found.pairs,
            more_duplicates=found.more,
            deleted=written.synced.deleted,
            kept_edited=written.synced.kept_edited,
            refused=refused,
        )
        if within is not None:
            await within(conn, stored)
        if job_id is not None:
            await known_vectors.forget(conn, job_id)
    return stored


async def prepare_documents(
    pool: Pool, tenant_id: UUID, documents: Sequence[NewDocument], *, embedder: Embedder
) -> list[Prepared]:
    """Documents ready to be written into a knowledge base that is still to be made.

    Raises: Invalid, TooLarge.
    """
    async with tenant_transaction(pool, tenant_id) as conn:
        brand = await knowledge_bases.brand(conn)
    house = House(embedder.model_id, DEFAULT_LANGUAGE, brand)
    prepared, _ = await _cut(documents, house, skip_invalid=False)
    await embed(pool, tenant_id, prepared, embedder=embedder)
    return prepared


async def embed(
    pool: Pool,
    tenant_id: UUID,
    prepared: Sequence[Prepared],
    *,
    embedder: Embedder,
    job_id: UUID | None = None,
    on_progress: Progress | None = None,
) -> None:
    """Give every passage its vector; one that is known, or comes twice, is not made again.

    `on_progress` is told after every slice how many distinct passages are done, of how many.
    """
    passages = [passage for document in prepared for passage in document.passages]
    by_hash = {passage.embedded_hash: passage for passage in passages}
    hashes = list(by_hash)
    vectors: dict[UUID, NDArray[np.floating]] = {}
    for start in range(0, len(hashes), _EMBED_TEXTS):
        part = hashes[start : start + _EMBED_TEXTS]
        texts = _texts([by_hash[one] for one in part], but=vectors)
        async with tenant_transaction(pool, tenant_id) as conn:
            found = await known_vectors.known(conn, list(texts), job_id=job_id)
        new = [one for one in texts if one not in found]
        if new:
            made = await embedder.embed_documents([texts[one] for one in new])
            fresh = dict(zip(new, made, strict=True))
            if job_id is not None:
                async with tenant_transaction(pool, tenant_id) as conn:
                    await known_vectors.keep(conn, job_id, fresh)
            found |= fresh
        # half precision is what is stored: a large import holds half as much until it is written
        vectors.update((one, np.asarray(vector, np.float16)) for one, vector in found.items())
        if on_progress is not None:
            await on_progress(min(start + len(part), len(hashes)), len(hashes))
    for passage in passages:
        passage.vector = vectors[passage.embedded_hash]
        if passage.asks is not None:
            passage.asks.vector = vectors[passage.asks.question_hash]


def _texts(passages: Sequence[PreparedPassage], *, but: Collection[UUID]) -> dict[UUID, str]:
    """What is to be embedded of passages, by its hash: their texts, and the questions of pairs."""
    texts = {passage.embedded_hash: passage.embedded for passage in passages}
    asked = {p.asks.question_hash: p.asks.text for p in passages if p.asks is not None}
    return texts | {one: text for one, text in asked.items() if one not in but}


def _check(base: KnowledgeBase, embedder: Embedder) -> None:
    if base.archived_at is not None:
        raise NotFound("no such knowledge base")
    if (base.embedding_model, base.dimension) != (embedder.model_id, embedder.dimension):
        raise ModelMismatch(f"this knowledge base was built with {base.embedding_model}")


async def _cut(
    documents: Sequence[NewDocument], house: House, *, skip_invalid: bool
) -> tuple[list[Prepared], list[Refused]]:
    if sum(size_of(document) for document in documents) > THREAD_CHARS:
        return await asyncio.to_thread(prepare_all, documents, house, skip_invalid=skip_invalid)
    return prepare_all(documents, house, skip_invalid=skip_invalid)
