"""What comes in on a channel of a tenant's own: whose it is, and the conversation it belongs to."""

from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.outside.channels import Channel
from tenants.people import addresses, contacts
from tenants.transcripts import conversations, messages
from tenants.transcripts.conversations import Locked


async def conversation_for(
    conn: TenantConnection, channel: Channel, address: str, external_message_id: str, *, name: str
) -> Locked:
    """The conversation of a message: locked: its own, the address's latest, or a new one.

    A new one begins where the latest has been quiet for the channel's hours. Two messages of one
    address at once are taken one after the other.
    """
    details = {"name": name} if name else {}
    contact = await contacts.find_or_create(conn, identity_of(channel), address, details)
    known = await messages.find_external(conn, channel.channel_id, external_message_id)
    if known is not None:
        return await conversations.lock(conn, known.conversation_id)
    latest = await _latest(conn, channel, address)
    if latest is not None:
        return await conversations.lock(conn, latest)
    made = await conversations.create(
        conn, channel.assistant_id, contact.contact_id, channel=channel.kind
    )
    kept = await addresses.stored(conn, identity_of(channel), address)
    await conn.execute(
        """
        insert into channel_conversations (tenant_id, conversation_id, channel_id, address,
                                           address_sealed)
        values (%(tenant_id)s, %(conversation_id)s, %(channel_id)s, %(address)s, %(sealed)s)
        """,
        {
            "conversation_id": made.conversation_id,
            "channel_id": channel.channel_id,
            "address": kept.found_by,
            "sealed": kept.sealed,
        },
    )
    return await conversations.lock(conn, made.conversation_id)


def identity_of(channel: Channel) -> str:
    """Under which name a contact's address on this channel is kept: addresses of two custom
    channels have nothing to do with each other, telephone numbers have.
    """
    return channel.kind if channel.kind == "whatsapp" else f"{channel.kind}:{channel.channel_id}"


async def _latest(conn: TenantConnection, channel: Channel, address: str) -> UUID | None:
    kept = await addresses.stored(conn, identity_of(channel), address)
    row = await conn.execute(
        """
        select c.conversation_id
          from channel_conversations r
          join conversations c using (tenant_id, conversation_id)
         where r.tenant_id = %(tenant_id)s
           and r.channel_id = %(channel_id)s
           and r.address = any(%(addresses)s)
           and c.last_active_at > now() - make_interval(hours => %(hours)s)
         order by r.conversation_id desc
         limit 1
        """,
        {
            "channel_id": channel.channel_id,
            "addresses": [address, kept.found_by],
            "hours": channel.quiet_hours,
        },
    )
    found = await row.fetchone()
    return found[0] if found else None
