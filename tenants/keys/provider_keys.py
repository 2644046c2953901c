"""Tenants' own keys for providers: written, used, and never shown again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tenants.actors import Actor
from tenants.database.connection import TenantConnection
from tenants.errors import NotFound
from tenants.keys.sealing import Sealer

PURPOSE = "provider-keys"
SHOWN_CHARS = 6


@dataclass(frozen=True, slots=True)
class ProviderKey:
    """What may be seen of a key."""

    provider: str
    prefix: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class _Sealed:
    sealed: bytes


async def put(
    conn: TenantConnection, provider: str, key: str, *, sealer: Sealer, actor: Actor
) -> ProviderKey:
    """Keep a key in the place of the one before."""
    kept = await conn.row(
        ProviderKey,
        """
        insert into provider_keys (tenant_id, provider, sealed, prefix, actor_kind, actor_id)
        values (%(tenant_id)s, %(provider)s, %(sealed)s, %(prefix)s, %(actor_kind)s, %(actor_id)s)
        on conflict (tenant_id, provider) do update
           set sealed = excluded.sealed,
               prefix = excluded.prefix,
               actor_kind = excluded.actor_kind,
               actor_id = excluded.actor_id,
               created_at = now()
        returning provider, prefix, created_at
        """,
        {
            "provider": provider,
            "sealed": sealer.seal(key, bound_to=_bound_to(conn, provider)),
            "prefix": key[: min(SHOWN_CHARS, len(key) // 4)],
            "actor_kind": actor.kind,
            "actor_id": actor.id,
        },
    )
    assert kept is not None
    return kept


async def find(conn: TenantConnection, provider: str, *, sealer: Sealer) -> str | None:
    """The key itself, for a call. Raises: Unavailable where it cannot be opened."""
    row = await conn.row(
        _Sealed,
        """
        select sealed from provider_keys
         where tenant_id = %(tenant_id)s and provider = %(provider)s
        """,
        {"provider": provider},
    )
    return sealer.open(bytes(row.sealed), bound_to=_bound_to(conn, provider)) if row else None


async def all_of(conn: TenantConnection) -> Sequence[ProviderKey]:
    """What may be seen of the tenant's keys, by provider."""
    return await conn.rows(
        ProviderKey,
        """
        select provider, prefix, created_at from provider_keys
         where tenant_id = %(tenant_id)s
         order by provider
        """,
    )


async def delete(conn: TenantConnection, provider: str) -> None:
    """Forget a key. Raises: NotFound."""
    gone = await conn.execute(
        """
        delete from provider_keys
         where tenant_id = %(tenant_id)s and provider = %(provider)s
        """,
        {"provider": provider},
    )
    if gone.rowcount == 0:
        raise NotFound("there is no key of your own for this provider")


def _bound_to(conn: TenantConnection, provider: str) -> str:
    return f"{conn.tenant_id}:{provider}"
