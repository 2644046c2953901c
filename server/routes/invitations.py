"""Invitations: a link, shown to whom invites, that makes one operator once."""

from dataclasses import asdict
from typing import Any, cast

from fastapi import APIRouter, Depends, Request, Response

from server.access.auth import AdminDep
from server.access.passwords import check_password
from server.access.sign_in import address_of, keep, open_session
from server.access.sign_in_links import invitation_path, read_invitation
from server.admitting.intake import CheckedRoute
from server.admitting.limits import count_address
from server.resources import ResourcesDep
from server.routes.session import our_page, shown_of
from server.shapes.paging import Page, PagingDep
from server.shapes.people_schemas import (
    AcceptInvitation,
    InvitationCreated,
    InvitationLink,
    InvitationShown,
    InvitationTold,
    NewInvitation,
    Role,
)
from server.shapes.schemas import Id
from tenants import tenants
from tenants.database.connection import tenant_transaction
from tenants.people import invitations, operator_passwords

router = APIRouter(prefix="/v1", tags=["operators"], route_class=CheckedRoute)


@router.post(
    "/invitations",
    operation_id="create_invitation",
    status_code=201,
    openapi_extra={"x-secret": True},
)
async def create_invitation(
    new: NewInvitation, caller: AdminDep, held: ResourcesDep
) -> InvitationCreated:
    """Invite somebody; an earlier invitation to the same address ends."""
    caller.check_may_make(new.role)
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        made = await invitations.create(
            conn,
            new.email,
            new.role,
            name=new.name,
            rights=new.rights,
            hours=new.expires_in_hours,
            actor=caller.actor,
        )
    path = invitation_path(
        held.credentials.master_key, caller.tenant_id, made.invitation_id, made.expires_at
    )
    return InvitationCreated(**asdict(made), path=path)


@router.get("/invitations", operation_id="list_invitations")
async def list_invitations(
    caller: AdminDep, held: ResourcesDep, paging: PagingDep
) -> Page[InvitationShown]:
    """Invitations that can still be accepted, oldest first, without their links."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        found = await invitations.list_open(conn, limit=paging.limit + 1, after=paging.after_id)
    return Page[InvitationShown](**paging.page(found, lambda one: one.invitation_id, asdict))


@router.delete("/invitations/{invitation_id}", operation_id="revoke_invitation", status_code=204)
async def revoke_invitation(invitation_id: Id, caller: AdminDep, held: ResourcesDep) -> None:
    """Take an invitation back; its link is good no longer."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await invitations.revoke(conn, invitation_id)


@router.post(
    "/session/invitation", operation_id="show_invitation", dependencies=[Depends(our_page)]
)
async def show_invitation(
    given: InvitationLink, request: Request, held: ResourcesDep
) -> InvitationTold:
    """Who invites whom, before anything is typed; 401 says why a link is not good any more."""
    await count_address(held.address_limiter, address_of(request))
    tenant_id, invitation_id = read_invitation(held.credentials.master_key, given.invitation_token)
    async with tenant_transaction(held.pool, tenant_id) as conn:
        found = await invitations.show(conn, invitation_id)
        tenant = await tenants.get(conn)
    return InvitationTold(
        company=tenant.name,
        tenant=tenant.slug,
        invited_by=found.invited_by,
        email=found.email,
        name=found.name,
        role=cast(Role, found.role),
        expires_at=found.expires_at,
    )


@router.post(
    "/session/accept-invitation",
    operation_id="accept_invitation",
    status_code=201,
    dependencies=[Depends(our_page)],
    openapi_extra={"x-secret": True},
)
async def accept_invitation(
    given: AcceptInvitation, request: Request, response: Response, held: ResourcesDep
) -> dict[str, Any]:
    """Become an operator with a password of one's own, and be signed in."""
    await count_address(held.address_limiter, address_of(request))
    tenant_id, invitation_id = read_invitation(held.credentials.master_key, given.invitation_token)
    hashed = await held.passwords.hash(given.password)
    async with tenant_transaction(held.pool, tenant_id) as conn:
        operator = await invitations.accept(conn, invitation_id, name=given.name)
        check_password(given.password, email=operator.email)
        await operator_passwords.put(conn, operator.operator_id, hashed)
        shown = await shown_of(conn, operator.operator_id)
        made = await open_session(conn, request, held, operator.operator_id, method="invitation")
    keep(made, request, response)
    return shown
