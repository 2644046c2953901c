"""Passages: pieces of documents as they are found, read and cited."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict
from uuid import UUID

from tenants.database.connection import TenantConnection


class Passage(TypedDict):
    """A chunk found for a question; plain data, so that it can stand in the graph's state."""

    passage_id: str
    knowledge_base_id: str
    document_id: str
    version: int
    title: str
    question: str | None
    text: str
    path: str
    kind: str
    score: float
    cosine: float
    lexical: float
    source: dict[str, Any]
    asks: NotRequired[float | None]  # the cosine of a pair's own question, where that is known


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage's row; `matched` has a bit for each of the question's lexemes it holds."""

    chunk_id: int
    document_id: UUID
    cosine: float
    score: float
    matched: int
    dfs: list[int]
    kind: str
    title: str
    question: str | None
    body: str
    path: str
    source: dict[str, Any]
    external_id: str | None
    asks: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read(StoredPassage):
    place: int
    knowledge_base_id: UUID
    version: int


async def read_passages(conn: TenantConnection, passage_ids: Sequence[str]) -> list[Passage]:
    """Passages by their public ids, in that order, whatever version they are of; scores are 0.

    Ids that are malformed, gone or another tenant's are left out.
    """
    keys = [key for passage_id in passage_ids if (key := _key(passage_id)) is not None]
    if not keys:
        return []
    rows = await conn.rows(
        _Read,
        """
        select wanted.place::int, t.knowledge_base_id, c.v_from as version, t.chunk_id,
               t.document_id, 0::float8 as cosine, 0::float8 as score, 0::bigint as matched,
               '{}'::int[] as dfs, t.kind, t.title, t.question, t.body, t.path, d.source, d.external_id
          from unnest(%(bases)s::uuid[], %(chunks)s::int[])
               with ordinality wanted (knowledge_base_id, chunk_id, place)
          join chunk_texts t
            on t.tenant_id = %(tenant_id)s
           and t.knowledge_base_id = wanted.knowledge_base_id
           and t.chunk_id = wanted.chunk_id
          join chunks c
            on c.tenant_id = %(tenant_id)s
           and c.knowledge_base_id = t.knowledge_base_id
           and c.chunk_id = t.chunk_id
          left join lateral (
               select source, external_id
                 from documents
                where tenant_id = %(tenant_id)s
                  and knowledge_base_id = t.knowledge_base_id
                  and document_id = t.document_id
                order by v_from desc
                limit 1) d on true
         order by wanted.place
        """,
        {"bases": [key[0] for key in keys], "chunks": [key[1] for key in keys]},
    )
    return [to_passage(row.knowledge_base_id, row.version, row, 0.0) for row in rows]


async def read_pieces(conn: TenantConnection, passage: Passage) -> list[Passage]:
    """All passages of this one's document in its version, in order; empty where it is gone."""
    rows = await conn.rows(
        StoredPassage,
        """
        select t.chunk_id, t.document_id, 0::float8 as cosine, 0::float8 as score,
               0::bigint as matched, '{}'::int[] as dfs, t.kind, t.title, t.question, t.body,
               t.path, d.source, d.external_id
          from chunk_texts t
          join chunks c
            on c.tenant_id = %(tenant_id)s
           and c.knowledge_base_id = t.knowledge_base_id
           and c.chunk_id = t.chunk_id
           and c.v_from <= %(version)s
           and c.v_to > %(version)s
          join documents d
            on d.tenant_id = %(tenant_id)s
           and d.knowledge_base_id = t.knowledge_base_id
           and d.document_id = t.document_id
           and d.v_from <= %(version)s
           and d.v_to > %(version)s
         where t.tenant_id = %(tenant_id)s
           and t.knowledge_base_id = %(knowledge_base_id)s
           and t.document_id = %(document_id)s
         order by t.chunk_id
        """,
        {
            "knowledge_base_id": UUID(passage["knowledge_base_id"]),
            "document_id": UUID(passage["document_id"]),
            "version": passage["version"],
        },
    )
    found = [
        to_passage(UUID(passage["knowledge_base_id"]), passage["version"], row, passage["lexical"])
        for row in rows
    ]
    for piece in found:  # what the search said of the one stands for all
        piece["score"], piece["cosine"] = passage["score"], passage["cosine"]
    return found


def to_passage(
    knowledge_base_id: UUID, version: int, row: StoredPassage, lexical: float
) -> Passage:
    """The row as the house hands passages around."""
    source = dict(row.source or {})
    if row.external_id is not None:
        source["external_id"] = row.external_id
    return Passage(
        passage_id=f"{knowledge_base_id}:{row.chunk_id}",
        knowledge_base_id=str(knowledge_base_id),
        document_id=str(row.document_id),
        version=version,
        title=row.title,
        question=row.question,
        text=row.body,
        path=row.path,
        kind=row.kind,
        score=float(row.score),
        cosine=float(row.cosine),
        lexical=lexical,
        source=source,
        asks=row.asks,
    )


def _key(passage_id: str) -> tuple[UUID, int] | None:
    base, _, number = passage_id.rpartition(":")
    try:
        chunk_id = int(number)
        return (UUID(base), chunk_id) if 0 < chunk_id < 2**31 else None
    except ValueError:
        return None
