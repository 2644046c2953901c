"""What the parts of the hybrid statement take by themselves: the least that any statement could take.

Three bare statements under the same policies, prepared and planned as the search is, and `select 1`
for the round trip: the nearest passages' numbers, the question's postings added up, ten passages
with their texts. Nothing joins, weighs or fuses them.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from psycopg import AsyncRawCursor

from tenants.database.connection import TenantConnection
from tenants.database.statements import Statement

PARTS: Mapping[str, Statement] = {
    "round trip": Statement.of("select 1"),
    "vectors": Statement.of(
        """
        select chunk_id, emb <#> %(vector)b as distance
          from chunks c
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and v_to > %(version)s
           and v_from <= %(version)s
           and space = 1
           and active
           and (valid_from is null or valid_from <= now())
           and (valid_until is null or valid_until > now())
         order by distance
         limit 10
        """
    ),
    "postings": Statement.of(
        """
        select u.chunk_id, sum(u.impact)
          from postings p, unnest(p.chunk_ids, p.impacts) u (chunk_id, impact)
         where p.tenant_id = %(tenant_id)s
           and p.knowledge_base_id = %(knowledge_base_id)s
           and p.lexeme = any(%(lexemes)s)
           and p.df <= %(common)s
         group by u.chunk_id
         order by 2 desc
         limit 10
        """
    ),
    "texts": Statement.of(
        """
        select t.chunk_id, t.document_id, t.kind, t.title, t.question, t.body, t.path, d.source,
               d.external_id
          from chunk_texts t
          join documents d
            on d.tenant_id = %(tenant_id)s
           and d.knowledge_base_id = t.knowledge_base_id
           and d.document_id = t.document_id
         where t.tenant_id = %(tenant_id)s
           and t.knowledge_base_id = %(knowledge_base_id)s
           and t.chunk_id = any(%(numbers)s)
        """
    ),
}


@dataclass
class Floors:
    """Seconds of each part, one figure a question."""

    seconds: dict[str, list[float]] = field(default_factory=dict[str, list[float]])

    async def measure(self, conn: TenantConnection, given: Mapping[str, Any]) -> None:
        """Every part once."""
        for name, statement in PARTS.items():
            began = time.perf_counter()
            async with AsyncRawCursor(conn.raw) as cursor:
                await cursor.execute(
                    statement.text, [given[one] for one in statement.names], prepare=True
                )
                await cursor.fetchall()
            self.seconds.setdefault(name, []).append(time.perf_counter() - began)

    def forget(self, first: int) -> None:
        """Leave out the questions that only warmed the connection."""
        for values in self.seconds.values():
            del values[:first]

    def quiet(self, name: str) -> float:
        """Milliseconds of one part, the fastest tenth: neighbours on the cores disturb it least."""
        return float(np.percentile(self.seconds[name], 10) * 1e3)

    @property
    def least(self) -> float:
        """Milliseconds of one statement that did all three and nothing else: one round trip."""
        trip = self.quiet("round trip")
        return trip + sum(self.quiet(name) - trip for name in PARTS if name != "round trip")
