"""Passages taken out for good: vectors, texts and postings, in every version."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tenants.cutting.drafts import Draft
from tenants.database.connection import TenantConnection
from tenants.finding import postings
from tenants.finding.lexemes import LEXEME_VERSION


@dataclass(frozen=True, slots=True)
class _Words:
    language: str
    keywords: list[str] | None
    kind: str
    title: str
    question: str | None
    body: str
    path: str
    meta: dict[str, Any]


async def erase(conn: TenantConnection, knowledge_base_id: UUID, chunk_ids: Sequence[int]) -> None:
    """Delete these passages; the knowledge base's row is locked by the caller."""
    if not chunk_ids:
        return
    where = {"knowledge_base_id": knowledge_base_id, "chunk_ids": list(chunk_ids)}
    lexemes = await _lexemes(conn, where)
    await postings.erase(conn, knowledge_base_id, chunk_ids, lexemes=lexemes)
    await conn.execute(
        """
        delete from chunk_texts
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and chunk_id = any(%(chunk_ids)s)
        """,
        where,
    )
    await conn.execute(
        """
        delete from chunks
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and chunk_id = any(%(chunk_ids)s)
        """,
        where,
    )


async def _lexemes(conn: TenantConnection, where: dict[str, Any]) -> list[str] | None:
    """All that stand in the passages; None where they were made by other rules than today's."""
    cursor = await conn.execute(
        """
        select lexeme_version
          from knowledge_bases
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
        """,
        where,
    )
    row = await cursor.fetchone()
    if row is None or row[0] != LEXEME_VERSION:
        return None
    rows = await conn.rows(
        _Words,
        """
        select c.language, c.keywords, t.kind, t.title, t.question, t.body, t.path, t.meta
          from chunk_texts t
          join chunks c
            on c.tenant_id = t.tenant_id
           and c.knowledge_base_id = t.knowledge_base_id
           and c.chunk_id = t.chunk_id
         where t.tenant_id = %(tenant_id)s
           and t.knowledge_base_id = %(knowledge_base_id)s
           and t.chunk_id = any(%(chunk_ids)s)
           and c.tenant_id = %(tenant_id)s
        """,
        where,
    )
    found: set[str] = set()
    for one in rows:
        draft = Draft(one.kind, one.title, one.body, one.question, one.path, one.meta)
        found |= postings.index_draft(draft, one.language, one.keywords or ()).lexemes
    return sorted(found)
