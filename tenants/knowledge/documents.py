"""Documents: the sources of a knowledge base, each with the versions it is part of.

`list_page` is over 40 lines because it is one statement.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.errors import NotFound
from tenants.keys import codec
from tenants.knowledge.document_rows import Document, Wanted

__all__ = ["MAX_QUERY_CHARS", "Document", "Wanted", "get", "history", "list_page", "passages",
           "read_content", "read_source_content"]  # fmt: skip

MAX_QUERY_CHARS = 200


async def get(
    conn: TenantConnection,
    knowledge_base_id: UUID,
    document_id: UUID,
    *,
    version: int | None = None,
) -> Document:
    """One document in a version, None for the newest. Raises: NotFound."""
    found = await conn.row(
        Document,
        """
        select document_id, knowledge_base_id, external_id, kind, title, source, origin, language,
               category, keywords, priority, valid_from, valid_until, active, source_id, edited_at,
               source_moved_at, n_chunks, v_from, v_to, created_at, updated_at
          from documents d,
               (select coalesce(%(version)s::int, b.staging, b.live) as version
                  from knowledge_bases b
                 where b.tenant_id = %(tenant_id)s
                   and b.knowledge_base_id = %(knowledge_base_id)s) w
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and document_id = %(document_id)s
           and v_from <= w.version
           and v_to > w.version
         order by v_from desc
         limit 1
        """,
        {
            "knowledge_base_id": knowledge_base_id,
            "document_id": document_id,
            "version": version,
        },
    )
    if found is None:
        raise NotFound("no such document")
    return found


async def list_page(
    conn: TenantConnection,
    knowledge_base_id: UUID,
    *,
    limit: int,
    version: int | None = None,
    after: UUID | None = None,
    wanted: Wanted | None = None,
    ending: int | None = None,
) -> list[Document]:
    """The documents of a version, None for the newest, the latest first.

    `ending` also lists those that this staged version ends, where nothing takes their place.
    """
    asked = wanted or Wanted()
    words = (asked.q or "").split()
    return await conn.rows(
        Document,
        """
        select document_id, knowledge_base_id, external_id, kind, title, source, origin, language,
               category, keywords, priority, valid_from, valid_until, active, source_id, edited_at,
               source_moved_at, n_chunks, v_from, v_to, created_at, updated_at
          from documents d,
               (select coalesce(%(version)s::int, b.staging, b.live) as version
                  from knowledge_bases b
                 where b.tenant_id = %(tenant_id)s
                   and b.knowledge_base_id = %(knowledge_base_id)s) w
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and (v_from <= w.version and v_to > w.version
                or v_to = %(ending)s::int and not exists (
                   select 1
                     from documents n
                    where n.tenant_id = %(tenant_id)s
                      and n.knowledge_base_id = %(knowledge_base_id)s
                      and n.document_id = d.document_id
                      and n.v_from >= d.v_to))
           and (%(after)s::uuid is null or document_id < %(after)s)
           and (%(kind)s::text is null or kind = %(kind)s)
           and (%(category)s::text is null or category = %(category)s)
           and (%(language)s::text is null or language = %(language)s)
           and (%(source_id)s::uuid is null or source_id = %(source_id)s)
           and (%(external_id)s::text is null or external_id = %(external_id)s)
           and (%(state)s::text is null
                or %(state)s = case when v_from = %(ending)s then 'staged'
                                    when v_to = %(ending)s then 'staged_deletion'
                                    else 'published' end)
           and (%(active)s::bool is null or active = %(active)s)
           and (%(moved)s::bool is null or (source_moved_at is not null) = %(moved)s)
           and (%(words)s::text[] is null or lower(title) like all (%(words)s))
         order by document_id desc
         limit %(limit)s
        """,
        {
            "knowledge_base_id": knowledge_base_id,
            "version": version,
            "ending": ending,
            "after": after,
            "limit": limit,
            "kind": asked.kind,
            "category": asked.category,
            "language": asked.language,
            "source_id": asked.source_id,
            "external_id": asked.external_id,
            "state": asked.state,
            "active": asked.active,
            "moved": asked.source_moved_on,
            "words": [f"%{_like(word)}%" for word in words] or None,
        },
    )


async def history(
    conn: TenantConnection, knowledge_base_id: UUID, document_id: UUID
) -> list[Document]:
    """Every state of a document, newest first. Raises: NotFound."""
    found = await conn.rows(
        Document,
        """
        select document_id, knowledge_base_id, external_id, kind, title, source, origin, language,
               category, keywords, priority, valid_from, valid_until, active, source_id, edited_at,
               source_moved_at, n_chunks, v_from, v_to, created_at, updated_at
          from documents
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and document_id = %(document_id)s
         order by v_from desc
         limit 200
        """,
        {"knowledge_base_id": knowledge_base_id, "document_id": document_id},
    )
    if not found:
        raise NotFound("no such document")
    return found


@dataclass(frozen=True, slots=True)
class _Given:
    content: bytes
    source_content: bytes | None


async def read_content(
    conn: TenantConnection,
    knowledge_base_id: UUID,
    document_id: UUID,
    *,
    version: int | None = None,
) -> dict[str, Any]:
    """What was given: `text`, `data`, `question` and `answer`, or `chunks`. Raises: NotFound."""
    document = await get(conn, knowledge_base_id, document_id, version=version)
    return codec.decode((await _given(conn, knowledge_base_id, document)).content)


async def read_source_content(
    conn: TenantConnection, knowledge_base_id: UUID, document: Document
) -> dict[str, Any] | None:
    """What the source of an edited document says now; None where that is nothing new.

    `{"kind", "title", "content", "source"}`. Raises: NotFound.
    """
    newer = (await _given(conn, knowledge_base_id, document)).source_content
    return None if newer is None else codec.decode(newer)


async def passages(
    conn: TenantConnection,
    knowledge_base_id: UUID,
    document_id: UUID,
    *,
    version: int | None = None,
) -> list[dict[str, Any]]:
    """The document's passages in a version (None: the newest), in order, as the API shows them."""
    return await conn.dicts(
        """
        select t.knowledge_base_id || ':' || t.chunk_id as passage_id, t.kind, t.title, t.question,
               t.body as text, t.path, t.meta
          from chunk_texts t
          join chunks c using (tenant_id, knowledge_base_id, chunk_id)
          join knowledge_bases b using (tenant_id, knowledge_base_id)
         where t.tenant_id = %(tenant_id)s
           and t.knowledge_base_id = %(knowledge_base_id)s
           and t.document_id = %(document_id)s
           and c.tenant_id = %(tenant_id)s
           and b.tenant_id = %(tenant_id)s
           and c.v_from <= coalesce(%(version)s::int, b.staging, b.live)
           and c.v_to > coalesce(%(version)s::int, b.staging, b.live)
         order by t.chunk_id
        """,
        {
            "knowledge_base_id": knowledge_base_id,
            "document_id": document_id,
            "version": version,
        },
    )


async def _given(conn: TenantConnection, knowledge_base_id: UUID, document: Document) -> _Given:
    found = await conn.row(
        _Given,
        """
        select content, source_content
          from documents
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and document_id = %(document_id)s
           and v_from = %(v_from)s
        """,
        {
            "knowledge_base_id": knowledge_base_id,
            "document_id": document.document_id,
            "v_from": document.v_from,
        },
    )
    if found is None:
        raise NotFound("no such document")
    return found


def _like(word: str) -> str:
    """The word for `like`, its own wildcards taken literally."""
    plain = word.lower().replace("\\", "\\\\")
    return plain.replace("%", "\\%").replace("_", "\\_")
