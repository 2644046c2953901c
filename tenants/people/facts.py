"""Facts that contacts told of themselves: kept with the turn they came from, forgotten one by one.

They belong to the contact; what somebody says of themselves proves nothing about who they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.errors import NotFound
from tenants.ids import new_id
from tenants.keys import codec
from tenants.running import turn_recordings
from tenants.transcripts.blocks import text_of
from tenants.transcripts.conversations import Conversation
from tenants.transcripts.messages import CONTENT

_TOLD = "facts.told"
MAX_KEPT = 60  # of one contact; the oldest go
MAX_FORGOTTEN = 100
MAX_SEARCHED = 1_000  # messages that may say what is forgotten


@dataclass(frozen=True, slots=True)
class ToldFact:
    """What kind of thing was told, what it is, and the sentence that says so."""

    kind: str
    value: str
    quote: str


@dataclass(frozen=True, slots=True)
class Fact:
    fact_id: UUID
    conversation_id: UUID
    turn_id: UUID
    kind: str
    told: bytes | None
    message_ids: list[UUID]  # of one that was forgotten: what said it
    created_at: datetime

    @property
    def said(self) -> dict[str, Any]:
        """`value` and `quote`. Raises: ValueError where it has been forgotten."""
        return codec.decode(self.told or b"", _TOLD, self.fact_id)

    def public(self) -> dict[str, Any]:
        """The fact as the API shows it. It must not have been forgotten."""
        told = self.said
        return {
            "fact_id": self.fact_id,
            "kind": self.kind,
            "value": told["value"],
            "quote": told["quote"],
            "conversation_id": self.conversation_id,
            "turn_id": self.turn_id,
            "created_at": self.created_at,
        }


@dataclass(frozen=True, slots=True)
class _Said:
    message_id: UUID
    content: bytes


async def keep(
    conn: TenantConnection, conversation: Conversation, turn_id: UUID, told: Sequence[ToldFact]
) -> None:
    """Keep what a turn told; what is known already is not kept twice. The oldest make room."""
    held = {
        (one.kind, str(one.said["value"]).casefold())
        for one in await _of_contact(conn, conversation.contact_id)
        if one.told is not None
    }
    fresh = [one for one in told if (one.kind, one.value.casefold()) not in held]
    await conn.execute_many(
        """
        insert into facts (tenant_id, fact_id, contact_id, conversation_id, turn_id, kind, told)
        values (%(tenant_id)s, %(fact_id)s, %(contact_id)s, %(conversation_id)s, %(turn_id)s,
                %(kind)s, %(told)s)
        """,
        [
            {
                "fact_id": fact_id,
                "contact_id": conversation.contact_id,
                "conversation_id": conversation.conversation_id,
                "turn_id": turn_id,
                "kind": one.kind,
                "told": codec.personal({"value": one.value, "quote": one.quote}, _TOLD, fact_id),
            }
            for fact_id, one in zip(sorted(new_id() for _ in fresh), fresh, strict=True)
        ],
    )
    if len(held) + len(fresh) > MAX_KEPT:
        await _make_room(conn, conversation.contact_id)


async def _make_room(conn: TenantConnection, contact_id: UUID) -> None:
    await conn.execute(
        """
        delete from facts
         where tenant_id = %(tenant_id)s
           and fact_id in (select fact_id
                             from facts
                            where tenant_id = %(tenant_id)s
                              and contact_id = %(contact_id)s
                              and forgotten_at is null
                            order by fact_id desc
                           offset %(kept)s)
        """,
        {"contact_id": contact_id, "kept": MAX_KEPT},
    )


async def memory_of(conn: TenantConnection, conversation: Conversation) -> dict[str, Any]:
    """What a turn may know: the contact's facts, oldest first, as plain data, and `forgotten`, the
    ids of the messages that said what was to be forgotten.
    """
    found = await _of_contact(conn, conversation.contact_id)
    gone = [str(message_id) for one in found for message_id in one.message_ids]
    known = [
        {
            "fact_id": str(one.fact_id),
            "kind": one.kind,
            **one.said,
            "turn_id": str(one.turn_id),
        }
        for one in found
        if one.told is not None
    ]
    return {"facts": known, "forgotten": gone}


async def list_page(
    conn: TenantConnection, contact_id: UUID, *, limit: int, after: UUID | None = None
) -> list[Fact]:
    """A contact's facts, oldest first."""
    return await conn.rows(
        Fact,
        """
        select fact_id, conversation_id, turn_id, kind, told, message_ids, created_at
          from facts
         where tenant_id = %(tenant_id)s
           and contact_id = %(contact_id)s
           and forgotten_at is null
           and (%(after)s::uuid is null or fact_id > %(after)s)
         order by fact_id
         limit %(limit)s
        """,
        {"contact_id": contact_id, "after": after, "limit": limit},
    )


async def forget(conn: TenantConnection, contact_id: UUID, fact_id: UUID) -> None:
    """Forget one fact for good; messages that say it are not remembered either, though the
    transcript keeps them. Raises: NotFound.
    """
    found = await conn.row(
        Fact,
        """
        select fact_id, conversation_id, turn_id, kind, told, message_ids, created_at
          from facts
         where tenant_id = %(tenant_id)s
           and contact_id = %(contact_id)s
           and fact_id = %(fact_id)s
           and forgotten_at is null
           for update
        """,
        {"contact_id": contact_id, "fact_id": fact_id},
    )
    if found is None:
        raise NotFound("no such fact")
    await conn.execute(
        """
        update facts
           set told = null, message_ids = %(message_ids)s, forgotten_at = now()
         where tenant_id = %(tenant_id)s
           and fact_id = %(fact_id)s
        """,
        {
            "fact_id": fact_id,
            "message_ids": await _saying(conn, contact_id, found.public()["value"]),
        },
    )
    await turn_recordings.forget_contact(conn, contact_id)


async def forget_all(conn: TenantConnection, contact_id: UUID) -> None:
    """Forget everything that a contact has told of themselves; the transcript keeps what was said."""
    await conn.execute(
        """
        delete from facts
         where tenant_id = %(tenant_id)s
           and contact_id = %(contact_id)s
        """,
        {"contact_id": contact_id},
    )
    await turn_recordings.forget_contact(conn, contact_id)


async def move(conn: TenantConnection, contact_id: UUID, other_id: UUID) -> None:
    """Make the facts of `other_id` those of `contact_id`."""
    await conn.execute(
        """
        update facts
           set contact_id = %(contact_id)s
         where tenant_id = %(tenant_id)s
           and contact_id = %(other_id)s
        """,
        {"contact_id": contact_id, "other_id": other_id},
    )


async def _of_contact(conn: TenantConnection, contact_id: UUID) -> list[Fact]:
    """The newest, oldest first, with those that were forgotten."""
    found = await conn.rows(
        Fact,
        """
        select fact_id, conversation_id, turn_id, kind, told, message_ids, created_at
          from facts
         where tenant_id = %(tenant_id)s
           and contact_id = %(contact_id)s
         order by fact_id desc
         limit %(most)s
        """,
        {"contact_id": contact_id, "most": MAX_KEPT + MAX_FORGOTTEN},
    )
    return found[::-1]


async def _saying(conn: TenantConnection, contact_id: UUID, value: str) -> list[UUID]:
    """The newest messages of the contact's conversations that hold these words."""
    said = await conn.rows(
        _Said,
        """
        select m.message_id, m.content
          from messages m
          join conversations c
            on c.tenant_id = %(tenant_id)s
           and c.conversation_id = m.conversation_id
         where m.tenant_id = %(tenant_id)s
           and c.contact_id = %(contact_id)s
         order by m.message_id desc
         limit %(most)s
        """,
        {"contact_id": contact_id, "most": MAX_SEARCHED},
    )
    wanted = value.casefold()
    return [
        one.message_id
        for one in said
        if wanted
        in text_of(codec.decode(one.content, CONTENT, one.message_id)["blocks"]).casefold()
    ]
