"""What an operator finds in a handoff beside the machine's own findings: summary, texts, the contact."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.desk.handoffs import Handoff
from tenants.errors import NotFound
from tenants.finding import search
from tenants.keys import codec
from tenants.people import contacts, facts
from tenants.transcripts import conversations
from tenants.transcripts.blocks import text_of
from tenants.transcripts.messages import CONTENT

MAX_LINES = 12
MAX_LINE_CHARS = 240
MAX_PASSAGE_CHARS = 600
MAX_FACTS = 20
MAX_FACT_CHARS = 300


async def completed(
    conn: TenantConnection, conversation_id: UUID, turn_id: UUID, content: dict[str, Any]
) -> dict[str, Any]:
    """The machine's folder with a summary of the last turns, each line pointing at its turn."""
    lines = await _lines(conn, conversation_id, turn_id)
    told = "\n".join(f"{line['author']}: {line['text']}" for line in lines)
    return content | {"summary": told, "summary_lines": lines}


async def shown(conn: TenantConnection, handoff: Handoff) -> dict[str, Any]:
    """A handoff with what is known now of its contact, and with the texts of the passages tried."""
    public = handoff.public()
    tried: list[dict[str, Any]] = public.get("passages") or []
    ids = [str(p["passage_id"]) for p in tried if ":" in str(p.get("passage_id"))]
    found = {p["passage_id"]: p for p in await search.read_passages(conn, ids)} if ids else {}
    for passage in tried:
        text = found.get(passage["passage_id"])
        if text is not None:  # one that is gone keeps its title
            passage["text"] = text["text"][:MAX_PASSAGE_CHARS]
            passage["document_id"] = text["document_id"]
    return public | {
        "contact": await _contact(conn, handoff.conversation_id),
        "facts": await _facts(conn, handoff.conversation_id),
    }


async def _facts(conn: TenantConnection, conversation_id: UUID) -> list[dict[str, Any]]:
    """What the contact has told of themselves, as it is known now."""
    conversation = await conversations.get(conn, conversation_id)
    found = await facts.list_page(conn, conversation.contact_id, limit=facts.MAX_KEPT)
    return [
        {"kind": told["kind"], "value": told["value"], "turn_id": str(told["turn_id"])}
        for told in (one.public() for one in found)
    ]


@dataclass(frozen=True, slots=True)
class _Line:
    message_id: UUID
    turn_id: UUID | None
    author_kind: str
    content: bytes
    decision: str | None


async def _lines(
    conn: TenantConnection, conversation_id: UUID, turn_id: UUID
) -> list[dict[str, Any]]:
    """Who said what in the last turns, oldest first; what we said is told by its first words."""
    newest = await conn.rows(
        _Line,
        """
        select m.message_id,
               coalesce(m.turn_id,
                        (select h.turn_id
                           from handoffs h
                          where h.tenant_id = %(tenant_id)s
                            and h.conversation_id = %(conversation_id)s
                            and h.created_at <= m.created_at
                          order by h.handoff_id desc
                          limit 1),
                        %(turn_id)s::uuid) as turn_id,
               m.author_kind, m.content, t.decision
          from messages m
          left join turns t
            on t.tenant_id = %(tenant_id)s
           and t.turn_id = m.turn_id
           and m.author_kind = 'assistant'
         where m.tenant_id = %(tenant_id)s
           and m.conversation_id = %(conversation_id)s
           and m.author_kind in ('contact', 'assistant', 'operator')
         order by m.seq desc
         limit %(limit)s
        """,
        {"conversation_id": conversation_id, "turn_id": turn_id, "limit": MAX_LINES},
    )
    return [
        {
            "turn_id": str(line.turn_id),
            "author": line.author_kind,
            "text": _clipped(
                text_of(codec.decode(line.content, CONTENT, line.message_id)["blocks"]),
                MAX_LINE_CHARS,
            ),
        }
        | ({"decision": line.decision} if line.decision else {})
        for line in newest[::-1]
    ]


async def _contact(conn: TenantConnection, conversation_id: UUID) -> dict[str, Any]:
    """What the tenant knows of whom it answers, each value short."""
    try:
        conversation = await conversations.get(conn, conversation_id)
        contact = await contacts.get(conn, conversation.contact_id)
    except NotFound:
        return {}
    details = {
        key: _clipped(value, MAX_FACT_CHARS) if isinstance(value, str) else value
        for key, value in list(contact.details.items())[:MAX_FACTS]
    }
    return {
        "contact_id": str(contact.contact_id),
        "identity_level": contact.identity_level,
        "channel": conversation.channel,
        "conversation_metadata": conversation.metadata,
    } | details


def _clipped(text: str, most: int) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= most else plain[:most] + "…"
