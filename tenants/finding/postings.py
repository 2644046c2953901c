"""Posting arrays: which passages of a knowledge base hold a lexeme, and how much it weighs there.

Every write adds one segment; segments are merged in steps of 16, 256, 4,096 …, so that a question
never reads more than a few dozen rows a word and a passage's postings are rewritten only a few
times. Postings of ended passages stay until they are erased; the search joins with the visible.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from tenants.cutting.drafts import Draft
from tenants.database.connection import TenantConnection
from tenants.finding.lexemes import GRAM, lexemes, name_grams

# BM25, the part of the weight that is known when a passage is written. Source: Robertson & Zaragoza
# 2009; b = 0.4 against 0.75: reviews R@5 +0.4, the other sets alike (short passages are all short).
K1 = 1.2
B = 0.4
# Names are compared whole: what a title says beyond the question counts against it.
NAME_B = 0.75
MEAN_NAME_GRAMS = 50  # of a product's title; a constant, so that names need no statistics
NAMED = GRAM  # the lexeme that every named passage holds: a base without it is not asked for names
MERGE_STEP = 16


@dataclass(frozen=True, slots=True)
class Indexed:
    """A passage as full text sees it: how often it holds each lexeme."""

    counts: Counter[str]
    grams: Counter[str] = field(default_factory=Counter[str])

    @property
    def length(self) -> int:
        return sum(self.counts.values())

    @property
    def lexemes(self) -> set[str]:
        """Every lexeme whose postings name the passage."""
        named = {NAMED} if self.grams else set[str]()
        return self.counts.keys() | self.grams.keys() | named


def index_text(
    text: str, language: str, *, name: str = "", keywords: Sequence[str] = ()
) -> Indexed:
    """What full text keeps of a passage's title, question and body, its keywords and its name.

    `name` is what a thing is called (a product, a place): it is also found by its letters.
    """
    words = "\n".join((text, *keywords))
    return Indexed(Counter(lexemes(words, language)), Counter(name_grams(name)))


def index_draft(draft: Draft, language: str, keywords: Sequence[str] = ()) -> Indexed:
    """What full text keeps of a passage."""
    return index_text(draft.embedded, language, name=draft.name, keywords=keywords)


async def write_segment(
    conn: TenantConnection,
    knowledge_base_id: UUID,
    segment: int,
    passages: Sequence[tuple[int, Indexed]],
    *,
    mean_lexemes: float,
) -> None:
    """Add the postings of new passages as one segment, and merge where a step is full."""
    found: list[tuple[str, int, float]] = []
    for chunk_id, indexed in passages:
        found.extend(_impacts(chunk_id, indexed, mean_lexemes))
    await conn.execute(
        """
        insert into postings (tenant_id, knowledge_base_id, lexeme, segment, df, chunk_ids, impacts)
        select %(tenant_id)s, %(knowledge_base_id)s, lexeme, %(segment)s, count(*),
               array_agg(chunk_id order by chunk_id), array_agg(impact order by chunk_id)
          from unnest(%(lexemes)s::text[], %(chunk_ids)s::int[], %(impacts)s::real[])
               found (lexeme, chunk_id, impact)
         group by lexeme
        """,
        {
            "knowledge_base_id": knowledge_base_id,
            "segment": segment,
            "lexemes": [lexeme for lexeme, _, _ in found],
            "chunk_ids": [chunk_id for _, chunk_id, _ in found],
            "impacts": [impact for _, _, impact in found],
        },
    )
    await merge_due(conn, knowledge_base_id, segment)


async def merge_due(conn: TenantConnection, knowledge_base_id: UUID, segment: int) -> None:
    """Merge where the segment just written fills a step."""
    step = MERGE_STEP
    while segment % step == 0:
        await _merge(conn, knowledge_base_id, first=segment - step + 1, last=segment)
        step *= MERGE_STEP


def _impacts(
    chunk_id: int, indexed: Indexed, mean_lexemes: float
) -> Iterator[tuple[str, int, float]]:
    """The part of the BM25 weight that a passage gives each of its lexemes."""
    damping = K1 * (1 - B + B * indexed.length / mean_lexemes)
    for lexeme, count in indexed.counts.items():
        yield lexeme, chunk_id, count * (K1 + 1) / (count + damping)
    if not indexed.grams:
        return
    yield NAMED, chunk_id, 0.0
    damping = K1 * (1 - NAME_B + NAME_B * indexed.grams.total() / MEAN_NAME_GRAMS)
    for gram, count in indexed.grams.items():
        yield gram, chunk_id, count * (K1 + 1) / (count + damping)


async def erase(
    conn: TenantConnection,
    knowledge_base_id: UUID,
    chunk_ids: Sequence[int],
    *,
    lexemes: Sequence[str] | None,
) -> None:
    """Take passages out of every posting, as if they had never been written.

    `lexemes` are all that these passages hold: only their rows are read (None: every row).
    """
    if not chunk_ids:
        return
    await conn.execute(
        """
        with touched as (
            delete from postings
             where tenant_id = %(tenant_id)s
               and knowledge_base_id = %(knowledge_base_id)s
               and (%(lexemes)s::text[] is null or lexeme = any(%(lexemes)s))
               and chunk_ids && %(gone)s::int[]
            returning lexeme, segment, chunk_ids, impacts
        )
        insert into postings (tenant_id, knowledge_base_id, lexeme, segment, df, chunk_ids, impacts)
        select %(tenant_id)s, %(knowledge_base_id)s, lexeme, segment, count(*),
               array_agg(u.chunk_id order by u.chunk_id),
               array_agg(u.impact order by u.chunk_id)
          from touched, unnest(chunk_ids, impacts) u(chunk_id, impact)
         where u.chunk_id <> all(%(gone)s::int[])
         group by lexeme, segment
        """,
        {
            "knowledge_base_id": knowledge_base_id,
            "gone": list(chunk_ids),
            "lexemes": None if lexemes is None else list(lexemes),
        },
    )


async def _merge(conn: TenantConnection, knowledge_base_id: UUID, *, first: int, last: int) -> None:
    """Make one segment of several; the grouping reads every deleted row before it inserts one."""
    await conn.execute(
        """
        with merged as (
            delete from postings
             where tenant_id = %(tenant_id)s
               and knowledge_base_id = %(knowledge_base_id)s
               and segment between %(first)s and %(last)s
            returning lexeme, chunk_ids, impacts
        )
        insert into postings (tenant_id, knowledge_base_id, lexeme, segment, df, chunk_ids, impacts)
        select %(tenant_id)s, %(knowledge_base_id)s, lexeme, %(last)s, count(*),
               array_agg(u.chunk_id order by u.chunk_id),
               array_agg(u.impact order by u.chunk_id)
          from merged, unnest(chunk_ids, impacts) u(chunk_id, impact)
         group by lexeme
        """,
        {"knowledge_base_id": knowledge_base_id, "first": first, "last": last},
    )
