"""What is heard while a conversation waits for an operator: how the contact can be reached.

The graph stands still then and the assistant is silent, with one exception: where it has asked for
an address, because nobody was there, it takes the one that is given and says so.
"""

from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.desk.handoffs import CONTENT, Handoff
from tenants.keys import codec
from tenants.people import contact_details
from tenants.transcripts import conversations, events, messages, replies
from tenants.transcripts.blocks import text_block
from tenants.transcripts.messages import Message, NewMessage


async def heard(
    conn: TenantConnection, handoff: Handoff | None, message_id: UUID, conversation_id: UUID
) -> Message | None:
    """Our confirmation where a contact's message held the address that we had asked for.

    The conversation must be locked. An operator who has claimed the handoff asks for themselves.
    """
    wanted = handoff.details.get("wants_details") if handoff is not None else None
    if handoff is None or not wanted or handoff.status != "waiting":
        return None
    message = await messages.get(conn, conversation_id, message_id)
    found = contact_details.recognised(message.text, str(wanted["language"]))
    if not found:
        return None
    conversation = await conversations.get(conn, conversation_id)
    await contact_details.keep(conn, conversation.contact_id, found)
    await _note(conn, handoff, found)
    words = str(wanted["confirmation"]).replace("{details}", ", ".join(found.values()))
    said = await replies.say(
        conn,
        conversation,
        NewMessage(
            conversation_id,
            conversation.channel,
            "out",
            "assistant",
            str(conversation.assistant_id),
            [text_block(words)],
        ),
    )
    await events.append(conn, conversation_id, [events.NewEvent("message", said.public())])
    return said


async def _note(conn: TenantConnection, handoff: Handoff, found: dict[str, str]) -> None:
    """The handoff says what was given, and asks no more."""
    kept = {key: value for key, value in handoff.details.items() if key != "wants_details"}
    content = codec.personal(kept | {"contact_details": found}, CONTENT, handoff.handoff_id)
    await conn.execute(
        """
        update handoffs
           set content = %(content)s
         where tenant_id = %(tenant_id)s
           and handoff_id = %(handoff_id)s
        """,
        {
            "handoff_id": handoff.handoff_id,
            "conversation_id": handoff.conversation_id,
            "content": content,
        },
    )
