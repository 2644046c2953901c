"""Contacts: the people who write to the tenant."""

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from server.access.auth import ConversationsDep
from server.admitting.intake import CheckedRoute
from server.resources import ResourcesDep
from server.shapes.paging import Page, PagingDep
from server.shapes.schemas import (
    ContactFields,
    ContactOfConversation,
    FactShown,
    Id,
    Merge,
    NewContact,
)
from server.working import contact_export
from tenants.database.connection import TenantConnection, tenant_transaction
from tenants.keeping import conversation_erasing
from tenants.people import contacts, facts

router = APIRouter(prefix="/v1/contacts", tags=["contacts"], route_class=CheckedRoute)


@router.post("", operation_id="create_contact", status_code=201)
async def create_contact(
    new: NewContact, caller: ConversationsDep, held: ResourcesDep
) -> dict[str, Any]:
    """Make a contact; the same `external_id` again gives the same contact."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        contact = await contact_for(conn, ContactOfConversation(**new.model_dump()))
        return await _shown(conn, contact)


@router.get("", operation_id="list_contacts")
async def list_contacts(
    caller: ConversationsDep, held: ResourcesDep, paging: PagingDep
) -> Page[dict[str, Any]]:
    """Contacts, newest first."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        found = await contacts.list_page(conn, limit=paging.limit + 1, after=paging.after_id)
    return Page[dict[str, Any]](**paging.page(found, lambda c: c.contact_id, _plain))


@router.get("/{contact_id}", operation_id="get_contact")
async def get_contact(
    contact_id: Id, caller: ConversationsDep, held: ResourcesDep
) -> dict[str, Any]:
    """One contact with every identity it has."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        return await _shown(conn, await contacts.get(conn, contact_id))


@router.patch("/{contact_id}", operation_id="update_contact")
async def update_contact(
    contact_id: Id, change: ContactFields, caller: ConversationsDep, held: ResourcesDep
) -> dict[str, Any]:
    """Change what is given; null removes a field."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        changed = await contacts.update(conn, contact_id, change.model_dump(exclude_unset=True))
        return await _shown(conn, changed)


@router.delete("/{contact_id}", operation_id="erase_contact", status_code=204)
async def erase_contact(
    contact_id: Id, caller: ConversationsDep, held: ResourcesDep, response: Response
) -> None:
    """Erase a contact with every conversation, file and key, for good; `Location` is the receipt."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await contacts.get(conn, contact_id)
        receipt = await conversation_erasing.erase(conn, "contact", contact_id, actor=caller.actor)
    response.headers["location"] = f"/v1/erasures/{receipt}"


@router.post(
    "/{contact_id}/export",
    operation_id="export_contact",
    response_class=Response,
    responses={
        200: {"description": "Everything that is kept of them.", "content": {"application/zip": {}}}
    },
)
async def export_contact(
    contact_id: Id, caller: ConversationsDep, held: ResourcesDep
) -> StreamingResponse:
    """All that is kept of a contact and of everyone merged into them: JSON, and a page to read."""
    file = await contact_export.export(held.pool, caller.tenant_id, contact_id)
    return StreamingResponse(
        contact_export.pieces(file),
        media_type="application/zip",
        headers={"content-disposition": f'attachment; filename="contact-{contact_id}.zip"'},
    )


@router.post("/{contact_id}/merge", operation_id="merge_contacts")
async def merge_contacts(
    contact_id: Id, merge: Merge, caller: ConversationsDep, held: ResourcesDep
) -> dict[str, Any]:
    """Make another contact a part of this one: its identities and conversations move here."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        kept = await contacts.merge(conn, contact_id, merge.other_contact_id)
        return await _shown(conn, kept)


@router.get("/{contact_id}/facts", operation_id="list_facts")
async def list_facts(
    contact_id: Id, caller: ConversationsDep, held: ResourcesDep, paging: PagingDep
) -> Page[FactShown]:
    """What a contact has told of themselves, each with the turn it came from, oldest first."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await contacts.get(conn, contact_id)
        found = await facts.list_page(
            conn, contact_id, limit=paging.limit + 1, after=paging.after_id
        )
    return Page[FactShown](**paging.page(found, lambda one: one.fact_id, lambda one: one.public()))


@router.delete("/{contact_id}/facts/{fact_id}", operation_id="forget_fact", status_code=204)
async def forget_fact(
    contact_id: Id, fact_id: Id, caller: ConversationsDep, held: ResourcesDep
) -> None:
    """Forget one fact for good; the transcript keeps what was written."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await contacts.get(conn, contact_id)
        await facts.forget(conn, contact_id, fact_id)


async def contact_for(
    conn: TenantConnection, asked: ContactOfConversation | None
) -> contacts.Contact:
    """The contact that is named, found by `external_id`, or made. Raises: NotFound."""
    if asked is None:
        return await contacts.create(conn, {})
    if asked.contact_id is not None:
        return await contacts.get(conn, asked.contact_id)
    details = asked.model_dump(
        exclude={"contact_id", "external_id", "identities"}, exclude_none=True
    )
    named = [(one.channel, one.address) for one in asked.identities]
    if asked.external_id is not None:
        named.insert(0, ("external", asked.external_id))
    if not named:
        return await contacts.create(conn, details)
    contact = await contacts.find_or_create(conn, *named[0], details)
    for channel, address in named[1:]:
        await contacts.link(conn, contact.contact_id, channel, address)
    return contact


async def _shown(conn: TenantConnection, contact: contacts.Contact) -> dict[str, Any]:
    known = await contacts.identities(conn, contact.contact_id)
    listed = [{"channel": one.channel, "address": one.address} for one in known]
    return _plain(contact) | {"identities": listed}


def _plain(contact: contacts.Contact) -> dict[str, Any]:
    return contact.details | {
        "contact_id": contact.contact_id,
        "identity_level": contact.identity_level,
        "merged_into": contact.merged_into,
        "created_at": contact.created_at,
        "last_seen_at": contact.last_seen_at,
    }
