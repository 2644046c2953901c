"""A tenant's own OpenID provider: where its people sign in, and who may come in by it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from tenants.database.connection import TenantConnection
from tenants.errors import Invalid, NotFound
from tenants.ids import new_id
from tenants.keys.sealing import Sealer

PURPOSE = "sign-in"


@dataclass(frozen=True, slots=True)
class SignInProvider:
    """What a tenant says of its provider, without the client's secret.

    `newcomer_role` None: only who was invited comes in. `group_roles` holds the role of each group
    that `group_claim` may name. `trusts_addresses`: an address without a word on whether it was
    verified is taken.
    """

    title: str
    issuer: str
    client_id: str
    email_domains: list[str]
    newcomer_role: str | None
    group_claim: str | None
    group_roles: dict[str, str]
    trusts_addresses: bool
    sign_in_provider_id: UUID | None = None
    has_secret: bool = False
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Secret:
    client_secret: bytes | None


async def get(conn: TenantConnection) -> SignInProvider:
    """The tenant's provider. Raises: NotFound."""
    found = await conn.row(
        SignInProvider,
        """
        select title, issuer, client_id, email_domains, newcomer_role, group_claim, group_roles,
               trusts_addresses, sign_in_provider_id, client_secret is not null as has_secret,
               updated_at
          from sign_in_providers
         where tenant_id = %(tenant_id)s
        """,
    )
    if found is None:
        raise NotFound("nobody signs in here through a provider of the tenant's")
    return found


async def put(
    conn: TenantConnection, wanted: SignInProvider, *, secret: str | None, sealer: Sealer
) -> SignInProvider:
    """Keep the tenant's provider; without a `secret` the one before stays for the same client.

    A secret is never taken along to another issuer. Raises: Invalid.
    """
    check(wanted.email_domains, wanted.newcomer_role, wanted.group_claim, wanted.group_roles)
    kept = await conn.row(
        SignInProvider,
        """
        insert into sign_in_providers as p (tenant_id, sign_in_provider_id, title, issuer, client_id,
                                            client_secret, email_domains, newcomer_role,
                                            group_claim, group_roles, trusts_addresses)
        values (%(tenant_id)s, %(sign_in_provider_id)s, %(title)s, %(issuer)s, %(client_id)s,
                %(client_secret)s, %(email_domains)s, %(newcomer_role)s, %(group_claim)s,
                %(group_roles)s, %(trusts_addresses)s)
        on conflict (tenant_id) do update
           set title = excluded.title,
               client_secret = case when excluded.client_secret is null
                                     and p.issuer = excluded.issuer
                                     and p.client_id = excluded.client_id
                                    then p.client_secret
                                    else excluded.client_secret end,
               issuer = excluded.issuer,
               client_id = excluded.client_id,
               email_domains = excluded.email_domains,
               newcomer_role = excluded.newcomer_role,
               group_claim = excluded.group_claim,
               group_roles = excluded.group_roles,
               trusts_addresses = excluded.trusts_addresses,
               updated_at = now()
        returning title, issuer, client_id, email_domains, newcomer_role, group_claim, group_roles,
                  trusts_addresses, sign_in_provider_id, client_secret is not null as has_secret,
                  updated_at
        """,
        {
            "sign_in_provider_id": new_id(),
            "title": wanted.title,
            "issuer": wanted.issuer,
            "client_id": wanted.client_id,
            "client_secret": None if secret is None else sealer.seal(secret, bound_to=_place(conn)),
            "email_domains": [one.lower() for one in wanted.email_domains],
            "newcomer_role": wanted.newcomer_role,
            "group_claim": wanted.group_claim,
            "group_roles": Jsonb(wanted.group_roles),
            "trusts_addresses": wanted.trusts_addresses,
        },
    )
    assert kept is not None
    return kept


async def secret_of(conn: TenantConnection, *, sealer: Sealer) -> str | None:
    """The client's secret; None for a client that has none. Raises: Unavailable."""
    found = await conn.row(
        _Secret,
        "select client_secret from sign_in_providers where tenant_id = %(tenant_id)s",
    )
    if found is None or found.client_secret is None:
        return None
    return sealer.open(bytes(found.client_secret), bound_to=_place(conn))


async def delete(conn: TenantConnection) -> None:
    """Nobody signs in through the provider from now on. Raises: NotFound."""
    gone = await conn.execute("delete from sign_in_providers where tenant_id = %(tenant_id)s")
    if gone.rowcount == 0:
        raise NotFound("nobody signs in here through a provider of the tenant's")


def check(
    email_domains: Sequence[str],
    newcomer_role: str | None,
    group_claim: str | None,
    group_roles: Mapping[str, str],
) -> None:
    """Raises: Invalid where anybody whom the provider knows would become an operator."""
    if (newcomer_role or group_roles) and not email_domains:
        raise Invalid("email_domains: say whose addresses may come in without an invitation")
    if bool(group_claim) != bool(group_roles):
        raise Invalid("group_claim and group_roles: give both, or neither")


def _place(conn: TenantConnection) -> str:
    return f"{conn.tenant_id}:sign-in-provider"
