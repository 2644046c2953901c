"""Documents: the sources of a knowledge base, each with the versions it is part of."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tenants import codec, postings
from tenants.connection import TenantConnection
from tenants.errors import NotFound
from tenants.knowledge_bases import OPEN_VERSION


@dataclass(frozen=True, slots=True)
class Document:
    document_id: UUID
    knowledge_base_id: UUID
    external_id: str | None
    kind: str
    title: str
    source: dict[str, Any]
    origin: dict[str, Any]
    language: str | None
    n_chunks: int
    v_from: int
    created_at: datetime
    updated_at: datetime

    def public(self) -> dict[str, Any]:
        """The document as the API shows it, without its content."""
        return {
            "document_id": str(self.document_id),
            "knowledge_base_id": str(self.knowledge_base_id),
            "external_id": self.external_id,
            "kind": self.kind,
            "title": self.title,
            "source": self.source,
            "origin": self.origin,
            "language": self.language,
            "passages": self.n_chunks,
            "version": self.v_from,
            "created_at": self.created_at.isoformat().replace("+00:00", "Z"),
            "updated_at": self.updated_at.isoformat().replace("+00:00", "Z"),
        }


async def get(conn: TenantConnection, knowledge_base_id: UUID, document_id: UUID) -> Document:
    """One document as it stands at the head. Raises: NotFound."""
    found = await conn.row(
        Document,
        """
        select document_id, knowledge_base_id, external_id, kind, title, source, origin, language,
               n_chunks, v_from, created_at, updated_at
          from documents
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and document_id = %(document_id)s
           and v_to = %(open)s
        """,
        {
            "knowledge_base_id": knowledge_base_id,
            "document_id": document_id,
            "open": OPEN_VERSION,
        },
    )
    if found is None:
        raise NotFound("no such document")
    return found


async def read_content(
    conn: TenantConnection, knowledge_base_id: UUID, document_id: UUID
) -> dict[str, Any]:
    """What was given: `text`, `data`, `question` and `answer`, or `chunks`. Raises: NotFound."""
    cursor = await conn.execute(
        """
        select content
          from documents
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and document_id = %(document_id)s
           and v_to = %(open)s
        """,
        {
            "knowledge_base_id": knowledge_base_id,
            "document_id": document_id,
            "open": OPEN_VERSION,
        },
    )
    row = await cursor.fetchone()
    if row is None:
        raise NotFound("no such document")
    return codec.decode(row[0])


async def list_page(
    conn: TenantConnection, knowledge_base_id: UUID, *, limit: int, after: UUID | None = None
) -> list[Document]:
    """The documents at the head, newest first."""
    return await conn.rows(
        Document,
        """
        select document_id, knowledge_base_id, external_id, kind, title, source, origin, language,
               n_chunks, v_from, created_at, updated_at
          from documents
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and v_to = 2147483647
           and (%(after)s::uuid is null or document_id < %(after)s)
         order by document_id desc
         limit %(limit)s
        """,
        {"knowledge_base_id": knowledge_base_id, "after": after, "limit": limit},
    )


async def passages(
    conn: TenantConnection, knowledge_base_id: UUID, document_id: UUID
) -> list[dict[str, Any]]:
    """The document's passages at the head, in order, as the API shows them."""
    return await conn.dicts(
        """
        select t.knowledge_base_id || ':' || t.chunk_id as passage_id, t.kind, t.title, t.question,
               t.body as text, t.path
          from chunk_texts t
          join chunks c using (tenant_id, knowledge_base_id, chunk_id)
         where t.tenant_id = %(tenant_id)s
           and t.knowledge_base_id = %(knowledge_base_id)s
           and t.document_id = %(document_id)s
           and c.tenant_id = %(tenant_id)s
           and c.v_to = 2147483647
         order by t.chunk_id
        """,
        {"knowledge_base_id": knowledge_base_id, "document_id": document_id},
    )


async def erase(conn: TenantConnection, knowledge_base_id: UUID, document_id: UUID) -> None:
    """Take a document out of every version, posting and text, for good. Raises: NotFound."""
    where = {"knowledge_base_id": knowledge_base_id, "document_id": document_id}
    await conn.execute(  # the same lock as a write takes: n_chunks and postings stay right
        """
        select 1
          from knowledge_bases
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           for update
        """,
        where,
    )
    gone = await conn.execute(
        """
        delete from documents
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and document_id = %(document_id)s
        """,
        where,
    )
    if gone.rowcount == 0:
        raise NotFound("no such document")
    cursor = await conn.execute(
        """
        delete from chunk_texts
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and document_id = %(document_id)s
        returning chunk_id
        """,
        where,
    )
    chunk_ids = [row[0] for row in await cursor.fetchall()]
    await conn.execute(
        """
        with gone as (
            delete from chunks
             where tenant_id = %(tenant_id)s
               and knowledge_base_id = %(knowledge_base_id)s
               and chunk_id = any(%(chunk_ids)s)
            returning v_to
        )
        update knowledge_bases
           set n_chunks = n_chunks - (select count(*) from gone where v_to = 2147483647)
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
        """,
        where | {"chunk_ids": chunk_ids},
    )
    await postings.erase(conn, knowledge_base_id, chunk_ids)
