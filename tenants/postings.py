"""Posting arrays: which passages of a knowledge base hold a lexeme, and how much it weighs there.

Every write adds one segment; segments are merged in steps of 16, 256, 4,096 …, so that a question
never reads more than a few dozen rows a word and a passage's postings are rewritten only a few
times. Postings of ended passages stay until they are erased; the search joins with the visible.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from tenants.connection import TenantConnection
from tenants.lexemes import lexemes

# BM25, the part of the weight that is known when a passage is written. Source: Robertson & Zaragoza
# 2009; k1 and b checked on the development sets (b = 0.6 and 0.75 rank alike).
K1 = 1.2
B = 0.75
MERGE_STEP = 16


@dataclass(frozen=True, slots=True)
class Indexed:
    """A passage as full text sees it: how often it holds each lexeme."""

    counts: Counter[str]

    @property
    def length(self) -> int:
        return sum(self.counts.values())


def index_text(text: str, language: str) -> Indexed:
    """What full text keeps of a passage's title, question and body."""
    return Indexed(Counter(lexemes(text, language)))


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
        damping = K1 * (1 - B + B * indexed.length / mean_lexemes)
        for lexeme, count in indexed.counts.items():
            found.append((lexeme, chunk_id, count * (K1 + 1) / (count + damping)))
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
    step = MERGE_STEP
    while segment % step == 0:
        await _merge(conn, knowledge_base_id, first=segment - step + 1, last=segment)
        step *= MERGE_STEP


async def erase(conn: TenantConnection, knowledge_base_id: UUID, chunk_ids: Sequence[int]) -> None:
    """Take passages out of every posting, as if they had never been written."""
    if not chunk_ids:
        return
    await conn.execute(
        """
        with touched as (
            delete from postings
             where tenant_id = %(tenant_id)s
               and knowledge_base_id = %(knowledge_base_id)s
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
        {"knowledge_base_id": knowledge_base_id, "gone": list(chunk_ids)},
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
