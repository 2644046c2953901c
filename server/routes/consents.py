"""What a contact agrees to: said by the tenant's program, or by the contact in their conversation."""

from typing import Any

from fastapi import APIRouter

from server.access.auth import ConversationsDep, TalkDep
from server.admitting.intake import CheckedRoute
from server.resources import ResourcesDep
from server.routes.conversations import own_conversation
from server.shapes.consent_schemas import ConsentShown, NewConsent, OwnConsent
from server.shapes.paging import Page, PagingDep
from server.shapes.schemas import Id
from tenants.database.connection import tenant_transaction
from tenants.people import consents, contacts

router = APIRouter(prefix="/v1", tags=["contacts"], route_class=CheckedRoute)


@router.post(
    "/contacts/{contact_id}/consents",
    operation_id="record_consent",
    status_code=201,
    response_model=ConsentShown,
)
async def record_consent(
    contact_id: Id, new: NewConsent, caller: ConversationsDep, held: ResourcesDep
) -> dict[str, Any]:
    """Keep what a contact has decided; a withdrawal also forgets what was kept under the consent."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        made = await consents.decide(
            conn,
            contact_id,
            new.purpose,
            granted=new.granted,
            channel=new.channel,
            actor=caller.actor,
        )
    return made.public()


@router.get("/contacts/{contact_id}/consents", operation_id="list_consents")
async def list_consents(
    contact_id: Id, caller: ConversationsDep, held: ResourcesDep, paging: PagingDep
) -> Page[ConsentShown]:
    """What a contact has decided, the newest first: the newest about a purpose counts."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await contacts.get(conn, contact_id)
        found = await consents.list_page(
            conn, contact_id, limit=paging.limit + 1, after=paging.after_id
        )
    return Page[ConsentShown](
        **paging.page(found, lambda one: one.consent_id, lambda one: one.public())
    )


@router.post(
    "/conversations/{conversation_id}/consents",
    operation_id="decide_consent",
    status_code=201,
    response_model=ConsentShown,
)
async def decide_consent(
    conversation_id: Id, new: OwnConsent, caller: TalkDep, held: ResourcesDep
) -> dict[str, Any]:
    """Keep what the conversation's contact has decided, by the conversation's channel."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        conversation = await own_conversation(conn, caller, conversation_id)
        made = await consents.decide(
            conn,
            conversation.contact_id,
            new.purpose,
            granted=new.granted,
            channel=conversation.channel,
            actor=caller.actor,
        )
    return made.public()
