"""What stands already where a version is being written: documents by name, their open passages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.knowledge.knowledge_heads import Head, Prepared


@dataclass(frozen=True, slots=True)
class Standing:
    """A document as the version being written would begin with it."""

    document_id: UUID
    external_id: str | None
    title: str
    n_chunks: int
    v_from: int
    content_hash: bytes
    created_at: datetime
    origin: dict[str, Any]
    source_id: UUID | None
    edited_at: datetime | None


@dataclass(frozen=True, slots=True)
class Found:
    """Standing documents, by their external ids and by their own."""

    by_external_id: dict[str, Standing]
    by_id: dict[UUID, Standing]

    def of(self, document: Prepared) -> Standing | None:
        """The one that a prepared document takes the place of."""
        if document.replaces is not None:
            return self.by_id.get(document.replaces)
        return self.by_external_id.get(document.external_id) if document.external_id else None


async def of(conn: TenantConnection, head: Head, prepared: Sequence[Prepared]) -> Found:
    """Those that the prepared documents name, read at once."""
    rows = await conn.rows(
        Standing,
        """
        select document_id, external_id, title, n_chunks, v_from, content_hash, created_at, origin,
               source_id, edited_at
          from documents
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and v_from <= %(version)s
           and v_to > %(version)s
           and (external_id = any(%(external_ids)s) or document_id = any(%(document_ids)s))
        """,
        {
            "knowledge_base_id": head.knowledge_base_id,
            "version": head.version,
            "external_ids": [one.external_id for one in prepared if one.external_id],
            "document_ids": [one.replaces for one in prepared if one.replaces],
        },
    )
    return Found(
        {row.external_id: row for row in rows if row.external_id is not None},
        {row.document_id: row for row in rows},
    )


async def of_source(conn: TenantConnection, head: Head, source_id: UUID) -> list[Standing]:
    """All documents that came from a source."""
    return await conn.rows(
        Standing,
        """
        select document_id, external_id, title, n_chunks, v_from, content_hash, created_at, origin,
               source_id, edited_at
          from documents
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and source_id = %(source_id)s
           and v_from <= %(version)s
           and v_to > %(version)s
        """,
        {
            "knowledge_base_id": head.knowledge_base_id,
            "version": head.version,
            "source_id": source_id,
        },
    )


async def open_chunks(
    conn: TenantConnection, head: Head, document_ids: Sequence[UUID]
) -> dict[UUID, dict[bytes, list[int]]]:
    """Passages of documents by content hash; their numbers come from the texts, which have the index.

    Two statements: joined, a fresh import's missing statistics made a plan of 20 s for 12,000.
    """
    found: dict[UUID, dict[bytes, list[int]]] = {}
    if not document_ids:
        return found
    where = {"knowledge_base_id": head.knowledge_base_id, "version": head.version}
    cursor = await conn.execute(
        """
        select chunk_id
          from chunk_texts
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and document_id = any(%(document_ids)s)
        """,
        where | {"document_ids": list(document_ids)},
    )
    chunk_ids = [row[0] for row in await cursor.fetchall()]
    cursor = await conn.execute(
        """
        select document_id, content_hash, chunk_id
          from chunks
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and chunk_id = any(%(chunk_ids)s)
           and v_from <= %(version)s
           and v_to > %(version)s
         order by chunk_id desc
        """,
        where | {"chunk_ids": chunk_ids},
    )
    for document_id, content_hash, chunk_id in await cursor.fetchall():
        found.setdefault(document_id, {}).setdefault(content_hash, []).append(chunk_id)
    return found
