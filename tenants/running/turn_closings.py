"""What a turn's end leaves in its conversation: reply, events and standing, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.database.statements import Statement, written
from tenants.errors import LeaseLost, NotFound
from tenants.running.leases import Lease
from tenants.running.turn_results import KeptState
from tenants.transcripts import transcript_words
from tenants.transcripts.conversations import Locked
from tenants.transcripts.events import NewEvent, sealed_data
from tenants.transcripts.messages import Message


class StateLost(Exception):
    """The database died and took the state with it that a run had left: it has to run again."""


@dataclass(frozen=True, slots=True)
class Taken(Locked):
    """The conversation of a turn that was taken off the queue, and how many messages it had.

    `is_kept`: the state that its run left is in the database.
    """

    messages: int | None
    is_kept: bool


_TAKE = Statement.of(
    """
    with held as (
        select conversation_id, assistant_id, contact_id, channel, origin, status, outcome,
               language, metadata, last_event_id, created_at, last_active_at
          from conversations
         where tenant_id = %(tenant_id)s::uuid
           and conversation_id = %(conversation_id)s::uuid
           for update),
    gone as (
        delete from turn_queue q
         using held
         where q.tenant_id = %(tenant_id)s::uuid
           and q.turn_id = %(turn_id)s::uuid
           and q.fence = %(fence)s::bigint
        returning q.messages)
    select conversation_id, assistant_id, contact_id, channel, origin, status, outcome, language,
           metadata, last_event_id, created_at, last_active_at, now() as now,
           (select messages from gone) as messages,
           %(checkpoint_id)s::text is null
           or exists (select 1
                        from checkpoints
                       where tenant_id = %(tenant_id)s::uuid
                         and thread_id = %(thread_id)s::text
                         and checkpoint_ns = ''
                         and checkpoint_id = %(checkpoint_id)s::text)
              and (not %(waits)s::bool
                   or exists (select 1
                                from checkpoint_writes
                               where tenant_id = %(tenant_id)s::uuid
                                 and thread_id = %(thread_id)s::text
                                 and checkpoint_ns = ''
                                 and checkpoint_id = %(checkpoint_id)s::text
                                 and channel = '__interrupt__')) as is_kept
      from held
    """
)
_CLOSE = Statement.of(
    """
    with place as (
        update conversations
           set last_message_seq = last_message_seq
                                  + (%(message_id)s::uuid is not null)::int,
               words_seq = case when words_seq = last_message_seq
                                then words_seq + (%(message_id)s::uuid is not null)::int
                                else words_seq end,
               last_event_id = last_event_id + %(n)s::int,
               last_active_at = now(),
               status = coalesce(%(status)s::text, status),
               language = coalesce(%(language)s::text, language),
               settle_at = coalesce(now() + make_interval(secs => %(settle_seconds)s::float8),
                                    settle_at)
         where tenant_id = %(tenant_id)s::uuid
           and conversation_id = %(conversation_id)s::uuid
        returning last_message_seq, last_event_id),
    said as (
        insert into messages (tenant_id, message_id, conversation_id, seq, turn_id, channel,
                              direction, author_kind, author_id, content, channel_id,
                              delivery_state)
        select %(tenant_id)s::uuid, %(message_id)s::uuid, %(conversation_id)s::uuid,
               last_message_seq, %(turn_id)s::uuid, %(channel)s::text, 'out', 'assistant',
               %(author_id)s::text, %(content)s::bytea, %(channel_id)s::uuid,
               %(delivery_state)s::text
          from place
         where %(message_id)s::uuid is not null),
    worded as (
        insert into transcript_words (tenant_id, word_hash, conversation_id)
        select %(tenant_id)s::uuid, hash, %(conversation_id)s::uuid
          from place, unnest(%(words)s::bigint[]) as hash
        on conflict do nothing),
    logged as (
        insert into events (tenant_id, conversation_id, event_id, turn_id, type, data)
        select %(tenant_id)s::uuid, %(conversation_id)s::uuid,
               last_event_id - %(n)s::int + n.number, %(turn_id)s::uuid, n.type, n.data
          from place,
               unnest(%(types)s::text[], %(data)s::bytea[])
                   with ordinality as n (type, data, number))
    select last_event_id,
           (select turn_id
              from turn_queue
             where tenant_id = %(tenant_id)s::uuid
               and conversation_id = %(conversation_id)s::uuid
               and state = 'queued'
             order by seq
             limit 1) as following,
           exists (select 1
                     from webhook_endpoints
                    where tenant_id = %(tenant_id)s::uuid
                      and disabled_at is null) as is_wanted,
           array(select d.purpose
                   from (select distinct on (purpose) purpose, granted
                           from consents
                          where tenant_id = %(tenant_id)s::uuid
                            and contact_id = %(contact_id)s::uuid
                          order by purpose, decided_at desc, consent_id desc) d
                  where not d.granted) as withheld
      from place
    """
)


@dataclass(frozen=True, slots=True)
class Closed:
    """The number of the turn's last event, and the turn of the conversation that waits next.

    `is_wanted`: the tenant has webhook endpoints. `withheld`: for what the contact's consent was
    withdrawn (or never given), as it stands now, which may be later than the turn began.
    """

    last_event_id: int
    following: UUID | None
    is_wanted: bool
    withheld: list[str]


async def take_off(conn: TenantConnection, lease: Lease, kept: KeptState | None) -> Taken:
    """The conversation, locked, with the turn off the queue.

    Raises: LeaseLost, NotFound, and StateLost where the state that its run left is not there: nobody
    waited for the disk when it was written, and a run outlives a database that dies and comes back.

    The conversation is locked first: the queue row is looked for among the rows of the lock.
    """
    named = {
        "conversation_id": lease.conversation_id,
        "turn_id": lease.turn_id,
        "fence": lease.fence,
        "thread_id": str(lease.conversation_id),
        "checkpoint_id": kept.checkpoint_id if kept else None,
        "waits": kept is not None and kept.waits,
    }
    found = await conn.read(Taken, _TAKE, named)
    if not found:
        raise NotFound("no such conversation")
    if found[0].messages is None:
        raise LeaseLost(f"turn {lease.turn_id} is run by another process")
    if not found[0].is_kept:
        raise StateLost
    return found[0]


async def close(
    conn: TenantConnection,
    lease: Lease,
    news: Sequence[NewEvent],
    *,
    contact_id: UUID,
    message: Message | None,
    channel_id: UUID | None,
    status: str | None,
    language: str | None,
    settle_seconds: int | None,
) -> Closed:
    """Write the reply and the events. The conversation is locked, the turn off the queue.

    Status and language that are None stay as they are, and so does when it is to be settled.
    """
    named: dict[str, Any] = {
        "conversation_id": lease.conversation_id,
        "turn_id": lease.turn_id,
        "contact_id": contact_id,
        "message_id": message.message_id if message else None,
        "channel": message.channel if message else None,
        "author_id": message.author_id if message else None,
        "content": message.content if message else None,
        "words": written(
            await transcript_words.hashes_of(conn, message.text) if message is not None else ()
        ),
        "channel_id": channel_id,
        "delivery_state": message.delivery_state if message else None,
        "n": len(news),
        "types": [event.type for event in news],
        "data": [sealed_data(event, lease.conversation_id) for event in news],
        "status": status,
        "language": language,
        "settle_seconds": None if settle_seconds is None else float(settle_seconds),
    }
    return (await conn.read(Closed, _CLOSE, named))[0]
