"""One version of a knowledge base being written, inside one transaction.

`open_version` locks the knowledge base's row; everything after it works on numbers that no other
writer can take. Rows are immutable but for `v_to`: what changed is written anew, what stayed (same
content hash within its document) is kept with its vector and its postings.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from tenants.actors import Actor
from tenants.connection import TenantConnection
from tenants.knowledge_heads import Head, Prepared, StoredDocument, open_version
from tenants.knowledge_rows import insert_documents, insert_passages


@dataclass(frozen=True, slots=True)
class _Standing:
    """A document that an external id names already."""

    document_id: UUID
    title: str
    n_chunks: int
    v_from: int
    content_hash: bytes
    created_at: datetime


async def write_documents(
    conn: TenantConnection, knowledge_base_id: UUID, prepared: Sequence[Prepared], *, actor: Actor
) -> list[StoredDocument]:
    """Write and publish documents in one version; where an external id comes twice, the last
    stands for both. Raises: NotFound."""
    head = await open_version(conn, knowledge_base_id)
    last = {document.external_id: document for document in prepared}
    last.pop(None, None)  # those without an external id stand for themselves
    stored: dict[UUID, StoredDocument] = {}
    for document in prepared:
        if last.get(document.external_id, document) is document:
            stored[document.document_id] = await _write_document(conn, head, document)
    if not all(document.unchanged for document in stored.values()):
        head.language = head.language or prepared[0].language
        async with conn.raw.pipeline():  # COPY is refused under row-level security
            await insert_documents(conn, head)
            await insert_passages(conn, head)
            await head.publish(conn, actor=actor)
    return [stored[last.get(d.external_id, d).document_id] for d in prepared]


async def close_document(conn: TenantConnection, head: Head, document_id: UUID) -> int | None:
    """End a document with the version being written; how many passages went, None where absent."""
    where = {
        "knowledge_base_id": head.knowledge_base_id,
        "document_id": document_id,
        "version": head.version,
    }
    ended = await conn.execute(
        """
        update documents
           set v_to = %(version)s
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and document_id = %(document_id)s
           and v_to = 2147483647
        """,
        where,
    )
    if ended.rowcount == 0:
        return None
    closed = await _open_chunks(conn, head, document_id)
    chunk_ids = [chunk_id for chunk_ids in closed.values() for chunk_id in chunk_ids]
    await _close_chunks(conn, head, chunk_ids)
    return len(chunk_ids)


async def _write_document(conn: TenantConnection, head: Head, document: Prepared) -> StoredDocument:
    before = await _standing(conn, head, document.external_id) if document.external_id else None
    if before is None:
        head.new_documents.append(document)
        head.n_chunks += len(document.passages)
        for passage in document.passages:
            head.add(passage, document.document_id, document.language)
        return StoredDocument(
            document.document_id, document.title, len(document.passages), head.version, created=True
        )
    if before.content_hash == document.content_hash:
        return StoredDocument(
            before.document_id, before.title, before.n_chunks, before.v_from, False, unchanged=True
        )
    await _replace_document(conn, head, before, document)
    return StoredDocument(
        before.document_id, document.title, len(document.passages), head.version, created=False
    )


async def _replace_document(
    conn: TenantConnection, head: Head, before: _Standing, document: Prepared
) -> None:
    """Keep the passages that stayed the same, end those that went, number the new ones."""
    kept = await _open_chunks(conn, head, before.document_id)
    head.n_chunks -= sum(len(chunk_ids) for chunk_ids in kept.values())
    head.n_chunks += len(document.passages)
    for passage in document.passages:
        if same := kept.get(passage.content_hash):
            same.pop()
        else:
            head.add(passage, before.document_id, document.language)
    await _close_chunks(conn, head, [chunk_id for same in kept.values() for chunk_id in same])
    await conn.execute(
        """
        with ended as (
            update documents
               set v_to = %(version)s
             where tenant_id = %(tenant_id)s
               and knowledge_base_id = %(knowledge_base_id)s
               and document_id = %(document_id)s
               and v_to = 2147483647
               and v_from < %(version)s
        )
        delete from documents
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and document_id = %(document_id)s
           and v_from = %(version)s
        """,
        {
            "knowledge_base_id": head.knowledge_base_id,
            "document_id": before.document_id,
            "version": head.version,
        },
    )
    replacing = replace(document, document_id=before.document_id, created_at=before.created_at)
    head.new_documents.append(replacing)


async def _standing(conn: TenantConnection, head: Head, external_id: str) -> _Standing | None:
    return await conn.row(
        _Standing,
        """
        select document_id, title, n_chunks, v_from, content_hash, created_at
          from documents
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and external_id = %(external_id)s
           and v_to = 2147483647
        """,
        {"knowledge_base_id": head.knowledge_base_id, "external_id": external_id},
    )


async def _open_chunks(
    conn: TenantConnection, head: Head, document_id: UUID
) -> dict[bytes, list[int]]:
    """The document's open passages by content hash; found by its texts, which have the index."""
    cursor = await conn.execute(
        """
        select c.content_hash, c.chunk_id
          from chunk_texts t
          join chunks c
            on c.tenant_id = t.tenant_id
           and c.knowledge_base_id = t.knowledge_base_id
           and c.chunk_id = t.chunk_id
         where t.tenant_id = %(tenant_id)s
           and t.knowledge_base_id = %(knowledge_base_id)s
           and t.document_id = %(document_id)s
           and c.tenant_id = %(tenant_id)s
           and c.v_to = 2147483647
         order by c.chunk_id desc
        """,
        {"knowledge_base_id": head.knowledge_base_id, "document_id": document_id},
    )
    found: dict[bytes, list[int]] = {}
    for content_hash, chunk_id in await cursor.fetchall():
        found.setdefault(content_hash, []).append(chunk_id)
    return found


async def _close_chunks(conn: TenantConnection, head: Head, chunk_ids: Sequence[int]) -> None:
    if chunk_ids:
        await conn.execute(
            """
            update chunks
               set v_to = %(version)s
             where tenant_id = %(tenant_id)s
               and knowledge_base_id = %(knowledge_base_id)s
               and chunk_id = any(%(chunk_ids)s)
            """,
            {
                "knowledge_base_id": head.knowledge_base_id,
                "chunk_ids": list(chunk_ids),
                "version": head.version,
            },
        )
