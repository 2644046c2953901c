"""A restored version as the ground of what is written next.

Publishing and rolling back move a pointer. The first write after a rollback must not bring back
what was rolled back: in its own transaction, what came after the restored version is ended, and
what was ended since is copied (the same words and vectors under new passage numbers).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.finding import postings


@dataclass(frozen=True, slots=True)
class Laid:
    """The next free numbers after the copies."""

    next_chunk: int
    next_segment: int


async def lay(
    conn: TenantConnection,
    knowledge_base_id: UUID,
    *,
    live: int,
    version: int,
    next_chunk: int,
    segment: int,
) -> Laid:
    """Make `version` begin with exactly the rows of `live`; the knowledge base's row is locked."""
    where = {"knowledge_base_id": knowledge_base_id, "live": live, "version": version}
    cursor = await conn.execute(  # before anything is ended: what the live version still needs
        """
        select chunk_id
          from chunks
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and v_from <= %(live)s
           and v_to > %(live)s
           and v_to < 2147483647
         order by chunk_id
        """,
        where,
    )
    old = [int(row[0]) for row in await cursor.fetchall()]
    await _end_later(conn, where)  # first: an external id stands open once
    await _copy_documents(conn, where)
    if not old:
        return Laid(next_chunk, segment)
    new = list(range(next_chunk, next_chunk + len(old)))
    copying = where | {"old": old, "new": new, "segment": segment}
    await _copy_passages(conn, copying)
    await postings.merge_due(conn, knowledge_base_id, segment)
    return Laid(next_chunk + len(old), segment + 1)


async def reopen(conn: TenantConnection, where: dict[str, Any]) -> None:
    """Take out the documents that the version added, and go on with those that it ended."""
    await conn.execute(
        """
        delete from documents
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and v_from = %(version)s
        """,
        where,
    )
    await conn.execute(
        """
        update documents
           set v_to = 2147483647
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and v_to = %(version)s
        """,
        where,
    )
    await conn.execute(
        """
        update chunks
           set v_to = 2147483647
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and v_to = %(version)s
        """,
        where,
    )


async def _end_later(conn: TenantConnection, where: Mapping[str, object]) -> None:
    await conn.execute(
        """
        update documents
           set v_to = %(version)s
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and v_from > %(live)s
           and v_from < %(version)s
           and v_to = 2147483647
        """,
        where,
    )
    await conn.execute(
        """
        update chunks
           set v_to = %(version)s
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and v_from > %(live)s
           and v_to = 2147483647
        """,
        where,
    )


async def _copy_documents(conn: TenantConnection, where: Mapping[str, object]) -> None:
    await conn.execute(
        """
        insert into documents (tenant_id, knowledge_base_id, document_id, external_id, kind, title,
                               source, origin, content_hash, content, language, n_chunks, v_from,
                               created_at, category, keywords, priority, valid_from, valid_until,
                               active, source_id, edited_at, source_moved_at, source_content)
        select tenant_id, knowledge_base_id, document_id, external_id, kind, title, source, origin,
               content_hash, content, language, n_chunks, %(version)s, created_at, category,
               keywords, priority, valid_from, valid_until, active, source_id, edited_at,
               source_moved_at, source_content
          from documents
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and v_from <= %(live)s
           and v_to > %(live)s
           and v_to < 2147483647
        """,
        where,
    )


async def _copy_passages(conn: TenantConnection, copying: Mapping[str, object]) -> None:
    await conn.execute(
        """
        insert into chunks (tenant_id, knowledge_base_id, chunk_id, v_from, document_id, language,
                            category, content_hash, emb, space, embedded_hash, kind, keywords,
                            priority, valid_from, valid_until, active, changed_at)
        select c.tenant_id, c.knowledge_base_id, m.new, %(version)s, c.document_id, c.language,
               c.category, c.content_hash, c.emb, c.space, c.embedded_hash, c.kind, c.keywords,
               c.priority, c.valid_from, c.valid_until, c.active, c.changed_at
          from unnest(%(old)s::int[], %(new)s::int[]) m (old, new)
          join chunks c
            on c.tenant_id = %(tenant_id)s
           and c.knowledge_base_id = %(knowledge_base_id)s
           and c.chunk_id = m.old
        """,
        copying,
    )
    await conn.execute(
        """
        insert into chunk_texts (tenant_id, knowledge_base_id, chunk_id, document_id, kind, title,
                                 question, body, path, meta, question_emb, question_space,
                                 question_hash)
        select t.tenant_id, t.knowledge_base_id, m.new, t.document_id, t.kind, t.title, t.question,
               t.body, t.path, t.meta, t.question_emb, t.question_space, t.question_hash
          from unnest(%(old)s::int[], %(new)s::int[]) m (old, new)
          join chunk_texts t
            on t.tenant_id = %(tenant_id)s
           and t.knowledge_base_id = %(knowledge_base_id)s
           and t.chunk_id = m.old
        """,
        copying,
    )
    await conn.execute(
        """
        insert into postings (tenant_id, knowledge_base_id, lexeme, segment, df, chunk_ids, impacts)
        select %(tenant_id)s, %(knowledge_base_id)s, p.lexeme, %(segment)s, count(*),
               array_agg(m.new order by m.new), array_agg(u.impact order by m.new)
          from postings p,
               unnest(p.chunk_ids, p.impacts) u (chunk_id, impact)
          join unnest(%(old)s::int[], %(new)s::int[]) m (old, new)
            on m.old = u.chunk_id
         where p.tenant_id = %(tenant_id)s
           and p.knowledge_base_id = %(knowledge_base_id)s
         group by p.lexeme
        """,
        copying,
    )
