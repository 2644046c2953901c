"""How much of what the exact scan finds an approximate index finds: asked of own vectors."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pgvector import HalfVector
from psycopg import sql

from tenants.database.connection import TenantConnection

TOP = 10
_TIE = 1e-6  # the same passage stored twice counts whichever is found
_QUERY = """
    select -(c.emb{cast} <#> %(vector)b{cast}) as cosine
      from chunks c
     where c.tenant_id = %(tenant_id)s
       and c.knowledge_base_id = %(knowledge_base_id)s
       and c.space = %(space)s
       and c.v_from <= %(live)s
       and c.v_to > %(live)s
     order by c.emb{cast} <#> %(vector)b{cast}
     limit %(top)s
"""


@dataclass(frozen=True, slots=True)
class _Sample:
    emb: HalfVector
    live: int


async def measure_recall(
    conn: TenantConnection,
    knowledge_base_id: UUID,
    space: int,
    *,
    dimension: int,
    index_name: str,
    ef_search: int,
    samples: int,
) -> float:
    """Recall@10 of the index (0–1), over vectors drawn from the live version.

    0 where the planner would not use the index, or where there is nothing to find.
    """
    await use_index(conn, ef_search)
    named = {"knowledge_base_id": knowledge_base_id, "space": space, "top": TOP}
    drawn = await conn.rows(
        _Sample,
        """
        select c.emb, b.live
          from knowledge_bases b
          join chunks c
            on c.tenant_id = %(tenant_id)s
           and c.knowledge_base_id = b.knowledge_base_id
           and c.space = %(space)s
           and c.v_from <= b.live
           and c.v_to > b.live
         where b.tenant_id = %(tenant_id)s
           and b.knowledge_base_id = %(knowledge_base_id)s
         order by random()
         limit %(samples)s
        """,
        named | {"samples": samples},
    )
    near, exact = sql.SQL(_QUERY), sql.SQL(_QUERY).format(cast=sql.SQL(""))
    near = near.format(cast=sql.SQL("::halfvec({})").format(sql.Literal(dimension)))
    found = wanted = 0
    for sample in drawn:
        given = named | {"tenant_id": conn.tenant_id, "vector": sample.emb, "live": sample.live}
        if wanted == 0 and not await _uses(conn, near, given, index_name):
            return 0.0
        best = await _cosines(conn, exact, given)
        got = await _cosines(conn, near, given)
        wanted += len(best)
        found += min(sum(cosine >= best[-1] - _TIE for cosine in got), len(best))
    return found / wanted if wanted else 0.0


async def use_index(
    conn: TenantConnection, ef_search: int, *, max_scan_tuples: int = 20_000
) -> None:
    """Until the transaction ends plans know their values and take an index for an order where one is
    there, and scans go on behind what filters took.

    The program that measured the index decides, not the planner: it takes a base that has just come
    in for a few rows, which it would rather sort.
    """
    await conn.execute(
        """
        select set_config('plan_cache_mode', 'force_custom_plan', true),
               set_config('enable_sort', 'off', true),
               set_config('hnsw.ef_search', %(ef_search)s, true),
               set_config('hnsw.iterative_scan', 'relaxed_order', true),
               set_config('hnsw.max_scan_tuples', %(max_scan_tuples)s, true)
        """,
        {"ef_search": str(ef_search), "max_scan_tuples": str(max_scan_tuples)},
    )


async def _cosines(
    conn: TenantConnection, query: sql.Composed, given: dict[str, Any]
) -> list[float]:
    cursor = await conn.raw.execute(query, given, prepare=False)
    return sorted((row[0] for row in await cursor.fetchall()), reverse=True)


async def _uses(
    conn: TenantConnection, query: sql.Composed, given: dict[str, Any], index_name: str
) -> bool:
    cursor = await conn.raw.execute(sql.SQL("explain ") + query, given, prepare=False)
    return any(index_name in row[0] for row in await cursor.fetchall())
