"""What contacts have agreed to: every decision is kept, the newest about a purpose counts.

`remember`: facts that they tell of themselves outlive a conversation. `learn`: their questions are
recorded, and may become suggestions for the knowledge. A withdrawal takes back what was kept for it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from tenants.actors import Actor
from tenants.database.connection import TenantConnection
from tenants.errors import NotFound
from tenants.ids import new_id
from tenants.lessons import unanswered_erasing
from tenants.people import contacts, facts

Purpose = Literal["remember", "learn"]
PURPOSES: tuple[Purpose, ...] = ("remember", "learn")


@dataclass(frozen=True, slots=True)
class Consent:
    consent_id: UUID
    purpose: str
    granted: bool
    channel: str
    actor_kind: str
    actor_id: str
    decided_at: datetime

    def public(self) -> dict[str, Any]:
        """The decision as the API shows it."""
        return {
            "consent_id": self.consent_id,
            "purpose": self.purpose,
            "granted": self.granted,
            "channel": self.channel,
            "actor": {"kind": self.actor_kind, "id": self.actor_id},
            "decided_at": self.decided_at,
        }


def holds(asking: str, decided: bool | None) -> bool:
    """Whether something may be done: as was decided last, else where it is `assumed`."""
    return asking == "assumed" if decided is None else decided


async def decide(
    conn: TenantConnection,
    contact_id: UUID,
    purpose: Purpose,
    *,
    granted: bool,
    channel: str,
    actor: Actor,
) -> Consent:
    """Keep a decision; what was kept under a consent that is withdrawn goes. Raises: NotFound."""
    if (await contacts.get(conn, contact_id)).merged_into is not None:
        raise NotFound("no such contact")
    if not granted:
        await _wait_for_turns(conn, contact_id)
    made = await conn.row(
        Consent,
        """
        insert into consents (tenant_id, consent_id, contact_id, purpose, granted, channel,
                              actor_kind, actor_id)
        values (%(tenant_id)s, %(consent_id)s, %(contact_id)s, %(purpose)s, %(granted)s, %(channel)s,
                %(actor_kind)s, %(actor_id)s)
        returning consent_id, purpose, granted, channel, actor_kind, actor_id, decided_at
        """,
        {
            "consent_id": new_id(),
            "contact_id": contact_id,
            "purpose": purpose,
            "granted": granted,
            "channel": channel,
            "actor_kind": actor.kind,
            "actor_id": actor.id,
        },
    )
    assert made is not None
    if not granted and purpose == "remember":
        await facts.forget_all(conn, contact_id)
    if not granted and purpose == "learn":
        await _unlearn(conn, contact_id)
    return made


async def _wait_for_turns(conn: TenantConnection, contact_id: UUID) -> None:
    """Until the transaction's end no turn of the contact ends: those before are forgotten with the
    rest, those behind it read the withdrawal (`turn_closings.py`) and keep nothing.
    """
    await conn.execute(
        """
        select 1
          from conversations
         where tenant_id = %(tenant_id)s
           and contact_id = %(contact_id)s
         order by conversation_id
           for update
        """,
        {"contact_id": contact_id},
    )


async def list_page(
    conn: TenantConnection, contact_id: UUID, *, limit: int, after: UUID | None = None
) -> list[Consent]:
    """A contact's decisions, the newest first."""
    return await conn.rows(
        Consent,
        """
        select consent_id, purpose, granted, channel, actor_kind, actor_id, decided_at
          from consents
         where tenant_id = %(tenant_id)s
           and contact_id = %(contact_id)s
           and (%(after)s::uuid is null or consent_id < %(after)s)
         order by consent_id desc
         limit %(limit)s
        """,
        {"contact_id": contact_id, "after": after, "limit": limit},
    )


async def _unlearn(conn: TenantConnection, contact_id: UUID) -> None:
    """The contact's wordings leave suggestions, and their recorded questions go."""
    cursor = await conn.execute(
        """
        select distinct conversation_id
          from recorded_questions
         where tenant_id = %(tenant_id)s
           and contact_id = %(contact_id)s
        """,
        {"contact_id": contact_id},
    )
    for (conversation_id,) in await cursor.fetchall():
        await unanswered_erasing.forget_words(conn, conversation_id)
    await conn.execute(
        """
        delete from recorded_questions
         where tenant_id = %(tenant_id)s
           and contact_id = %(contact_id)s
        """,
        {"contact_id": contact_id},
    )
