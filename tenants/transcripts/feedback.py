"""What contacts think of an answer or a conversation."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.errors import NotFound
from tenants.ids import new_id
from tenants.keys import codec

_CONTENT = "feedback.content"
MOST = 500  # of one conversation that are shown


@dataclass(frozen=True, slots=True)
class Opinion:
    """About one answer (`helpful`), or the whole conversation (`score`, 1 to 5)."""

    feedback_id: UUID
    message_id: UUID | None
    helpful: bool | None
    score: int | None
    content: bytes | None
    created_at: datetime

    def public(self) -> dict[str, Any]:
        """As operators see it."""
        said = (
            codec.decode(self.content, _CONTENT, self.feedback_id)
            if self.content is not None
            else {}
        )
        return {
            "feedback_id": self.feedback_id,
            "message_id": self.message_id,
            "helpful": self.helpful,
            "score": self.score,
            "reason": said.get("reason"),
            "created_at": self.created_at,
        }


async def record(
    conn: TenantConnection,
    conversation_id: UUID,
    *,
    message_id: UUID | None = None,
    helpful: bool | None = None,
    score: int | None = None,
    reason: str | None = None,
) -> UUID:
    """Keep one opinion; its id. Raises: NotFound."""
    feedback_id = new_id()
    content = codec.personal({"reason": reason}, _CONTENT, feedback_id) if reason else None
    kept = await conn.execute(
        """
        with about as (
            select conversation_id
              from conversations
             where tenant_id = %(tenant_id)s
               and conversation_id = %(conversation_id)s
               for key share)
        insert into feedback (tenant_id, feedback_id, conversation_id, message_id, helpful, score,
                              content)
        select %(tenant_id)s, %(feedback_id)s, conversation_id, %(message_id)s::uuid,
               %(helpful)s::boolean, %(score)s::int, %(content)s::bytea
          from about
        """,
        {
            "feedback_id": feedback_id,
            "conversation_id": conversation_id,
            "message_id": message_id,
            "helpful": helpful,
            "score": score,
            "content": content,
        },
    )
    if kept.rowcount == 0:
        raise NotFound("no such conversation")
    return feedback_id


async def of_conversation(conn: TenantConnection, conversation_id: UUID) -> list[Opinion]:
    """The last opinion about each answer and about the whole, oldest first."""
    return await conn.rows(
        Opinion,
        """
        select feedback_id, message_id, helpful, score, content, created_at
          from (select distinct on (message_id)
                       feedback_id, message_id, helpful, score, content, created_at
                  from feedback
                 where tenant_id = %(tenant_id)s
                   and conversation_id = %(conversation_id)s
                 order by message_id, feedback_id desc) as last
         order by feedback_id
         limit %(most)s
        """,
        {"conversation_id": conversation_id, "most": MOST},
    )
