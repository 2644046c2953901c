"""Invitations of operators: good once, for some days, for one address and one role."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tenants.actors import Actor
from tenants.database.connection import TenantConnection
from tenants.errors import Conflict, NotFound, Unauthenticated
from tenants.ids import new_id
from tenants.people import operators
from tenants.people.operators import Operator

_SPENT = {
    "used": "the invitation was used already",
    "revoked": "the invitation was taken back, or a newer one took its place",
    "expired": "the invitation has expired",
}


@dataclass(frozen=True, slots=True)
class Invitation:
    invitation_id: UUID
    email: str
    name: str
    role: str
    rights: list[str]
    actor_kind: str
    actor_id: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class _Address:
    email: str


async def create(
    conn: TenantConnection,
    email: str,
    role: str,
    *,
    name: str,
    rights: Sequence[str],
    hours: int,
    actor: Actor,
) -> Invitation:
    """A new invitation; earlier ones to the same address end. Raises: Conflict for an operator's."""
    taken = await conn.row(
        _Address,
        """
        select email
          from operators
         where tenant_id = %(tenant_id)s
           and email = lower(%(email)s)
        """,
        {"email": email},
    )
    if taken is not None:
        raise Conflict(f"an operator with the address {email!r} exists")
    await conn.execute(
        """
        update operator_invitations
           set revoked_at = now()
         where tenant_id = %(tenant_id)s
           and email = lower(%(email)s)
           and accepted_at is null
           and revoked_at is null
        """,
        {"email": email},
    )
    made = await conn.row(
        Invitation,
        """
        insert into operator_invitations (tenant_id, invitation_id, email, name, role, rights,
                                          actor_kind, actor_id, expires_at)
        values (%(tenant_id)s, %(invitation_id)s, lower(%(email)s), %(name)s, %(role)s, %(rights)s,
                %(actor_kind)s, %(actor_id)s, now() + make_interval(hours => %(hours)s))
        returning invitation_id, email, name, role, rights, actor_kind, actor_id, created_at,
                  expires_at
        """,
        {
            "invitation_id": new_id(),
            "email": email,
            "name": name,
            "role": role,
            "rights": list(rights),
            "actor_kind": actor.kind,
            "actor_id": actor.id,
            "hours": hours,
        },
    )
    assert made is not None
    return made


async def list_open(
    conn: TenantConnection, *, limit: int, after: UUID | None = None
) -> list[Invitation]:
    """Invitations that can still be accepted, oldest first."""
    return await conn.rows(
        Invitation,
        """
        select invitation_id, email, name, role, rights, actor_kind, actor_id, created_at,
               expires_at
          from operator_invitations
         where tenant_id = %(tenant_id)s
           and accepted_at is null
           and revoked_at is null
           and expires_at > now()
           and (%(after)s::uuid is null or invitation_id > %(after)s)
         order by invitation_id
         limit %(limit)s
        """,
        {"after": after, "limit": limit},
    )


async def revoke(conn: TenantConnection, invitation_id: UUID) -> None:
    """Take an invitation back. Raises: NotFound where it is accepted or never was."""
    revoked = await conn.execute(
        """
        update operator_invitations
           set revoked_at = coalesce(revoked_at, now())
         where tenant_id = %(tenant_id)s
           and invitation_id = %(invitation_id)s
           and accepted_at is null
        """,
        {"invitation_id": invitation_id},
    )
    if revoked.rowcount == 0:
        raise NotFound("no such invitation")


@dataclass(frozen=True, slots=True)
class Shown:
    """What whoever holds an invitation's link is told of it; `state` says whether it is still good."""

    email: str
    name: str
    role: str
    invited_by: str | None
    expires_at: datetime
    state: str


async def show(conn: TenantConnection, invitation_id: UUID) -> Shown:
    """An invitation to whom it was sent, with the name of who invites where that is a person.

    Raises: Unauthenticated, in words of its own for each, where it is not good any more.
    """
    found = await conn.row(
        Shown,
        """
        select i.email, i.name, i.role, i.expires_at,
               (select o.name
                  from operators o
                 where o.tenant_id = %(tenant_id)s
                   and i.actor_kind = 'operator'
                   and o.operator_id::text = i.actor_id) as invited_by,
               case when i.accepted_at is not null then 'used'
                    when i.revoked_at is not null then 'revoked'
                    when i.expires_at <= now() then 'expired'
                    else 'open' end as state
          from operator_invitations i
         where i.tenant_id = %(tenant_id)s
           and i.invitation_id = %(invitation_id)s
        """,
        {"invitation_id": invitation_id},
    )
    if found is None:
        raise Unauthenticated("the invitation is not there any more")
    if found.state != "open":
        raise Unauthenticated(_SPENT[found.state])
    return found


async def accept(conn: TenantConnection, invitation_id: UUID, *, name: str | None) -> Operator:
    """The operator that an invitation makes; it is spent from here on.

    Raises: Unauthenticated where it is not good any more, Conflict where the address was taken.
    """
    spent = await conn.row(
        Invitation,
        """
        update operator_invitations
           set accepted_at = now()
         where tenant_id = %(tenant_id)s
           and invitation_id = %(invitation_id)s
           and accepted_at is null
           and revoked_at is null
           and expires_at > now()
        returning invitation_id, email, name, role, rights, actor_kind, actor_id, created_at,
                  expires_at
        """,
        {"invitation_id": invitation_id},
    )
    if spent is None:
        raise Unauthenticated("the invitation was used, taken back or has expired")
    return await operators.create(
        conn, spent.email, name or spent.name, spent.role, rights=spent.rights
    )
