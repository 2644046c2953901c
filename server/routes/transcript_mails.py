"""A conversation sent by mail to whoever took part in it, where the desk has a mail server."""

from uuid import UUID

from fastapi import APIRouter

from server.access.auth import TalkDep
from server.admitting.intake import CheckedRoute
from server.outside.transcript_text import written
from server.resources import ResourcesDep
from server.routes.conversations import own_conversation
from server.shapes.mail_schemas import NewTranscriptMail, TranscriptMailTaken, is_address
from server.shapes.schemas import Id
from tenants import tenants
from tenants.configuring import assistants
from tenants.database.connection import TenantConnection, tenant_transaction
from tenants.errors import Conflict, Invalid
from tenants.outside import transcript_mails
from tenants.people import contacts
from tenants.transcripts import messages
from tenants.transcripts.messages import Message

router = APIRouter(prefix="/v1/conversations", tags=["conversations"], route_class=CheckedRoute)
MOST_MESSAGES = 1_000
_AT_ONCE = 200


@router.post("/{conversation_id}/transcript-mails", operation_id="mail_transcript", status_code=202)
async def mail_transcript(
    conversation_id: Id, new: NewTranscriptMail, caller: TalkDep, held: ResourcesDep
) -> TranscriptMailTaken:
    """Send a conversation, as it stands, to one address: that of the contact, where none is given."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        found = await own_conversation(conn, caller, conversation_id)
        if held.sender.mailing is None:
            raise Conflict("no mail server is set up for this desk")
        said = await _said(conn, conversation_id)
        if not said:
            raise Conflict("nothing was said in this conversation yet")
        to = new.to or await _known_address(conn, found.contact_id)
        assistant = (await assistants.get(conn, found.assistant_id)).settings
        company = (await tenants.get(conn)).name
        language = new.language or found.language or assistant.language or ""
        mail = written(said, assistant=assistant.persona.name or company, language=language)
        body = {"to": to, "from_name": company, "subject": mail.subject, "text": mail.text}
        await transcript_mails.put(conn, conversation_id, body, until=found.last_event_id)
    held.sender.wake()
    return TranscriptMailTaken(status="queued")


async def _known_address(conn: TenantConnection, contact_id: UUID) -> str:
    contact = await contacts.get(conn, contact_id)
    known = contact.details.get("email")
    if not isinstance(known, str) or not is_address(known):
        raise Invalid("`to` is missing, and the contact has no e-mail address")
    return known


async def _said(conn: TenantConnection, conversation_id: UUID) -> list[Message]:
    said: list[Message] = []
    while len(said) < MOST_MESSAGES:
        after = said[-1].seq if said else 0
        found = await messages.list_page(
            conn, conversation_id, limit=_AT_ONCE, after=after, with_notes=False
        )
        said += found
        if len(found) < _AT_ONCE:
            break
    return said
