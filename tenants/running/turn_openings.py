"""A message that gets a turn of its own: all its rows in one statement, its lease among them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.database.statements import Statement, written
from tenants.keys import codec
from tenants.outside import webhook_events
from tenants.running.leases import Lease
from tenants.transcripts import transcript_words
from tenants.transcripts.blocks import text_of
from tenants.transcripts.bursts import MAX_MESSAGES
from tenants.transcripts.conversations import Conversation
from tenants.transcripts.events import DATA, Event
from tenants.transcripts.messages import CONTENT, Message, NewMessage


@dataclass(frozen=True, slots=True)
class Claim:
    """Whoever wants to run the turn at once, where nothing is in its way."""

    owner: UUID
    lease_seconds: float


@dataclass(frozen=True, slots=True)
class Opened:
    """The stored message, its two events, and the lease where it was wanted and could be had."""

    message: Message
    events: tuple[Event, Event]
    lease: Lease | None
    leaves: bool  # something was put into the outbox


@dataclass(frozen=True, slots=True)
class _Row:
    last_event_id: int
    message_seq: int
    claimed: bool
    is_wanted: bool  # the tenant has webhook endpoints


_OPEN = Statement.of(
    """
    with place as (
        update conversations
           set last_message_seq = last_message_seq + 1,
               words_seq = case when words_seq = last_message_seq then words_seq + 1
                                else words_seq end,
               last_turn_seq = last_turn_seq + 1,
               last_event_id = last_event_id + 2,
               last_active_at = now()
         where tenant_id = %(tenant_id)s::uuid
           and conversation_id = %(conversation_id)s::uuid
           and not exists (select
                             from turn_queue q
                             join turns t
                               on t.tenant_id = %(tenant_id)s::uuid
                              and t.turn_id = q.turn_id
                            where q.tenant_id = %(tenant_id)s::uuid
                              and q.conversation_id = %(conversation_id)s::uuid
                              and q.joinable
                              and q.messages < %(most)s::int
                              and t.kind = 'message')
        returning last_message_seq, last_turn_seq, last_event_id, origin),
    start as (
        select %(owner)s::uuid is not null
               and %(debounce)s::float8 is null
               and not exists (select from turn_queue
                                where tenant_id = %(tenant_id)s::uuid
                                  and conversation_id = %(conversation_id)s::uuid) as at_once),
    said as (
        insert into messages (tenant_id, message_id, conversation_id, seq, turn_id, channel,
                              direction, author_kind, author_id, content, client_message_id,
                              external_message_id, in_reply_to, action_id, created_at,
                              channel_id)
        select %(tenant_id)s::uuid, %(message_id)s::uuid, %(conversation_id)s::uuid,
               last_message_seq, %(turn_id)s::uuid, %(channel)s::text, 'in', 'contact',
               %(author_id)s::text, %(content)s::bytea, %(client_message_id)s::text,
               %(external_message_id)s::text, %(in_reply_to)s::uuid, %(action_id)s::text,
               %(said_at)s::timestamptz, %(channel_id)s::uuid
          from place),
    worded as (
        insert into transcript_words (tenant_id, word_hash, conversation_id)
        select %(tenant_id)s::uuid, hash, %(conversation_id)s::uuid
          from place, unnest(%(words)s::bigint[]) as hash
        on conflict do nothing),
    opened as (
        insert into turns (tenant_id, turn_id, conversation_id, seq, kind, assistant_id, channel,
                           block_kinds, status, attempts, started_at)
        select %(tenant_id)s::uuid, %(turn_id)s::uuid, %(conversation_id)s::uuid, last_turn_seq,
               'message', %(assistant_id)s::uuid, %(channel)s::text, %(block_kinds)s::text[],
               case when at_once then 'running' else 'queued' end,
               at_once::int,
               case when at_once then now() end
          from place, start),
    queued as (
        insert into turn_queue (tenant_id, turn_id, conversation_id, seq, not_before, state,
                                lease_owner, lease_expires_at, fence, attempts)
        select %(tenant_id)s::uuid, %(turn_id)s::uuid, %(conversation_id)s::uuid, last_turn_seq,
               now() + make_interval(secs => %(debounce)s::float8),
               case when at_once then 'running' else 'queued' end,
               case when at_once then %(owner)s::uuid end,
               case when at_once then now() + make_interval(secs => %(lease_seconds)s::float8) end,
               at_once::int,
               at_once::int
          from place, start),
    logged as (
        insert into events (tenant_id, conversation_id, event_id, turn_id, type, data)
        select %(tenant_id)s::uuid, %(conversation_id)s::uuid, last_event_id + n.offset_by,
               %(turn_id)s::uuid, n.type, n.data
          from place,
               (values (-1, 'contact_message', %(told)s::bytea),
                       (0, 'turn_started', %(started)s::bytea)) as n (offset_by, type, data))
    select last_event_id, last_message_seq as message_seq, at_once as claimed,
           origin in ('contact', 'campaign', 'recommendation')
           and exists (select 1
                         from webhook_endpoints
                        where tenant_id = %(tenant_id)s::uuid
                          and disabled_at is null) as is_wanted
      from place, start
    """
)


async def open_turn(
    conn: TenantConnection,
    conversation: Conversation,
    message: NewMessage,
    *,
    message_id: UUID,
    turn_id: UUID,
    said_at: datetime,
    block_kinds: Sequence[str],
    debounce_seconds: float = 0,
    claim: Claim | None = None,
) -> Opened | None:
    """Put the message and its turn at the conversation's end; its row must be locked by the caller.

    None, and nothing written, where a turn waits that the message may join. `said_at` is the
    transaction's own time.
    """
    content = codec.personal({"blocks": message.blocks}, CONTENT, message_id)
    stored = Message(
        message_id, message.conversation_id, 0, turn_id, message.channel, "in", "contact",
        message.author_id, content, message.client_message_id, message.external_message_id,
        message.in_reply_to, message.action_id, "sent", said_at,
    )  # fmt: skip
    told = stored.public()
    started = {"turn_id": str(turn_id), "kind": "message"}
    named: dict[str, Any] = {
        "contact_id": conversation.contact_id,  # whose key seals it, without a look
        "conversation_id": message.conversation_id,
        "message_id": message_id,
        "turn_id": turn_id,
        "assistant_id": conversation.assistant_id,
        "channel": message.channel,
        "author_id": message.author_id,
        "content": content,
        "words": written(await transcript_words.hashes_of(conn, text_of(message.blocks))),
        "client_message_id": message.client_message_id,
        "external_message_id": message.external_message_id,
        "in_reply_to": message.in_reply_to,
        "action_id": message.action_id,
        "said_at": said_at,
        "channel_id": message.channel_id,
        "block_kinds": list(block_kinds),
        "debounce": float(debounce_seconds) if debounce_seconds > 0 else None,
        "owner": claim.owner if claim else None,
        "lease_seconds": float(claim.lease_seconds) if claim else None,
        "most": MAX_MESSAGES,
        "told": codec.personal(told, DATA, turn_id, "contact_message"),
        "started": codec.personal(started, DATA, turn_id, "turn_started"),
    }
    found = await conn.read(_Row, _OPEN, named)
    if not found:
        return None
    row = found[0]
    lease = None
    if claim is not None and row.claimed:
        lease = Lease(conn.tenant_id, turn_id, message.conversation_id, claim.owner, 1, 1)
    events = (
        Event(row.last_event_id - 1, turn_id, "contact_message", told, said_at),
        Event(row.last_event_id, turn_id, "turn_started", started, said_at),
    )
    if row.is_wanted:
        await webhook_events.leave(conn, message.conversation_id, events)
    return Opened(stored, events, lease, row.is_wanted)
