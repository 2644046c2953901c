"""What a question's words say: which of them count, which passages hold them, and how much that is.

Pieces of the statements of `search_exact` and `search_large`, so that both mean the same. Starting a
statement costs by the number of its parts, so each has a shorter form for the questions that ask
nothing of letters.
"""

from typing import LiteralString


def matches(named: bool) -> LiteralString:
    """Tables up to `matches`: the passages that hold words which count, with their BM25.

    `matched` has a bit for each word; with names `named` is the BM25 of the letter trigrams.
    """
    return _HELD + (_WITH_NAMES if named else _WORDS_ALONE)


def mass(named: bool) -> LiteralString:
    """A scalar: the idf of all the question's terms together, held or not."""
    return _MASS[0] + ("where not gram" if named else "") + _MASS[1]


def best_match(column: LiteralString, shown: LiteralString) -> LiteralString:
    """A scalar: the highest of a column of `matches` among the passages that count; else null."""
    before, condition, lookup, after = _BEST_MATCH
    return before + column + condition + column + lookup + shown + after


_HELD: LiteralString = """
        held as materialized (
            select p.lexeme, p.df, p.chunk_ids, p.impacts
              from postings p
             where p.tenant_id = %(tenant_id)s
               and p.knowledge_base_id = %(knowledge_base_id)s
               and p.lexeme = any(%(lexemes)s)
        ),
"""
_IDF: LiteralString = """
                   ln(1 + (%(n_chunks)s::float8 - least(df, %(n_chunks)s::float8) + 0.5)
                          / (least(df, %(n_chunks)s::float8) + 0.5)) as idf,
"""
_WORDS: LiteralString = """
              from (select w.place, w.lexeme, w.term, w.place > %(n_words)s as gram,
                           (%(extras)s::bigint >> least(w.place - 1, 62)::int) & 1 = 1 as extra,
                           coalesce(h.df, 0) as df
                      from unnest(%(lexemes)s::text[], %(terms)s::int[])
                           with ordinality w (lexeme, term, place)
                      left join (select lexeme, sum(df)::int as df from held group by lexeme) h
                        on h.lexeme = w.lexeme) words
        ),
"""
_WORDS_ALONE: LiteralString = (
    """
        weighed as materialized (
            select place, lexeme, term, extra, df, 1::bigint << (place - 1)::int as bit,
"""
    + _IDF
    + """          df <= %(common)s or bool_and(df > %(common)s or df = 0) over () as counts
"""
    + _WORDS
    + """
        matches as materialized (
            select u.chunk_id, bit_or(w.bit) as matched, sum(u.impact * w.idf) as bm25
              from weighed w
              join held h on h.lexeme = w.lexeme,
                   unnest(h.chunk_ids, h.impacts) u (chunk_id, impact)
             where w.counts
             group by u.chunk_id
        ),
"""
)
_WITH_NAMES: LiteralString = (
    """
        weighed as materialized (
            select place, lexeme, term, extra, df, gram,
                   case when gram then 0 else 1::bigint << (place - 1)::int end as bit,
"""
    + _IDF
    + """          case when gram then df <= %(common_grams)s
                        else df <= %(common)s
                             or bool_and(gram or df > %(common)s or df = 0) over ()
                    end as counts
"""
    + _WORDS
    + """
        matches as materialized (
            select u.chunk_id, bit_or(w.bit) as matched,
                   coalesce(sum(u.impact * w.idf) filter (where not w.gram), 0) as bm25,
                   coalesce(sum(u.impact * w.idf) filter (where w.gram), 0) as named
              from weighed w
              join held h on h.lexeme = w.lexeme,
                   unnest(h.chunk_ids, h.impacts) u (chunk_id, impact)
             where w.counts
             group by u.chunk_id
        ),
"""
)
_MASS: tuple[LiteralString, LiteralString] = (
    """
                   (select sum(idf)
                      from (select coalesce(max(idf) filter (where df > 0),
                                            max(idf) filter (where not extra), 0) as idf
                              from weighed
""",
    """
                             group by term) terms)
""",
)
_BEST_MATCH: tuple[LiteralString, ...] = (
    """
                   (select m.top
                      from (select chunk_id,
""",
    """                            as top
                              from matches
                             where
""",
    """                            > 0
                             order by top desc
                            offset 0) m
                     cross join lateral (
                           select from chunks c
                            where c.chunk_id = m.chunk_id and
""",
    """                        offset 0) c
                     order by m.top desc
                     limit 1)
""",
)
