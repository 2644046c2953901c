"""What a search must give, reckoned in plain Python from a knowledge base's rows: slow, and obvious."""

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from pgvector import HalfVector

from tenants.database.connection import TenantConnection
from tenants.finding.postings import K1
from tenants.finding.search_asked import (
    COMMON_FLOOR,
    COMMON_GRAM_SHARE,
    COMMON_SHARE,
    COMMON_SHARE_OF_NAMES,
    LEXICAL_BASE,
    LEXICAL_FOREIGN,
    LEXICAL_LONG,
    LEXICAL_SLOPE,
    NAME_WEIGHT,
    SHARE_OF_ALL_WORDS,
    Asked,
    Filters,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One passage, whatever version it is of."""

    chunk_id: int
    document_id: UUID
    v_from: int
    v_to: int
    space: int
    active: bool
    valid_from: datetime | None
    valid_until: datetime | None
    language: str
    category: str
    kind: str
    keywords: list[str] | None
    priority: int
    changed_at: datetime
    source_id: UUID | None
    emb: HalfVector


@dataclass(frozen=True, slots=True)
class Posting:
    """One segment of a lexeme's postings."""

    lexeme: str
    df: int
    chunk_ids: list[int]
    impacts: list[float]


@dataclass(frozen=True, slots=True)
class Scored:
    """A passage as it should be found."""

    chunk_id: int
    score: float
    cosine: float
    matched: int


@dataclass(frozen=True)
class Base:
    """Every row of a knowledge base that a search may look at."""

    rows: list[Row]
    postings: list[Posting]

    def best(self, asked: Asked) -> list[Scored]:
        """All passages that count for the question, best first."""
        weights, dfs = self._weights(asked)
        words = asked.words
        seen = [row for row in self.rows if _visible(row, asked)]
        held = self._held()
        bm25, named, matched = defaultdict[int, float](float), defaultdict[int, float](float), {}
        for row in seen:
            impacts = {w: held[w][row.chunk_id] for w in weights if row.chunk_id in held[w]}
            bm25[row.chunk_id] = sum(
                weights[w] * impacts[w] for w in words.lexemes if weights[w] and w in impacts
            )
            named[row.chunk_id] = sum(
                weights[g] * impacts[g] for g in words.grams if weights[g] and g in impacts
            )
            every = asked.n_chunks <= SHARE_OF_ALL_WORDS
            matched[row.chunk_id] = sum(
                1 << place
                for place, w in enumerate(words.lexemes)
                if w in impacts and (every or weights[w])
            )
        worth = _worth(asked, max(bm25.values(), default=0.0), dfs)
        name_worth = _name_worth(asked, max(named.values(), default=0.0), dfs)
        found = [
            Scored(
                row.chunk_id,
                _cosine(row, asked.vector)
                + _favour(row, asked)
                + worth * bm25[row.chunk_id]
                + name_worth * named[row.chunk_id],
                _cosine(row, asked.question),
                matched[row.chunk_id],
            )
            for row in seen
        ]
        return sorted(found, key=lambda one: (-one.score, one.chunk_id))

    def dfs(self, asked: Asked) -> list[int]:
        """In how many passages each of the question's words stands."""
        dfs = self._weights(asked)[1]
        return [dfs[word] for word in asked.words.lexemes]

    def _weights(self, asked: Asked) -> tuple[dict[str, float], dict[str, int]]:
        """The idf of what counts, 0 for what is too common; and how common each is."""
        words, n = asked.words, max(asked.n_chunks, 1)
        dfs = dict.fromkeys([*words.lexemes, *words.grams], 0)
        for posting in self.postings:
            if posting.lexeme in dfs:
                dfs[posting.lexeme] += posting.df
        share = COMMON_SHARE_OF_NAMES if words.grams else COMMON_SHARE
        common = max(int(n * share), COMMON_FLOOR)
        common_grams = max(int(n * COMMON_GRAM_SHARE), COMMON_FLOOR)
        all_common = all(dfs[w] > common or dfs[w] == 0 for w in words.lexemes)
        weights = {w: _idf(dfs[w], n) * (dfs[w] <= common or all_common) for w in words.lexemes}
        weights |= {g: _idf(dfs[g], n) * (dfs[g] <= common_grams) for g in words.grams}
        return weights, dfs

    def _held(self) -> defaultdict[str, dict[int, float]]:
        held = defaultdict[str, dict[int, float]](dict)
        for posting in self.postings:
            held[posting.lexeme] |= zip(posting.chunk_ids, posting.impacts, strict=True)
        return held


async def read_base(conn: TenantConnection, knowledge_base_id: UUID) -> Base:
    """The rows as they are stored."""
    given: dict[str, Any] = {"base": knowledge_base_id}
    rows = await conn.rows(
        Row,
        """
        select c.chunk_id, c.document_id, c.v_from::int, c.v_to::int, c.space::int, c.active,
               c.valid_from, c.valid_until, c.language, c.category, c.kind, c.keywords,
               c.priority::int, c.changed_at, c.emb,
               (select min(d.source_id::text)::uuid
                  from documents d
                 where d.tenant_id = %(tenant_id)s
                   and d.knowledge_base_id = c.knowledge_base_id
                   and d.document_id = c.document_id) as source_id
          from chunks c
         where c.tenant_id = %(tenant_id)s
           and c.knowledge_base_id = %(base)s
        """,
        given,
    )
    postings = await conn.rows(
        Posting,
        """
        select lexeme, df, chunk_ids, impacts
          from postings
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(base)s
        """,
        given,
    )
    return Base(rows, postings)


def _visible(row: Row, asked: Asked) -> bool:
    filters = asked.filters
    at = filters.valid_at or datetime.now(UTC)
    holds = (
        row.active
        and (row.valid_from is None or row.valid_from <= at)
        and (row.valid_until is None or row.valid_until > at)
    )
    return (
        row.v_from <= asked.version < row.v_to
        and row.space == asked.space
        and (holds or filters.include_inactive)
        and _passes(row, filters)
    )


def _passes(row: Row, filters: Filters) -> bool:
    return (
        filters.language in (None, row.language)
        and filters.category in (None, row.category)
        and filters.kind in (None, row.kind)
        and (not filters.keywords or bool(set(filters.keywords) & set(row.keywords or ())))
        and (filters.min_priority is None or row.priority >= filters.min_priority)
        and (not filters.document_ids or row.document_id in filters.document_ids)
        and filters.source_id in (None, row.source_id)
    )


def _favour(row: Row, asked: Asked) -> float:
    ranking = asked.ranking
    gain = ranking.priority_weight * row.priority / 100
    days = ranking.stale_after_days
    stale = days is not None and row.changed_at < datetime.now(UTC) - timedelta(days=days)
    return gain - ranking.stale_weight * stale


def _worth(asked: Asked, top: float, dfs: dict[str, int]) -> float:
    """What one point of BM25 adds to the score."""
    words, n = asked.words, max(asked.n_chunks, 1)
    if top <= 0:
        return 0.0
    mass = 0.0
    for group in set(words.groups):
        of_group = [
            (w, extra)
            for w, g, extra in zip(words.lexemes, words.groups, words.extras, strict=True)
            if g == group
        ]
        held = [_idf(dfs[w], n) for w, _ in of_group if dfs[w]]
        plain = [_idf(dfs[w], n) for w, extra in of_group if not extra]
        mass += max(held or plain or [0.0])
    if words.foreign:
        return LEXICAL_FOREIGN / top
    base = LEXICAL_LONG if words.long else LEXICAL_BASE
    return (base + LEXICAL_SLOPE * top / ((K1 + 1) * mass)) / top


def _name_worth(asked: Asked, top: float, dfs: dict[str, int]) -> float:
    """What one point of a name's letters adds to the score."""
    mass = sum(_idf(dfs[gram], max(asked.n_chunks, 1)) for gram in asked.words.grams)
    return NAME_WEIGHT * (top / mass) ** 2 / mass if top > 0 else 0.0


def _idf(df: int, n: int) -> float:
    return math.log(1 + (n - min(df, n) + 0.5) / (min(df, n) + 0.5))


def _cosine(row: Row, vector: HalfVector) -> float:
    return float(row.emb.to_numpy().astype(float) @ vector.to_numpy().astype(float))
