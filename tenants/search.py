"""Find the passages of a tenant's knowledge bases that are nearest to a question.

One statement a knowledge base: an exact scan of the visible vectors, BM25 from the posting arrays
of the question's content words, both fused by weighted scores, and the texts of the best. Every
statement names the tenant although row-level security would: so the policy is checked once a
statement instead of once a row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from pgvector import HalfVector

from tenants.connection import TenantConnection
from tenants.errors import Invalid, ModelMismatch, NotFound
from tenants.languages import DEFAULT_LANGUAGE, detect
from tenants.passages import Passage, StoredPassage, read_passages, to_passage
from tenants.postings import K1
from tenants.question_words import QuestionWords

__all__ = ["Filters", "KnowledgeVersion", "Passage", "read_passages", "search"]

# score = cosine + weight × BM25 / the best BM25 among the visible matches of this question, where
# weight = BASE + SLOPE × how much of the question's idf mass that best match reaches (0–1): words
# decide more where they explain the question. Where the model does not speak the question's
# language they decide alone but for ties. Set by `python -m evals retrieval` on the development
# sets, hit@1 inside the tenant, cosine alone → 0.2 → this: dstc-faq 80.8 → 78.8 → 80.8, dstc9
# 93.5 → 94.6 → 95.1, xquad en 93.2 → 96.0 → 96.0, reviews 58.9 → 64.0 → 64.0; xquad es 72.5 → 93.8
# and zh 56.9 → 93.0 with FOREIGN (in English it costs 7 points). Ranks fused with equal weights
# (RRF) lose to cosine alone.
LEXICAL_BASE = 0.05
LEXICAL_SLOPE = 0.4
LEXICAL_FOREIGN = 0.8
# A word of the question counts where it stands in at most a tenth of the passages or in at most
# COMMON_FLOOR of them (a plain tenth costs knowledge bases of FAQ size two points); when every
# word is common, all count.
COMMON_SHARE = 0.10
COMMON_FLOOR = 10
SHARE_OF_ALL_WORDS = 2_000  # up to this many passages `lexical` also weighs the common words
MAX_KNOWLEDGE_BASES = 8
MAX_LIMIT = 50

Vector = NDArray[np.float32] | Sequence[float]


@dataclass(frozen=True, slots=True)
class KnowledgeVersion:
    """A knowledge base at one version; None is the live one."""

    knowledge_base_id: UUID
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Filters:
    """What a passage must be, beside near; None does not care."""

    language: str | None = None
    category: str | None = None
    document_ids: Sequence[UUID] | None = None


@dataclass(frozen=True, slots=True)
class _Base:
    knowledge_base_id: UUID
    live: int
    head: int
    n_chunks: int
    embedding_model: str
    dimension: int
    language: str | None


async def search(
    conn: TenantConnection,
    knowledge: Sequence[KnowledgeVersion],
    *,
    text: str,
    embedding: Vector,
    limit: int = 8,
    filters: Filters | None = None,
    language: str | None = None,
) -> list[Passage]:
    """The passages nearest to a question, best first; `language` where the caller knows it.

    `cosine` is the raw similarity, `lexical` the share (0–1) of the question's content, by idf,
    whose words stand in the passage, `score` the fused one. Archived or unknown knowledge bases
    give nothing. Raises: Invalid, ModelMismatch, NotFound for a version that is not there.
    """
    if not knowledge:
        return []
    if len(knowledge) > MAX_KNOWLEDGE_BASES or not 1 <= limit <= MAX_LIMIT:
        raise Invalid(f"at most {MAX_KNOWLEDGE_BASES} knowledge bases and {MAX_LIMIT} passages")
    vector = HalfVector(np.asarray(embedding, dtype=np.float32))
    bases = await _bases(conn, [one.knowledge_base_id for one in knowledge])
    found: list[Passage] = []
    for wanted in knowledge:
        base = bases.get(wanted.knowledge_base_id)
        if base is None:
            continue
        if base.dimension != vector.dimensions():
            raise ModelMismatch(f"this knowledge base was built with {base.embedding_model}")
        version = base.live if wanted.version is None else wanted.version
        if not 0 <= version <= base.head:
            raise NotFound(f"no version {version} of this knowledge base")
        spoken = language or detect(text, base.language or DEFAULT_LANGUAGE)
        words = QuestionWords.of(
            text, spoken, base_language=base.language, model_id=base.embedding_model
        )
        found += await _search_one(
            conn, base, version, words, vector, limit=limit, filters=filters or Filters()
        )
    found.sort(key=lambda passage: -passage["score"])
    return found[:limit]


async def _bases(conn: TenantConnection, ids: Sequence[UUID]) -> dict[UUID, _Base]:
    rows = await conn.rows(
        _Base,
        """
        select knowledge_base_id, live, head, n_chunks, embedding_model, dimension, language
          from knowledge_bases
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = any(%(ids)s)
           and archived_at is null
        """,
        {"ids": list(ids)},
    )
    return {row.knowledge_base_id: row for row in rows}


async def _search_one(
    conn: TenantConnection,
    base: _Base,
    version: int,
    words: QuestionWords,
    vector: HalfVector,
    *,
    limit: int,
    filters: Filters,
) -> list[Passage]:
    rows = await conn.rows(
        StoredPassage,
        """
        with words as materialized (
            select w.place, w.lexeme, w.term, w.extra, coalesce(sum(p.df), 0)::int as df
              from unnest(%(lexemes)s::text[], %(terms)s::int[], %(extras)s::bool[])
                   with ordinality w (lexeme, term, extra, place)
              left join postings p
                on p.tenant_id = %(tenant_id)s
               and p.knowledge_base_id = %(knowledge_base_id)s
               and p.lexeme = any(%(lexemes)s)
               and p.lexeme = w.lexeme
             group by w.place, w.lexeme, w.term, w.extra
        ),
        weighed as materialized (
            select lexeme, term, extra, df, (1::bigint << (place - 1)::int) as bit,
                   ln(1 + (n - least(df, n) + 0.5) / (least(df, n) + 0.5)) as idf,
                   df <= %(common)s or bool_and(df > %(common)s or df = 0) over () as counts
              from words, (select %(n_chunks)s::float8 as n) size
        ),
        question as materialized (
            select sum(idf) as mass
              from (select coalesce(max(idf) filter (where df > 0),
                                    max(idf) filter (where not extra), 0) as idf
                      from weighed
                     group by term) terms
        ),
        matches as materialized (
            select u.chunk_id, bit_or(w.bit) as matched,
                   coalesce(sum(u.impact * w.idf) filter (where w.counts), 0) as bm25
              from weighed w
              join postings p
                on p.tenant_id = %(tenant_id)s
               and p.knowledge_base_id = %(knowledge_base_id)s
               and p.lexeme = any(%(lexemes)s)
               and p.lexeme = w.lexeme,
                   unnest(p.chunk_ids, p.impacts) u (chunk_id, impact)
             where w.df > 0
               and (w.counts or %(all_words)s)
             group by u.chunk_id
        ),
        visible as materialized (
            select c.chunk_id, c.document_id, -(c.emb <#> %(vector)b) as cosine,
                   coalesce(m.matched, 0) as matched, coalesce(m.bm25, 0) as bm25
              from chunks c
              left join matches m on m.chunk_id = c.chunk_id
             where c.tenant_id = %(tenant_id)s
               and c.knowledge_base_id = %(knowledge_base_id)s
               and c.v_from <= %(version)s
               and c.v_to > %(version)s
               and (%(language)s::text is null or c.language = %(language)s)
               and (%(category)s::text is null or c.category = %(category)s)
               and (%(document_ids)s::uuid[] is null or c.document_id = any(%(document_ids)s))
        ),
        fusing as materialized (
            select top, %(base)s + %(slope)s * top / (%(saturation)s * mass) as weight
              from question, (select nullif(max(bm25), 0) as top from visible) best_match
        ),
        best as materialized (
            select chunk_id, document_id, cosine, matched,
                   cosine + coalesce(weight * bm25 / top, 0) as score
              from visible, fusing
             order by score desc, chunk_id
             limit %(limit)s
        )
        select b.chunk_id, b.document_id, b.cosine, b.score, b.matched,
               (select coalesce(array_agg(df order by place), '{}') from words) as dfs,
               t.kind, t.title, t.question, t.body, t.path, t.meta, d.source, d.external_id
          from best b
          join chunk_texts t
            on t.tenant_id = %(tenant_id)s
           and t.knowledge_base_id = %(knowledge_base_id)s
           and t.chunk_id = b.chunk_id
          left join documents d
            on d.tenant_id = %(tenant_id)s
           and d.knowledge_base_id = %(knowledge_base_id)s
           and d.document_id = b.document_id
           and d.v_from <= %(version)s
           and d.v_to > %(version)s
         order by b.score desc, b.chunk_id
        """,
        {
            "knowledge_base_id": base.knowledge_base_id,
            "version": version,
            "vector": vector,
            "lexemes": words.lexemes,
            "n_chunks": max(base.n_chunks, 1),
            "common": max(int(base.n_chunks * COMMON_SHARE), COMMON_FLOOR),
            "all_words": base.n_chunks <= SHARE_OF_ALL_WORDS,
            "terms": words.groups,
            "extras": words.extras,
            "base": LEXICAL_FOREIGN if words.foreign else LEXICAL_BASE,
            "slope": 0.0 if words.foreign else LEXICAL_SLOPE,
            "saturation": K1 + 1,
            "language": filters.language,
            "category": filters.category,
            "document_ids": list(filters.document_ids) if filters.document_ids else None,
            "limit": limit,
        },
    )
    return [
        to_passage(
            base.knowledge_base_id, version, row, words.share(row.matched, row.dfs, base.n_chunks)
        )
        for row in rows
    ]
