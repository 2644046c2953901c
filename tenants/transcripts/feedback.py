"""What contacts think of an answer or a conversation."""

from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.ids import new_id
from tenants.keys import codec

_CONTENT = "feedback.content"


async def record(
    conn: TenantConnection,
    conversation_id: UUID,
    *,
    message_id: UUID | None = None,
    helpful: bool | None = None,
    score: int | None = None,
    reason: str | None = None,
) -> UUID:
    """Keep one opinion; its id."""
    feedback_id = new_id()
    content = codec.personal({"reason": reason}, _CONTENT, feedback_id) if reason else None
    await conn.execute(
        """
        insert into feedback (tenant_id, feedback_id, conversation_id, message_id, helpful, score,
                              content)
        values (%(tenant_id)s, %(feedback_id)s, %(conversation_id)s, %(message_id)s, %(helpful)s,
                %(score)s, %(content)s)
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
    return feedback_id
