"""Knowledge suggestions: what operators said, waiting for a person to make it an entry."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tenants import codec
from tenants.actors import Actor
from tenants.connection import TenantConnection
from tenants.errors import NotFound, SuggestionDecided
from tenants.ids import new_id


@dataclass(frozen=True, slots=True)
class Suggestion:
    suggestion_id: UUID
    knowledge_base_id: UUID
    status: str
    content: bytes
    conversation_id: UUID | None
    handoff_id: UUID | None
    document_id: UUID | None
    actor_kind: str
    actor_id: str
    created_at: datetime
    decided_at: datetime | None

    @property
    def entry(self) -> dict[str, Any]:
        """`question`, `answer` and `removed`: the kinds of personal data taken out."""
        return codec.decode(self.content)

    def public(self) -> dict[str, Any]:
        """The suggestion as a reviewer sees it."""
        return self.entry | {
            "suggestion_id": str(self.suggestion_id),
            "knowledge_base_id": str(self.knowledge_base_id),
            "status": self.status,
            "conversation_id": str(self.conversation_id) if self.conversation_id else None,
            "handoff_id": str(self.handoff_id) if self.handoff_id else None,
            "document_id": str(self.document_id) if self.document_id else None,
            "suggested_by": {"kind": self.actor_kind, "id": self.actor_id},
            "created_at": self.created_at.isoformat().replace("+00:00", "Z"),
        }


async def create(
    conn: TenantConnection,
    knowledge_base_id: UUID,
    entry: dict[str, Any],
    *,
    actor: Actor,
    conversation_id: UUID | None = None,
    handoff_id: UUID | None = None,
) -> Suggestion:
    """A new open suggestion; one per handoff, however often it is asked for."""
    suggestion = await conn.row(
        Suggestion,
        """
        insert into knowledge_suggestions
               (tenant_id, suggestion_id, knowledge_base_id, content, conversation_id, handoff_id,
                actor_kind, actor_id)
        values (%(tenant_id)s, %(suggestion_id)s, %(knowledge_base_id)s, %(content)s,
                %(conversation_id)s, %(handoff_id)s, %(actor_kind)s, %(actor_id)s)
        on conflict (tenant_id, handoff_id) where handoff_id is not null do update
           set handoff_id = excluded.handoff_id
        returning suggestion_id, knowledge_base_id, status, content, conversation_id, handoff_id,
                  document_id, actor_kind, actor_id, created_at, decided_at
        """,
        {
            "suggestion_id": new_id(),
            "knowledge_base_id": knowledge_base_id,
            "content": codec.encode(entry),
            "conversation_id": conversation_id,
            "handoff_id": handoff_id,
            "actor_kind": actor.kind,
            "actor_id": actor.id,
        },
    )
    assert suggestion is not None
    return suggestion


async def get(conn: TenantConnection, suggestion_id: UUID) -> Suggestion:
    """One suggestion. Raises: NotFound."""
    suggestion = await conn.row(
        Suggestion,
        """
        select suggestion_id, knowledge_base_id, status, content, conversation_id, handoff_id,
               document_id, actor_kind, actor_id, created_at, decided_at
          from knowledge_suggestions
         where tenant_id = %(tenant_id)s
           and suggestion_id = %(suggestion_id)s
        """,
        {"suggestion_id": suggestion_id},
    )
    if suggestion is None:
        raise NotFound("no such suggestion")
    return suggestion


async def list_page(
    conn: TenantConnection, *, limit: int, after: UUID | None = None, status: str | None = None
) -> list[Suggestion]:
    """Suggestions, newest first."""
    return await conn.rows(
        Suggestion,
        """
        select suggestion_id, knowledge_base_id, status, content, conversation_id, handoff_id,
               document_id, actor_kind, actor_id, created_at, decided_at
          from knowledge_suggestions
         where tenant_id = %(tenant_id)s
           and (%(status)s::text is null or status = %(status)s)
           and (%(after)s::uuid is null or suggestion_id < %(after)s)
         order by suggestion_id desc
         limit %(limit)s
        """,
        {"after": after, "status": status, "limit": limit},
    )


async def decide(
    conn: TenantConnection,
    suggestion_id: UUID,
    status: str,
    *,
    actor: Actor,
    document_id: UUID | None = None,
    entry: dict[str, Any] | None = None,
) -> Suggestion:
    """Close an open suggestion as `approved` or `dismissed`. Raises: NotFound, SuggestionDecided."""
    suggestion = await conn.row(
        Suggestion,
        """
        update knowledge_suggestions
           set status = %(status)s,
               document_id = %(document_id)s,
               content = coalesce(%(content)s, content),
               decided_at = now(),
               decided_by = %(decided_by)s
         where tenant_id = %(tenant_id)s
           and suggestion_id = %(suggestion_id)s
           and status = 'open'
        returning suggestion_id, knowledge_base_id, status, content, conversation_id, handoff_id,
                  document_id, actor_kind, actor_id, created_at, decided_at
        """,
        {
            "suggestion_id": suggestion_id,
            "status": status,
            "document_id": document_id,
            "content": codec.encode(entry) if entry is not None else None,
            "decided_by": f"{actor.kind}:{actor.id}",
        },
    )
    if suggestion is None:
        await get(conn, suggestion_id)
        raise SuggestionDecided("this suggestion was approved or dismissed before")
    return suggestion
