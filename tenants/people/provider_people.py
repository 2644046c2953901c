"""Which operator somebody is whom a tenant's OpenID provider vouches for.

The provider's own name for a person (`subject`) is what counts once it is known; the e-mail address
only says who they are the first time, so that an address that changes hands opens nothing.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from psycopg.errors import UniqueViolation

from tenants.database.connection import TenantConnection
from tenants.errors import Denied
from tenants.people import invitations, operators
from tenants.people.operators import Operator
from tenants.people.sign_in_providers import SignInProvider

_HIGHEST_FIRST = ("admin", "operator", "viewer")


@dataclass(frozen=True, slots=True)
class Person:
    """What a checked ID token says of somebody; `email` is verified and in lower case."""

    subject: str
    email: str
    name: str
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Found:
    operator_id: UUID


@dataclass(frozen=True, slots=True)
class _Invited:
    invitation_id: UUID


async def operator_of(conn: TenantConnection, provider: SignInProvider, person: Person) -> Operator:
    """The operator, made or linked where this is the first time. Raises: Denied."""
    _check_domain(provider, person)
    role = _role_of(provider, person.groups)
    linked = await _linked(conn, provider.issuer, person.subject)
    if linked is not None:
        return await _in_role(conn, await operators.get(conn, linked), provider, role)
    known = await _of_address(conn, person.email)
    if known is None:
        known = await _newcomer(conn, person, role)
    await _link(conn, provider.issuer, person.subject, known.operator_id)
    return await _in_role(conn, known, provider, role)


def _check_domain(provider: SignInProvider, person: Person) -> None:
    domain = person.email.rpartition("@")[2]
    if provider.email_domains and domain not in provider.email_domains:
        raise Denied("the address is of none of the domains that sign in here")


def _role_of(provider: SignInProvider, groups: Collection[str]) -> str | None:
    """The highest role that somebody's groups give, else that of newcomers."""
    given = {role for group, role in provider.group_roles.items() if group in groups}
    return next((role for role in _HIGHEST_FIRST if role in given), provider.newcomer_role)


async def _newcomer(conn: TenantConnection, person: Person, role: str | None) -> Operator:
    """By an invitation that waits, else in the role of newcomers."""
    invited = await conn.row(
        _Invited,
        """
        select invitation_id
          from operator_invitations
         where tenant_id = %(tenant_id)s
           and email = lower(%(email)s)
           and accepted_at is null
           and revoked_at is null
           and expires_at > now()
         order by invitation_id desc
         limit 1
        """,
        {"email": person.email},
    )
    if invited is not None:
        return await invitations.accept(conn, invited.invitation_id, name=person.name or None)
    if role is None:
        raise Denied("nobody has invited this person")
    return await operators.create(conn, person.email, person.name or person.email, role)


async def _in_role(
    conn: TenantConnection, operator: Operator, provider: SignInProvider, role: str | None
) -> Operator:
    """Where groups decide, they do at each sign-in; an owner stays one whatever they say."""
    if operator.disabled_at is not None:
        raise Denied("this operator may not sign in")
    if not provider.group_claim or operator.role == "owner":
        return operator
    if role is None:
        raise Denied("none of this person's groups may sign in here")
    if role == operator.role:
        return operator
    return await operators.change(conn, operator.operator_id, role=role)


async def _linked(conn: TenantConnection, issuer: str, subject: str) -> UUID | None:
    found = await conn.row(
        _Found,
        """
        select operator_id
          from operator_identities
         where tenant_id = %(tenant_id)s
           and issuer = %(issuer)s
           and subject = %(subject)s
        """,
        {"issuer": issuer, "subject": subject},
    )
    return found.operator_id if found else None


async def _of_address(conn: TenantConnection, email: str) -> Operator | None:
    found = await conn.row(
        _Found,
        """
        select operator_id
          from operators
         where tenant_id = %(tenant_id)s
           and email = lower(%(email)s)
        """,
        {"email": email},
    )
    return await operators.get(conn, found.operator_id) if found else None


async def _link(conn: TenantConnection, issuer: str, subject: str, operator_id: UUID) -> None:
    try:
        await conn.execute(
            """
            insert into operator_identities (tenant_id, issuer, subject, operator_id)
            values (%(tenant_id)s, %(issuer)s, %(subject)s, %(operator_id)s)
            """,
            {"issuer": issuer, "subject": subject, "operator_id": operator_id},
        )
    except UniqueViolation:
        raise Denied("the provider knows this operator as somebody else") from None
