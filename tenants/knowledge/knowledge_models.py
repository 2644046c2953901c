"""Which embedding model made the vectors of a knowledge base's version."""

from collections.abc import Sequence
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.finding.search import KnowledgeVersion


async def by_model(
    conn: TenantConnection, knowledge: Sequence[KnowledgeVersion]
) -> dict[str, list[KnowledgeVersion]]:
    """The versions by the model that must read the question; unknown ones are left out.

    A version that was never written (the empty one) has the knowledge base's model of today.
    """
    cursor = await conn.execute(
        """
        select b.knowledge_base_id, coalesce(s.model_id, b.embedding_model)
          from unnest(%(bases)s::uuid[], %(versions)s::int[]) wanted (knowledge_base_id, version)
          join knowledge_bases b
            on b.tenant_id = %(tenant_id)s
           and b.knowledge_base_id = wanted.knowledge_base_id
          left join knowledge_versions v
            on v.tenant_id = %(tenant_id)s
           and v.knowledge_base_id = b.knowledge_base_id
           and v.version = coalesce(wanted.version, b.live)
          left join embedding_spaces s
            on s.tenant_id = %(tenant_id)s
           and s.knowledge_base_id = b.knowledge_base_id
           and s.space = v.space
        """,
        {
            "bases": [one.knowledge_base_id for one in knowledge],
            "versions": [one.version for one in knowledge],
        },
    )
    models: dict[UUID, str] = dict(await cursor.fetchall())
    found: dict[str, list[KnowledgeVersion]] = {}
    for one in knowledge:
        if one.knowledge_base_id in models:
            found.setdefault(models[one.knowledge_base_id], []).append(one)
    return found
