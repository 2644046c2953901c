"""What a turn may know of its contact before it answers: whether they can be reached, and facts for rules."""

from datetime import UTC, datetime
from typing import Any

from tenants.database.connection import TenantConnection
from tenants.errors import NotFound
from tenants.people import contacts
from tenants.transcripts.conversations import Conversation

_REACHABLE = frozenset({"email", "phone", "sms", "whatsapp"})
MAX_FACTS = 50


async def of_conversation(conn: TenantConnection, conversation: Conversation) -> dict[str, Any]:
    """`known`: the tenant can reach them; `facts`: metadata of contact and conversation.

    A widget conversation's metadata is left out: the contact's own browser may have written it.
    """
    try:
        contact = await contacts.get(conn, conversation.contact_id)
    except NotFound:
        return {}
    own = contact.details.get("metadata")
    facts: dict[str, Any] = {} if conversation.channel == "widget" else dict(conversation.metadata)
    facts |= own if isinstance(own, dict) else {}
    plain = {k: v for k, v in facts.items() if isinstance(v, str | int | float | bool)}
    return {
        "known": await _is_reachable(conn, contact, conversation.channel),
        "facts": dict(list(plain.items())[:MAX_FACTS]),
    }


def is_there(available_until: datetime | None) -> bool | None:
    """Whether an operator is there now, by when the last one goes; None where none ever said so."""
    return None if available_until is None else available_until > datetime.now(UTC)


async def _is_reachable(conn: TenantConnection, contact: contacts.Contact, channel: str) -> bool:
    if channel in _REACHABLE or contact.details.get("email") or contact.details.get("phone"):
        return True
    known = await contacts.identities(conn, contact.contact_id)
    return any(one.channel in _REACHABLE for one in known)
