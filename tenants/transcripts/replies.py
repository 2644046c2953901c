"""What we say to a contact: in the transcript, and on its way where the channel is the tenant's own."""

from dataclasses import replace

from tenants.database.connection import TenantConnection
from tenants.outside import channels, outbox
from tenants.outside.channels import Route
from tenants.outside.outbox import NewDelivery
from tenants.transcripts import messages
from tenants.transcripts.conversations import Conversation
from tenants.transcripts.messages import Message, NewMessage


async def say(conn: TenantConnection, conversation: Conversation, new: NewMessage) -> Message:
    """The message at the end of its conversation, queued to leave in the same transaction.

    The conversation must be locked.
    """
    route = await route_of(conn, conversation)
    if route is None:
        return await messages.insert(conn, new)
    leaving = replace(new, channel_id=route.channel_id, delivery_state="queued")
    message = await messages.insert(conn, leaving)
    await leave(conn, message, route)
    return message


async def route_of(conn: TenantConnection, conversation: Conversation) -> Route | None:
    """Where replies leave; None where they are read where they are written (widget, api, a fork)."""
    if conversation.channel not in channels.KINDS or conversation.origin == "fork":
        return None
    return await channels.route_of(conn, conversation.conversation_id)


async def leave(conn: TenantConnection, message: Message, route: Route) -> None:
    """Queue a message of the transcript behind what left its conversation before."""
    data = {
        "message_id": str(message.message_id),
        "conversation_id": str(message.conversation_id),
        "address": route.address,
        "author": message.author_kind,
        "text": message.text,
        "content": message.blocks,
    }
    sending = NewDelivery(
        kind="reply",
        effect_key=f"reply:{message.turn_id}:{message.message_id}",
        event="message",
        target_id=route.channel_id,
        body={
            "type": "message",
            "timestamp": message.created_at.isoformat().replace("+00:00", "Z"),
            "data": data,
        },
        conversation_id=message.conversation_id,
        turn_id=message.turn_id,
        message_id=message.message_id,
        is_ordered=True,
    )
    await outbox.put(conn, [sending])
