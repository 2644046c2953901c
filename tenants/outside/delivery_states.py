"""How far a message that left has come: queued, sent, delivered, read, or failed; never backwards.

What a channel reports late or twice changes nothing. A message that failed moves on only when it is
sent again, or when the channel says that it has arrived after all.
"""

from typing import Literal
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.transcripts.messages import Message

DeliveryState = Literal["queued", "sent", "delivered", "read", "failed"]
Reported = Literal["sent", "delivered", "read", "failed"]


async def advance(conn: TenantConnection, message_id: UUID, state: Reported) -> bool:
    """Move a message on; False where it has come further already, or was never to leave."""
    moved = await conn.execute(
        """
        update messages
           set delivery_state = %(state)s
         where tenant_id = %(tenant_id)s
           and message_id = %(message_id)s
           and direction = 'out'
           and channel_id is not null
           and delivery_state = any(case %(state)s::text
                   when 'sent' then array['queued']
                   when 'failed' then array['queued', 'sent']
                   when 'delivered' then array['queued', 'sent', 'failed']
                   when 'read' then array['queued', 'sent', 'failed', 'delivered'] end)
        """,
        {"message_id": message_id, "state": state},
    )
    return moved.rowcount > 0


async def sent(conn: TenantConnection, message_id: UUID, external_message_id: str | None) -> None:
    """Note that our own sending succeeded, after a failure too, and what the channel calls it.

    An id that another message of the channel has is not kept.
    """
    await conn.execute(
        """
        update messages m
           set delivery_state = case when delivery_state in ('queued', 'failed') then 'sent'
                                     else delivery_state end,
               external_message_id = coalesce(
                   external_message_id,
                   case when not exists (select 1
                                           from messages o
                                          where o.tenant_id = %(tenant_id)s
                                            and o.channel_id = m.channel_id
                                            and o.external_message_id = %(external)s)
                        then %(external)s::text end)
         where m.tenant_id = %(tenant_id)s
           and m.message_id = %(message_id)s
        """,
        {"message_id": message_id, "external": external_message_id},
    )


async def find_sent(
    conn: TenantConnection,
    channel_id: UUID,
    *,
    message_id: UUID | None = None,
    external_message_id: str | None = None,
) -> Message | None:
    """A message that left on this channel, by our id or the channel's own."""
    return await conn.row(
        Message,
        """
        select message_id, conversation_id, seq, turn_id, channel, direction, author_kind,
               author_id, content, client_message_id, external_message_id, in_reply_to, action_id,
               delivery_state, created_at
          from messages
         where tenant_id = %(tenant_id)s
           and channel_id = %(channel_id)s
           and direction = 'out'
           and (message_id = %(message_id)s or external_message_id = %(external)s)
         limit 1
        """,
        {"channel_id": channel_id, "message_id": message_id, "external": external_message_id},
    )
