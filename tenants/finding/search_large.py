"""The passages of a large knowledge base that score best, by its partial vector index.

What scores best is nearly always among the nearest by vector and the strongest by words, so only
those are fused, by the very terms of `search_exact`. Planned anew at every question: only with the
values in hand does the planner see that the partial index holds what is asked for.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import LiteralString

from tenants.database.connection import TenantConnection
from tenants.database.statements import Statement
from tenants.finding.search_asked import Asked, Shape
from tenants.finding.search_exact import favour, told, visible
from tenants.finding.search_words import mass, matches
from tenants.finding.vector_recall import use_index
from tenants.knowledge.passages import StoredPassage

NEAREST = 80  # candidates by vector
STRONGEST = 200  # candidates by words, and as many by a name's letters
# A filter that keeps few passages makes the index walk far for each of them: after so many it
# gives up, and the exact scan, which such a filter makes cheap, is taken instead.
WALK = 20_000
WALK_FILTERED = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found(StoredPassage):
    near: int


async def approximate(
    conn: TenantConnection, asked: Asked, *, dimension: int, ef_search: int
) -> list[StoredPassage] | None:
    """The passages that score best, best first; None where only the exact scan can say."""
    if asked.filters.document_ids or asked.filters.source_id:
        return None
    walk = WALK_FILTERED if asked.filters.narrows else WALK
    statement = _statement(asked.shape, dimension)
    given = asked.parameters() | {"nearest": max(NEAREST, asked.limit), "strongest": STRONGEST}
    async with conn.pipeline():
        await use_index(conn, ef_search, max_scan_tuples=walk)
        found = await conn.read(_Found, statement, given, prepare=False)
    if not found or found[0].near < min(NEAREST, asked.n_chunks):
        return None
    return list(found)


@lru_cache
def _statement(shape: Shape, dimension: int) -> Statement:
    shown = visible(shape)
    return Statement.of(
        "with "
        + matches(shape.named)
        + _NEAREST[0]
        + favour(shape)
        + _NEAREST[1]
        + shown
        + _NEAREST[2]
        + (_STRONGEST_NAMES if shape.named else _STRONGEST_WORDS)
        + _SEEN[0]
        + (", s.named" if shape.named else "")
        + (", n.favour" if shape.ranks else "")
        + _SEEN[1]
        + (", s.named" if shape.named else "")
        + (", c.favour" if shape.ranks else "")
        + _SEEN[2]
        + favour(shape)
        + _SEEN[3]
        + shown
        + _SEEN[4]
        + mass(shape.named)
        + (_FUSING_NAMES if shape.named else _FUSING_WORDS)
        + (" + favour" if shape.ranks else "")
        + _BEST
        + (" + coalesce(name_worth * named, 0)" if shape.named else "")
        + _BEST_END
        + told(shape).replace(
            "select b.chunk_id,", "select (select count(*) from nearest) as near, b.chunk_id,"
        ),  # how many the index gave: too few, and it gave up
        dimension=dimension,
    )


_NEAREST: tuple[LiteralString, ...] = (
    """
        nearest as materialized (
            select c.chunk_id, -(c.emb <#> %(vector)b) as cosine
""",
    """
              from chunks c
             where
""",
    """
             order by c.emb::halfvec({dimension}) <#> %(vector)b::halfvec({dimension})
             limit %(nearest)s
        ),
""",
)
_STRONGEST_WORDS: LiteralString = """
        strongest as materialized (
            (select chunk_id, matched, bm25
               from matches
              order by bm25 desc, chunk_id
              limit %(strongest)s)
            union
            select chunk_id, matched, bm25
              from matches
             where (chunk_id in (select chunk_id from nearest)) is true
        ),
"""
_STRONGEST_NAMES: LiteralString = """
        strongest as materialized (
            (select chunk_id, matched, bm25, named
               from matches
              order by bm25 desc, chunk_id
              limit %(strongest)s)
            union
            (select chunk_id, matched, bm25, named
               from matches
              where named > 0
              order by named desc, chunk_id
              limit %(strongest)s)
            union
            select chunk_id, matched, bm25, named
              from matches
             where (chunk_id in (select chunk_id from nearest)) is true
        ),
"""
_SEEN: tuple[LiteralString, ...] = (
    """
        seen as materialized (
            select n.chunk_id, n.cosine, s.matched, s.bm25
""",
    """
              from nearest n
              left join strongest s on s.chunk_id = n.chunk_id
            union all
            select s.chunk_id, c.cosine, s.matched, s.bm25
""",
    """
              from strongest s
             cross join lateral (
                   select -(c.emb <#> %(vector)b) as cosine
""",
    """
                     from chunks c
                    where c.chunk_id = s.chunk_id and
""",
    """
                   offset 0) c
             where s.chunk_id not in (select chunk_id from nearest)
        ),
        fusing as materialized (
            select (%(base)s + %(slope)s * top / (%(saturation)s *
""",
)
_FUSING_WORDS: LiteralString = """
                   )) / top as worth
              from (select nullif(max(bm25), 0) as top from seen) best_match
        ),
        best as materialized (
            select chunk_id, cosine, coalesce(matched, 0) as matched, cosine
"""
_FUSING_NAMES: LiteralString = """
                   )) / top as worth,
                   %(name_weight)s * (name_top / name_mass) ^ 2 / name_mass as name_worth
              from (select nullif(max(bm25), 0) as top, nullif(max(named), 0) as name_top
                      from seen) best_match,
                   (select nullif(sum(idf), 0) as name_mass from weighed where gram) names
        ),
        best as materialized (
            select chunk_id, cosine, coalesce(matched, 0) as matched, cosine
"""
_BEST: LiteralString = " + coalesce(worth * bm25, 0)"
_BEST_END: LiteralString = """
                   as score
              from seen, fusing
             order by score desc, chunk_id
             limit %(limit)s
        ),
"""
