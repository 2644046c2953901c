"""The passages of one knowledge base that score best, by an exact scan of its visible vectors.

One statement: the posting arrays give the passages that hold the question's rarer words (and, for
names, its letter trigrams) their gain; one pass over the visible vectors adds it to their cosine and
keeps the best. Every statement names the tenant although row-level security would: so the policy is
checked once a statement instead of once a row. The pieces are shared with the statement for large
knowledge bases, so that both mean the same. What nobody asked for is not in the statement.
"""

from functools import lru_cache
from typing import LiteralString

from tenants.database.connection import TenantConnection
from tenants.database.statements import Statement
from tenants.finding.search_asked import Asked, Shape
from tenants.finding.search_words import best_match, mass, matches
from tenants.knowledge.passages import StoredPassage


async def exact(conn: TenantConnection, asked: Asked) -> list[StoredPassage]:
    """The passages that score best, best first."""
    return await conn.read(StoredPassage, _statement(asked.shape), asked.parameters())


def visible(shape: Shape) -> LiteralString:
    """Which passages `c` of chunks count."""
    return _VISIBLE + _NARROWED if shape.narrows else _VISIBLE


def favour(shape: Shape) -> LiteralString:
    """A further column: what a passage `c` gains or loses beside the question, where that counts."""
    return _FAVOUR if shape.ranks else ""


def told(shape: Shape) -> LiteralString:
    """The rows of `best` as they are told: the cosine is to the question alone."""
    return (
        (_COMMON if shape.all_words else "")
        + _TOLD[0]
        + ("where not gram" if shape.named else "")
        + _TOLD[1]
        + ("q.cosine" if shape.leans else "b.cosine")
        + _TOLD[2]
        + (_COMMON_BITS if shape.all_words else "")
        + _TOLD[3]
        + (_OWN_COSINE if shape.leans else "")
        + _TOLD[4]
    )


@lru_cache
def _statement(shape: Shape) -> Statement:
    shown = visible(shape)
    return Statement.of(
        "with "
        + matches(shape.named)
        + _fusing(shape, shown)
        + _BEST[0]
        + (" + favour" if shape.ranks else "")
        + _BEST[1]
        + (", c.favour" if shape.ranks else "")
        + _BEST[2]
        + favour(shape)
        + _BEST[3]
        + shown
        + _BEST[4]
        + (_GAIN_OF_NAMES if shape.named else "")
        + _BEST[5]
        + told(shape)
    )


def _fusing(shape: Shape, shown: LiteralString) -> LiteralString:
    """What one point of BM25 adds, by the best match that counts; and one of a name's letters."""
    words = _WEIGHING[0] + mass(shape.named) + _WEIGHING[1] + best_match("bm25", shown)
    if not shape.named:
        return "fusing as materialized (" + words + _WEIGHING[2] + "),"
    names = _NAMING[0] + best_match("named", shown) + _NAMING[1]
    return (
        "fusing as materialized ("
        + words
        + _WEIGHING[2]
        + "), naming as materialized ("
        + names
        + "),"
    )


# Which passages `c` of chunks count at all, and which of them the filters leave.
_VISIBLE: LiteralString = """
                   c.tenant_id = %(tenant_id)s
               and c.knowledge_base_id = %(knowledge_base_id)s
               and c.v_to > %(version)s
               and c.v_from <= %(version)s
               and c.space = %(space)s
               and (%(any_state)s
                    or c.active
                       and (c.valid_from is null
                            or c.valid_from <= coalesce(%(valid_at)s::timestamptz, now()))
                       and (c.valid_until is null
                            or c.valid_until > coalesce(%(valid_at)s::timestamptz, now())))
"""
_NARROWED: LiteralString = """
               and (%(language)s::text is null or c.language = %(language)s)
               and (%(category)s::text is null or c.category = %(category)s)
               and (%(kind)s::text is null or c.kind = %(kind)s)
               and (%(keywords)s::text[] is null or c.keywords && %(keywords)s)
               and (%(min_priority)s::int is null or c.priority >= %(min_priority)s)
               and (%(document_ids)s::uuid[] is null
                    or c.document_id = any(%(document_ids)s))
               and (%(source_id)s::uuid is null
                    or c.document_id in (
                       select document_id
                         from documents
                        where tenant_id = %(tenant_id)s
                          and knowledge_base_id = %(knowledge_base_id)s
                          and source_id = %(source_id)s))
"""
# What a passage gains or loses beside the question, where the knowledge base ranks so.
_FAVOUR: LiteralString = """,
                   %(priority_weight)s * c.priority / 100.0
                   - case when c.changed_at < now() - make_interval(days => %(stale_after_days)s)
                          then %(stale_weight)s
                          else 0
                     end as favour
"""
# What one point of BM25 is worth: the best match's share of the question's mass decides.
_WEIGHING: tuple[LiteralString, LiteralString, LiteralString] = (
    """
            select (%(base)s + %(slope)s * top / (%(saturation)s *
""",
    """                   )) / top as worth
              from (select
""",
    """                    as top
                    offset 0) best_match
""",
)
_NAMING: tuple[LiteralString, LiteralString] = (
    """
            select %(name_weight)s * (top / mass) ^ 2 / mass as worth
              from (select
""",
    """                    as top,
                          (select nullif(sum(idf), 0) from weighed where gram) as mass
                    offset 0) best_name
""",
)
_GAIN_OF_NAMES: LiteralString = " + coalesce(named * (select worth from naming), 0)"
# The joins are fenced (offset 0): the planner takes the matches for a handful of rows.
_BEST: tuple[LiteralString, ...] = (
    """
        best as materialized (
            select chunk_id, cosine, coalesce(matched, 0) as matched, cosine
""",
    """                + coalesce(gain, 0) as score
              from (select c.chunk_id, c.cosine, m.matched, m.gain
""",
    """                   from (select c.chunk_id, -(c.emb <#> %(vector)b) as cosine
""",
    """                           from chunks c
                             where
""",
    """                         offset 0) c
                      full join (
                           select chunk_id, matched,
                                  coalesce(bm25 * (select worth from fusing), 0)
""",
    """                               as gain
                             from matches
                           offset 0) m on m.chunk_id = c.chunk_id
                    offset 0) seen
             where cosine is not null
             order by score desc, chunk_id
             limit %(limit)s
        ),
""",
)
# Bits of the common words, where a knowledge base is small enough that they are weighed too.
_COMMON: LiteralString = """
        common as materialized (
            select w.bit, h.chunk_ids
              from weighed w
              join held h on h.lexeme = w.lexeme
             where not w.counts
               and w.bit <> 0
        ),
"""
_COMMON_BITS: LiteralString = """
               | coalesce((select bit_or(bit)
                             from common
                            where b.chunk_id = any(chunk_ids)), 0)
"""
_OWN_COSINE: LiteralString = """
         cross join lateral (
               select -(emb <#> %(question)b) as cosine
                 from chunks
                where tenant_id = %(tenant_id)s
                  and knowledge_base_id = %(knowledge_base_id)s
                  and chunk_id = b.chunk_id
                limit 1) q
"""
_TOLD: tuple[LiteralString, ...] = (
    """
        told as materialized (
            select coalesce(array_agg(df order by place), '{}') as dfs
              from weighed
""",
    """
        )
        select b.chunk_id, t.document_id,
""",
    """            as cosine, b.score, b.matched
""",
    """            as matched, (select dfs from told) as dfs,
               t.kind, t.title, t.question, t.body, t.path, d.source, d.external_id,
               case when t.question_space = %(space)s then -(t.question_emb <#> %(question)b) end
                   as asks
          from best b
""",
    """
         cross join lateral (
               select document_id, kind, title, question, body, path, question_emb,
                      question_space
                 from chunk_texts
                where tenant_id = %(tenant_id)s
                  and knowledge_base_id = %(knowledge_base_id)s
                  and chunk_id = b.chunk_id
                limit 1) t
          left join lateral (
               select source, external_id
                 from documents
                where tenant_id = %(tenant_id)s
                  and knowledge_base_id = %(knowledge_base_id)s
                  and document_id = t.document_id
                  and v_from <= %(version)s
                  and v_to > %(version)s
                limit 1) d on true
         order by b.score desc, b.chunk_id
""",
)
