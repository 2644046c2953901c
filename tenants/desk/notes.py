"""Notes of operators about a conversation, for each other.

They have a table of their own beside the transcript, so that nothing that shows a contact messages
or events can show them (docs/decisions/0036-notes-stand-beside-the-transcript.md).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tenants.actors import Actor
from tenants.database.connection import TenantConnection
from tenants.errors import Invalid
from tenants.ids import new_id
from tenants.keys import codec
from tenants.transcripts import conversations

_CONTENT = "notes.content"
MAX_NOTES = 500  # of one conversation


@dataclass(frozen=True, slots=True)
class Note:
    note_id: UUID
    conversation_id: UUID
    author_kind: str
    author_id: str
    content: bytes
    created_at: datetime

    def public(self) -> dict[str, Any]:
        """As operators see it."""
        said = codec.decode(self.content, _CONTENT, self.note_id)
        return {
            "note_id": self.note_id,
            "conversation_id": self.conversation_id,
            "author": {"kind": self.author_kind, "id": self.author_id, "name": said["name"]},
            "text": said["text"],
            "created_at": self.created_at,
        }


async def add(
    conn: TenantConnection, conversation_id: UUID, text: str, *, actor: Actor, name: str
) -> Note:
    """A new note. Raises: NotFound, and Invalid where the conversation has as many as it may."""
    await conversations.lock(conn, conversation_id)  # one note after the other is counted
    note_id = new_id()
    note = await conn.row(
        Note,
        """
        insert into notes (tenant_id, note_id, conversation_id, author_kind, author_id, content)
        select %(tenant_id)s, %(note_id)s, %(conversation_id)s, %(author_kind)s, %(author_id)s,
               %(content)s
         where (select count(*)
                  from notes
                 where tenant_id = %(tenant_id)s
                   and conversation_id = %(conversation_id)s) < %(most)s
        returning note_id, conversation_id, author_kind, author_id, content, created_at
        """,
        {
            "note_id": note_id,
            "conversation_id": conversation_id,
            "author_kind": actor.kind,
            "author_id": actor.id,
            "content": codec.personal({"text": text, "name": name}, _CONTENT, note_id),
            "most": MAX_NOTES,
        },
    )
    if note is None:
        raise Invalid(f"a conversation has at most {MAX_NOTES} notes")
    return note


async def of_conversation(conn: TenantConnection, conversation_id: UUID) -> list[Note]:
    """All notes of a conversation, oldest first."""
    return await conn.rows(
        Note,
        """
        select note_id, conversation_id, author_kind, author_id, content, created_at
          from notes
         where tenant_id = %(tenant_id)s
           and conversation_id = %(conversation_id)s
         order by note_id
        """,
        {"conversation_id": conversation_id},
    )
