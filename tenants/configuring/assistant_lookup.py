"""Assistants by what they read, and the handoffs that are open in their conversations."""

from dataclasses import dataclass
from uuid import UUID

from tenants.database.connection import TenantConnection


@dataclass(frozen=True, slots=True)
class _Found:
    assistant_id: UUID


@dataclass(frozen=True, slots=True)
class OpenHandoff:
    handoff_id: UUID
    conversation_id: UUID


async def reading(conn: TenantConnection, knowledge_base_id: UUID) -> UUID | None:
    """The oldest assistant in use that reads a knowledge base, or None."""
    found = await conn.row(
        _Found,
        """
        select a.assistant_id
          from assistants a
          join assistant_revisions r
            on r.tenant_id = %(tenant_id)s
           and r.assistant_id = a.assistant_id
           and r.revision = a.revision
         where a.tenant_id = %(tenant_id)s
           and a.archived_at is null
           and r.settings -> 'knowledge_base_ids' @> to_jsonb(%(knowledge_base_id)s::text)
         order by a.assistant_id
         limit 1
        """,
        {"knowledge_base_id": str(knowledge_base_id)},
    )
    return found.assistant_id if found else None


async def open_handoffs(
    conn: TenantConnection, assistant_id: UUID, *, limit: int = 20
) -> list[OpenHandoff]:
    """Handoffs that wait or are worked on in an assistant's conversations, oldest first."""
    return await conn.rows(
        OpenHandoff,
        """
        select h.handoff_id, h.conversation_id
          from handoffs h
          join conversations c
            on c.tenant_id = %(tenant_id)s
           and c.conversation_id = h.conversation_id
         where h.tenant_id = %(tenant_id)s
           and h.status <> 'resolved'
           and c.assistant_id = %(assistant_id)s
         order by h.handoff_id
         limit %(limit)s
        """,
        {"assistant_id": assistant_id, "limit": limit},
    )
