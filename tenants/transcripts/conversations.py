"""Conversations: one contact and one tenant on one channel, and who owns the talking now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from tenants.database.connection import TenantConnection
from tenants.database.statements import Statement
from tenants.errors import NotFound
from tenants.ids import new_id
from tenants.transcripts.transcript_words import Wanted


@dataclass(frozen=True, slots=True)
class Conversation:
    conversation_id: UUID
    assistant_id: UUID
    contact_id: UUID
    channel: str
    origin: str
    status: str
    outcome: str | None
    language: str | None
    metadata: dict[str, Any]
    last_event_id: int
    created_at: datetime
    last_active_at: datetime


@dataclass(frozen=True, slots=True)
class Locked(Conversation):
    """A conversation that nobody else writes to; `now` is the transaction's time."""

    now: datetime


async def create(
    conn: TenantConnection,
    assistant_id: UUID,
    contact_id: UUID,
    *,
    channel: str = "api",
    origin: str = "contact",
    metadata: dict[str, Any] | None = None,
    conversation_id: UUID | None = None,
) -> Conversation:
    """A new open conversation; its contact is not erased beside it. Raises: NotFound."""
    conversation = await conn.row(
        Conversation,
        """
        with who as (
            select contact_id
              from contacts
             where tenant_id = %(tenant_id)s
               and contact_id = %(contact_id)s
               for key share)
        insert into conversations (tenant_id, conversation_id, assistant_id, contact_id, channel,
                                   origin, metadata)
        select %(tenant_id)s, %(conversation_id)s, %(assistant_id)s, contact_id, %(channel)s,
               %(origin)s, %(metadata)s
          from who
        returning conversation_id, assistant_id, contact_id, channel, origin, status, outcome,
                  language, metadata, last_event_id, created_at, last_active_at
        """,
        {
            "conversation_id": conversation_id or new_id(),
            "assistant_id": assistant_id,
            "contact_id": contact_id,
            "channel": channel,
            "origin": origin,
            "metadata": Jsonb(metadata or {}),
        },
    )
    if conversation is None:
        raise NotFound("no such contact")
    return conversation


async def get(conn: TenantConnection, conversation_id: UUID) -> Conversation:
    """One conversation. Raises: NotFound."""
    conversation = await conn.row(
        Conversation,
        """
        select conversation_id, assistant_id, contact_id, channel, origin, status, outcome,
               language, metadata, last_event_id, created_at, last_active_at
          from conversations
         where tenant_id = %(tenant_id)s
           and conversation_id = %(conversation_id)s
        """,
        {"conversation_id": conversation_id},
    )
    if conversation is None:
        raise NotFound("no such conversation")
    return conversation


_LOCK = Statement.of(
    """
    select conversation_id, assistant_id, contact_id, channel, origin, status, outcome,
           language, metadata, last_event_id, created_at, last_active_at, now() as now
      from conversations
     where tenant_id = %(tenant_id)s::uuid
       and conversation_id = %(conversation_id)s::uuid
       for update
    """
)


async def lock(conn: TenantConnection, conversation_id: UUID) -> Locked:
    """One conversation, kept from every other writer until the transaction ends. Raises: NotFound."""
    found = await conn.read(Locked, _LOCK, {"conversation_id": conversation_id})
    if not found:
        raise NotFound("no such conversation")
    return found[0]


async def list_page(
    conn: TenantConnection,
    *,
    limit: int,
    after: UUID | None = None,
    status: str | None = None,
    assistant_id: UUID | None = None,
    channel: str | None = None,
    contact_id: UUID | None = None,
    with_forks: bool = True,
    words: Wanted | None = None,
) -> list[Conversation]:
    """Conversations, newest first, with all `words`; without forks for a contact's eyes."""
    return await conn.rows(
        Conversation,
        """
        select conversation_id, assistant_id, contact_id, channel, origin, status, outcome,
               language, metadata, last_event_id, created_at, last_active_at
          from conversations
         where tenant_id = %(tenant_id)s
           and (%(after)s::uuid is null or conversation_id < %(after)s)
           and (%(status)s::text is null or status = %(status)s)
           and (%(assistant_id)s::uuid is null or assistant_id = %(assistant_id)s)
           and (%(channel)s::text is null or channel = %(channel)s)
           and (%(contact_id)s::uuid is null or contact_id = %(contact_id)s)
           and (%(with_forks)s or origin <> 'fork')
           and (%(hashes)s::bigint[] is null
                or conversation_id in (
                   select w.conversation_id
                     from unnest(%(hashes)s::bigint[], %(places)s::int[]) as wanted (hash, place)
                     join transcript_words w
                       on w.tenant_id = %(tenant_id)s
                      and w.word_hash = wanted.hash
                    group by w.conversation_id
                   having count(distinct wanted.place) = %(count)s))
         order by conversation_id desc
         limit %(limit)s
        """,
        {
            "after": after,
            "status": status,
            "assistant_id": assistant_id,
            "channel": channel,
            "contact_id": contact_id,
            "with_forks": with_forks,
            "hashes": words.hashes if words else None,
            "places": words.places if words else None,
            "count": words.count if words else None,
            "limit": limit,
        },
    )


async def set_status(
    conn: TenantConnection, conversation_id: UUID, status: str, *, language: str | None = None
) -> None:
    """Say who owns the talking; keep the language where a new one is not known."""
    await conn.execute(
        """
        update conversations
           set status = %(status)s,
               language = coalesce(%(language)s, language)
         where tenant_id = %(tenant_id)s
           and conversation_id = %(conversation_id)s
        """,
        {"conversation_id": conversation_id, "status": status, "language": language},
    )
