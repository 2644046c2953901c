"""What a list of conversations is told apart by: who writes, and the first thing they said."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.keys import codec
from tenants.people.contacts import PROFILE
from tenants.transcripts.blocks import text_of
from tenants.transcripts.messages import CONTENT

TITLE_CHARS = 120
NAME_CHARS = 80


@dataclass(frozen=True, slots=True)
class Opening:
    """The contact of one conversation, and their first message if they have written."""

    conversation_id: UUID
    contact_id: UUID
    profile: bytes
    message_id: UUID | None
    content: bytes | None

    @property
    def title(self) -> str:
        """The first words of the contact, on one line; empty before the first."""
        if self.content is None or self.message_id is None:
            return ""
        text = text_of(codec.decode(self.content, CONTENT, self.message_id)["blocks"])
        return _short(text, TITLE_CHARS)

    @property
    def contact_name(self) -> str:
        """What the contact is called; empty if nobody said."""
        name = codec.decode(self.profile, PROFILE, self.contact_id).get("name")
        return _short(name, NAME_CHARS) if isinstance(name, str) else ""


async def of(conn: TenantConnection, conversation_ids: Collection[UUID]) -> dict[UUID, Opening]:
    """The openings of these conversations; one that is gone is left out."""
    found = await conn.rows(
        Opening,
        """
        select c.conversation_id, c.contact_id, p.profile, first.message_id, first.content
          from conversations c
          join contacts p
            on p.tenant_id = %(tenant_id)s
           and p.contact_id = c.contact_id
          left join lateral (
               select m.message_id, m.content
                 from messages m
                where m.tenant_id = %(tenant_id)s
                  and m.conversation_id = c.conversation_id
                  and m.author_kind = 'contact'
                order by m.seq
                limit 1) first on true
         where c.tenant_id = %(tenant_id)s
           and c.conversation_id = any(%(conversation_ids)s)
        """,
        {"conversation_ids": list(conversation_ids)},
    )
    return {one.conversation_id: one for one in found}


def _short(text: str, limit: int) -> str:
    line = " ".join(text[: limit * 8].split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
