"""The transcript: every utterance of a conversation, in order, stored as written."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.errors import NotFound
from tenants.ids import new_id
from tenants.keys import codec
from tenants.transcripts.blocks import text_of
from tenants.transcripts.transcript_words import hashes_of

CONTENT = "messages.content"


@dataclass(frozen=True, slots=True)
class Said:
    """One of the messages that a turn answers."""

    message_id: UUID
    text: str
    action_id: str


@dataclass(frozen=True, slots=True)
class NewMessage:
    """What its writer decides; number and time are given on insertion."""

    conversation_id: UUID
    channel: str
    direction: str
    author_kind: str
    author_id: str | None
    blocks: list[dict[str, Any]]
    turn_id: UUID | None = None
    client_message_id: str | None = None
    external_message_id: str | None = None
    in_reply_to: UUID | None = None
    action_id: str | None = None
    message_id: UUID | None = None
    extra: dict[str, Any] | None = None  # intents, citations, confidence of an answer
    channel_id: UUID | None = None  # where it came from, or leaves by, beside our own
    delivery_state: str = "sent"


@dataclass(frozen=True, slots=True)
class Message:
    message_id: UUID
    conversation_id: UUID
    seq: int
    turn_id: UUID | None
    channel: str
    direction: str
    author_kind: str
    author_id: str | None
    content: bytes
    client_message_id: str | None
    external_message_id: str | None
    in_reply_to: UUID | None
    action_id: str | None
    delivery_state: str
    created_at: datetime

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """The typed blocks as they were written."""
        return codec.decode(self.content, CONTENT, self.message_id)["blocks"]

    @property
    def extra(self) -> dict[str, Any]:
        """What came with an answer: intents, citations, confidence."""
        return codec.decode(self.content, CONTENT, self.message_id).get("extra") or {}

    @property
    def text(self) -> str:
        """The message as plain text."""
        return text_of(self.blocks)

    def public(self) -> dict[str, Any]:
        """The message as events and answers show it."""
        blocks = self.blocks
        shown: dict[str, Any] = {
            "message_id": str(self.message_id),
            "author": self.author_kind,
            "author_id": self.author_id if self.author_kind == "operator" else None,
            "text": text_of(blocks),
            "content": blocks,
            "turn_id": str(self.turn_id) if self.turn_id else None,
            "channel": self.channel,
            "direction": self.direction,
            "delivery_state": self.delivery_state,
            "created_at": self.created_at.isoformat().replace("+00:00", "Z"),
        }
        if self.client_message_id:
            shown["client_message_id"] = self.client_message_id
        if self.external_message_id:
            shown["external_message_id"] = self.external_message_id
        if self.action_id:
            shown["action_id"] = self.action_id
        if self.in_reply_to:
            shown["in_reply_to"] = str(self.in_reply_to)
        return shown | self.extra


async def insert(conn: TenantConnection, new: NewMessage) -> Message:
    """Put a message at the end of its conversation. The conversation row must be locked by the caller."""
    message_id = new.message_id or new_id()
    content: dict[str, Any] = {"blocks": new.blocks}
    if new.extra:
        content["extra"] = new.extra
    message = await conn.row(
        Message,
        """
        with numbered as (
            update conversations
               set last_message_seq = last_message_seq + 1,
                   words_seq = case when words_seq = last_message_seq then words_seq + 1
                                    else words_seq end
             where tenant_id = %(tenant_id)s
               and conversation_id = %(conversation_id)s
            returning last_message_seq),
        worded as (
            insert into transcript_words (tenant_id, word_hash, conversation_id)
            select %(tenant_id)s, hash, %(conversation_id)s
              from numbered, unnest(%(words)s::bigint[]) as hash
            on conflict do nothing)
        insert into messages (tenant_id, message_id, conversation_id, seq, turn_id, channel,
                              direction, author_kind, author_id, content, client_message_id,
                              external_message_id, in_reply_to, action_id, channel_id,
                              delivery_state)
        select %(tenant_id)s, %(message_id)s, %(conversation_id)s, last_message_seq, %(turn_id)s,
               %(channel)s, %(direction)s, %(author_kind)s, %(author_id)s, %(content)s,
               %(client_message_id)s, %(external_message_id)s, %(in_reply_to)s, %(action_id)s,
               %(channel_id)s, %(delivery_state)s
          from numbered
        returning message_id, conversation_id, seq, turn_id, channel, direction, author_kind,
                  author_id, content, client_message_id, external_message_id, in_reply_to,
                  action_id, delivery_state, created_at
        """,
        {
            "message_id": message_id,
            "conversation_id": new.conversation_id,
            "turn_id": new.turn_id,
            "channel": new.channel,
            "direction": new.direction,
            "author_kind": new.author_kind,
            "author_id": new.author_id,
            "content": codec.personal(content, CONTENT, message_id),
            "words": await hashes_of(conn, text_of(new.blocks)),
            "client_message_id": new.client_message_id,
            "external_message_id": new.external_message_id,
            "in_reply_to": new.in_reply_to,
            "action_id": new.action_id,
            "channel_id": new.channel_id,
            "delivery_state": new.delivery_state,
        },
    )
    if message is None:
        raise NotFound("no such conversation")
    return message


async def get(conn: TenantConnection, conversation_id: UUID, message_id: UUID) -> Message:
    """One message of one conversation. Raises: NotFound."""
    message = await conn.row(
        Message,
        """
        select message_id, conversation_id, seq, turn_id, channel, direction, author_kind,
               author_id, content, client_message_id, external_message_id, in_reply_to, action_id,
               delivery_state, created_at
          from messages
         where tenant_id = %(tenant_id)s
           and conversation_id = %(conversation_id)s
           and message_id = %(message_id)s
        """,
        {"conversation_id": conversation_id, "message_id": message_id},
    )
    if message is None:
        raise NotFound("no such message")
    return message


async def find_client(
    conn: TenantConnection, conversation_id: UUID, client_message_id: str
) -> Message | None:
    """The message that a client sent under this id, if it was ever accepted."""
    return await conn.row(
        Message,
        """
        select message_id, conversation_id, seq, turn_id, channel, direction, author_kind,
               author_id, content, client_message_id, external_message_id, in_reply_to, action_id,
               delivery_state, created_at
          from messages
         where tenant_id = %(tenant_id)s
           and conversation_id = %(conversation_id)s
           and client_message_id = %(client_message_id)s
        """,
        {"conversation_id": conversation_id, "client_message_id": client_message_id},
    )


async def find_external(
    conn: TenantConnection, channel_id: UUID, external_message_id: str
) -> Message | None:
    """The message that a channel of the tenant's knows under this id, if there is one."""
    return await conn.row(
        Message,
        """
        select message_id, conversation_id, seq, turn_id, channel, direction, author_kind,
               author_id, content, client_message_id, external_message_id, in_reply_to, action_id,
               delivery_state, created_at
          from messages
         where tenant_id = %(tenant_id)s
           and channel_id = %(channel_id)s
           and external_message_id = %(external_message_id)s
        """,
        {"channel_id": channel_id, "external_message_id": external_message_id},
    )


async def list_page(
    conn: TenantConnection,
    conversation_id: UUID,
    *,
    limit: int,
    after: int = 0,
    with_notes: bool = True,
) -> list[Message]:
    """Messages after a number, in order; without private notes for a contact's eyes."""
    return await conn.rows(
        Message,
        """
        select message_id, conversation_id, seq, turn_id, channel, direction, author_kind,
               author_id, content, client_message_id, external_message_id, in_reply_to, action_id,
               delivery_state, created_at
          from messages
         where tenant_id = %(tenant_id)s
           and conversation_id = %(conversation_id)s
           and seq > %(after)s
           and (%(with_notes)s or author_kind <> 'note')
         order by seq
         limit %(limit)s
        """,
        {
            "conversation_id": conversation_id,
            "after": after,
            "limit": limit,
            "with_notes": with_notes,
        },
    )


async def of_turn(conn: TenantConnection, turn_id: UUID) -> list[Message]:
    """The contact's messages that one turn answers, in order."""
    return await conn.rows(
        Message,
        """
        select message_id, conversation_id, seq, turn_id, channel, direction, author_kind,
               author_id, content, client_message_id, external_message_id, in_reply_to, action_id,
               delivery_state, created_at
          from messages
         where tenant_id = %(tenant_id)s
           and turn_id = %(turn_id)s
           and author_kind = 'contact'
         order by seq
        """,
        {"turn_id": turn_id},
    )


async def after_turn(
    conn: TenantConnection, conversation_id: UUID, turn_id: UUID, *, limit: int = 50
) -> list[Message]:
    """What contact and operator said after a turn's own messages, in order, the newest `limit` of it."""
    newest = await conn.rows(
        Message,
        """
        select message_id, conversation_id, seq, turn_id, channel, direction, author_kind,
               author_id, content, client_message_id, external_message_id, in_reply_to, action_id,
               delivery_state, created_at
          from messages
         where tenant_id = %(tenant_id)s
           and conversation_id = %(conversation_id)s
           and author_kind in ('contact', 'operator')
           and seq > (select coalesce(max(seq), 0)
                        from messages
                       where tenant_id = %(tenant_id)s
                         and turn_id = %(turn_id)s
                         and author_kind = 'contact')
         order by seq desc
         limit %(limit)s
        """,
        {"conversation_id": conversation_id, "turn_id": turn_id, "limit": limit},
    )
    return newest[::-1]
