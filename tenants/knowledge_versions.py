"""The versions of a knowledge base that were written: when, by whom, how large."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tenants.connection import TenantConnection


@dataclass(frozen=True, slots=True)
class KnowledgeVersionRecord:
    version: int
    n_chunks: int
    note: str
    actor_kind: str
    actor_id: str
    created_at: datetime

    def public(self) -> dict[str, Any]:
        """The version as the API shows it."""
        return {
            "version": self.version,
            "passages": self.n_chunks,
            "note": self.note,
            "written_by": {"kind": self.actor_kind, "id": self.actor_id},
            "created_at": self.created_at.isoformat().replace("+00:00", "Z"),
        }


async def list_page(
    conn: TenantConnection, knowledge_base_id: UUID, *, limit: int, before: int | None = None
) -> list[KnowledgeVersionRecord]:
    """Versions of one knowledge base, newest first."""
    return await conn.rows(
        KnowledgeVersionRecord,
        """
        select version, n_chunks, note, actor_kind, actor_id, created_at
          from knowledge_versions
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and (%(before)s::int is null or version < %(before)s)
         order by version desc
         limit %(limit)s
        """,
        {"knowledge_base_id": knowledge_base_id, "limit": limit, "before": before},
    )
