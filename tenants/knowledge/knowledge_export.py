"""The entries of one version of a knowledge base, in an order that depends on nothing else.

First those with an `external_id`, by it; then the others, by their content. So a copy of the
entries in another knowledge base gives the same lines.
"""

import hashlib
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tenants.database.connection import Pool, TenantConnection, tenant_transaction
from tenants.keys import codec
from tenants.knowledge.import_entries import Entry

PAGE_DOCUMENTS = 100


@dataclass(frozen=True, slots=True)
class _Row:
    document_id: UUID
    external_id: str | None
    kind: str
    title: str
    source: dict[str, Any]
    content: bytes
    language: str | None
    category: str
    keywords: list[str]
    priority: int
    valid_from: datetime | None
    valid_until: datetime | None
    active: bool


async def count(conn: TenantConnection, knowledge_base_id: UUID, version: int) -> int:
    """How many entries a version has."""
    cursor = await conn.execute(
        """
        select count(*)
          from documents
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and v_from <= %(version)s
           and v_to > %(version)s
        """,
        {"knowledge_base_id": knowledge_base_id, "version": version},
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


async def entries(
    pool: Pool, tenant_id: UUID, knowledge_base_id: UUID, version: int
) -> AsyncGenerator[Entry]:
    """The entries in their order; no connection is held between two pages."""
    order = await _order(pool, tenant_id, knowledge_base_id, version)
    for start in range(0, len(order), PAGE_DOCUMENTS):
        ids = order[start : start + PAGE_DOCUMENTS]
        async with tenant_transaction(pool, tenant_id) as conn:
            rows = {
                row.document_id: row for row in await _read(conn, knowledge_base_id, version, ids)
            }
        for document_id in ids:
            if document_id in rows:  # it may have been erased meanwhile
                yield _entry(rows[document_id])


async def _order(pool: Pool, tenant_id: UUID, knowledge_base_id: UUID, version: int) -> list[UUID]:
    """Every document's id by its `external_id`, else by its line: the content is read twice."""
    keyed: list[tuple[bool, str, bytes, UUID]] = []
    last = UUID(int=0)
    while True:
        async with tenant_transaction(pool, tenant_id) as conn:
            page = await _page(conn, knowledge_base_id, version, last)
        for row in page:
            named = row.external_id
            digest = (
                b"" if named is not None else hashlib.sha256(codec.encode(_entry(row))).digest()
            )
            keyed.append((named is None, named or "", digest, row.document_id))
        if len(page) < PAGE_DOCUMENTS:
            return [key[-1] for key in sorted(keyed)]
        last = page[-1].document_id


async def _page(
    conn: TenantConnection, knowledge_base_id: UUID, version: int, after: UUID
) -> list[_Row]:
    return await conn.rows(
        _Row,
        """
        select document_id, external_id, kind, title, source, content, language, category,
               keywords, priority, valid_from, valid_until, active
          from documents
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and v_from <= %(version)s
           and v_to > %(version)s
           and document_id > %(after)s
         order by document_id
         limit %(limit)s
        """,
        {
            "knowledge_base_id": knowledge_base_id,
            "version": version,
            "after": after,
            "limit": PAGE_DOCUMENTS,
        },
    )


async def _read(
    conn: TenantConnection, knowledge_base_id: UUID, version: int, ids: Sequence[UUID]
) -> list[_Row]:
    return await conn.rows(
        _Row,
        """
        select document_id, external_id, kind, title, source, content, language, category,
               keywords, priority, valid_from, valid_until, active
          from documents
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and v_from <= %(version)s
           and v_to > %(version)s
           and document_id = any(%(ids)s)
        """,
        {"knowledge_base_id": knowledge_base_id, "version": version, "ids": list(ids)},
    )


def _entry(row: _Row) -> Entry:
    """The line of a document: what is as by default is left out."""
    entry: Entry = {"external_id": row.external_id} if row.external_id is not None else {}
    entry |= {"kind": row.kind, "title": row.title.strip()} | codec.decode(row.content)
    optional: dict[str, Any] = {
        "language": row.language,
        "category": row.category,
        "keywords": row.keywords,
        "priority": row.priority,
        "valid_from": _told(row.valid_from),
        "valid_until": _told(row.valid_until),
        "source": row.source,
    }
    entry |= {name: value for name, value in optional.items() if value}
    return entry if row.active else entry | {"active": False}


def _told(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None
