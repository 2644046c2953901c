"""Find the passages of a tenant's knowledge bases that are nearest to a question.

What is asked of all bases together: they, their versions, their order. How one base is searched:
`search_exact`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from pgvector import HalfVector

from tenants.database.connection import TenantConnection
from tenants.errors import Invalid, ModelMismatch, NotFound
from tenants.finding.languages import DEFAULT_LANGUAGE, detect
from tenants.finding.postings import NAMED
from tenants.finding.question_words import QuestionWords
from tenants.finding.ranking import Ranking
from tenants.finding.search_asked import Asked, Filters
from tenants.finding.search_exact import exact
from tenants.finding.search_large import approximate
from tenants.finding.slips import mended
from tenants.knowledge.passages import (
    Passage,
    StoredPassage,
    read_passages,
    read_pieces,
    to_passage,
)

__all__ = ["Filters", "KnowledgeVersion", "Passage", "read_passages", "read_pieces", "search"]

MAX_KNOWLEDGE_BASES = 8
MAX_LIMIT = 50

Vector = NDArray[np.float32] | Sequence[float]


@dataclass(frozen=True, slots=True)
class KnowledgeVersion:
    """A knowledge base at one version; None is the live one."""

    knowledge_base_id: UUID
    version: int | None = None


@dataclass(frozen=True, slots=True)
class _Base:
    knowledge_base_id: UUID
    live: int
    last: int
    space: int
    n_chunks: int
    embedding_model: str
    dimension: int
    language: str | None
    ranking: dict[str, Any]
    names: bool
    ef_search: int | None


async def search(
    conn: TenantConnection,
    knowledge: Sequence[KnowledgeVersion],
    *,
    text: str,
    embedding: Vector,
    question: Vector | None = None,
    limit: int = 8,
    filters: Filters | None = None,
    language: str | None = None,
    model_id: str | None = None,
) -> list[Passage]:
    """The passages nearest to a question, best first; `language` where the caller knows it.

    `model_id` made the embedding: two models may have vectors of one length.

    `embedding` is what is searched with, `question` the question's own vector where that is another.
    `cosine` is the raw similarity to the question, `lexical` the share (0–1) of the question's content, by idf,
    whose words stand in the passage, `score` the fused one. Archived or unknown knowledge bases
    give nothing. Raises: Invalid, ModelMismatch, NotFound for a version that is not there.
    """
    if not knowledge:
        return []
    if len(knowledge) > MAX_KNOWLEDGE_BASES or not 1 <= limit <= MAX_LIMIT:
        raise Invalid(f"at most {MAX_KNOWLEDGE_BASES} knowledge bases and {MAX_LIMIT} passages")
    vector = _half(embedding)
    bases = await _bases(conn, [one.knowledge_base_id for one in knowledge])
    found: list[Passage] = []
    for wanted in knowledge:
        base = bases.get(wanted.knowledge_base_id)
        if base is None:
            continue
        other = model_id is not None and model_id != base.embedding_model
        if other or base.dimension != vector.dimensions():
            raise ModelMismatch(f"this knowledge base was built with {base.embedding_model}")
        version = base.live if wanted.version is None else wanted.version
        if not 0 <= version <= base.last:
            raise NotFound(f"no version {version} of this knowledge base")
        asked = Asked(
            knowledge_base_id=base.knowledge_base_id,
            version=version,
            space=base.space,
            n_chunks=base.n_chunks,
            words=await _words(conn, base, text, language),
            vector=vector,
            question=vector if question is None or question is embedding else _half(question),
            filters=filters or Filters(),
            ranking=Ranking.parse(base.ranking),
            limit=limit,
        )
        for row in await _found(conn, base, asked):
            share = asked.words.share(row.matched, row.dfs, base.n_chunks)
            found.append(to_passage(base.knowledge_base_id, version, row, share))
    found.sort(key=lambda passage: -passage["score"])
    return found[:limit]


async def _found(conn: TenantConnection, base: _Base, asked: Asked) -> list[StoredPassage]:
    if base.ef_search is not None:
        near = await approximate(conn, asked, dimension=base.dimension, ef_search=base.ef_search)
        if near is not None:
            return near
    return await exact(conn, asked)


def _half(vector: Vector) -> HalfVector:
    return HalfVector(np.asarray(vector, dtype=np.float32))


async def _words(
    conn: TenantConnection, base: _Base, text: str, language: str | None
) -> QuestionWords:
    own = base.language or DEFAULT_LANGUAGE
    spoken = language or detect(text, own)
    if base.names:
        text = await mended(conn, base.knowledge_base_id, text, list(dict.fromkeys((spoken, own))))
    return QuestionWords.of(
        text,
        spoken,
        base_language=base.language,
        model_id=base.embedding_model,
        names=base.names,
    )


async def _bases(conn: TenantConnection, ids: Sequence[UUID]) -> dict[UUID, _Base]:
    """What the search must know of each; a staged version is above the head."""
    async with conn.pipeline():
        # planning the search costs as much as doing it; its plan is good for every value
        await conn.execute("select set_config('plan_cache_mode', 'force_generic_plan', true)")
        rows = await conn.rows(
            _Base,
            """
            select b.knowledge_base_id, b.live, greatest(b.head, b.staging) as last, b.space,
                   b.n_chunks, b.embedding_model, b.dimension, b.language, b.ranking,
                   exists (select
                             from postings p
                            where p.tenant_id = %(tenant_id)s
                              and p.knowledge_base_id = b.knowledge_base_id
                              and p.lexeme = %(named)s) as names,
                   i.ef_search
              from knowledge_bases b
              left join vector_indexes i
                on i.tenant_id = %(tenant_id)s
               and i.knowledge_base_id = b.knowledge_base_id
               and i.space = b.space
               and i.state = 'ready'
             where b.tenant_id = %(tenant_id)s
               and b.knowledge_base_id = any(%(ids)s)
               and b.archived_at is null
            """,
            {"ids": list(ids), "named": NAMED},
        )
    return {row.knowledge_base_id: row for row in rows}
