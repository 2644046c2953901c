"""API keys: shown once, stored as keyed hashes, found across tenants by the router.

A key is 32 random bytes, so a fast keyed hash is right (slow hashes are for passwords).
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from tenants.database.connection import (
    Pool,
    TenantConnection,
    router_transaction,
    tenant_transaction,
)
from tenants.errors import Conflict, Invalid, NotFound
from tenants.ids import new_id

SCOPES = ("conversations", "knowledge", "handoffs", "assistants", "analytics", "admin")
MOST_LIFE = timedelta(days=3_650)
_PREFIX_CHARS = 10


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What may be shown of a key: never the secret."""

    api_key_id: UUID
    name: str
    prefix: str
    scopes: list[str]
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
    expires_at: datetime | None
    replaces: UUID | None


@dataclass(frozen=True, slots=True)
class Credential:
    """A key that was recognised: whose it is and what it may do."""

    tenant_id: UUID
    credential_id: UUID
    scopes: frozenset[str]
    tenant_status: str
    expires_at: datetime | None


def key_hash(key: str, pepper: bytes) -> bytes:
    """What is stored of a key: HMAC-SHA-256 under the platform's pepper."""
    return hmac.new(pepper, key.encode(), hashlib.sha256).digest()


async def create_api_key(
    conn: TenantConnection,
    name: str,
    scopes: Sequence[str],
    *,
    pepper: bytes,
    expires_at: datetime | None = None,
    replaces: UUID | None = None,
) -> tuple[ApiKey, str]:
    """A new key's record and, this once, the key itself. Raises: Invalid."""
    _check_end(expires_at)
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise Invalid(f"unknown scopes {unknown}; there are {', '.join(SCOPES)}")
    key = "fd_" + secrets.token_urlsafe(32)
    api_key_id = new_id()
    await conn.execute(
        """
        insert into credential_hashes (tenant_id, credential_id, credential_hash, kind, expires_at)
        values (%(tenant_id)s, %(api_key_id)s, %(hash)s, 'api_key', %(expires_at)s)
        """,
        {"api_key_id": api_key_id, "hash": key_hash(key, pepper), "expires_at": expires_at},
    )
    record = await conn.row(
        ApiKey,
        """
        insert into api_keys (tenant_id, api_key_id, name, prefix, scopes, expires_at, replaces)
        values (%(tenant_id)s, %(api_key_id)s, %(name)s, %(prefix)s, %(scopes)s, %(expires_at)s,
                %(replaces)s)
        returning api_key_id, name, prefix, scopes, created_at, last_used_at, revoked_at,
                  expires_at, replaces
        """,
        {
            "api_key_id": api_key_id,
            "name": name,
            "prefix": key[:_PREFIX_CHARS],
            "scopes": sorted(set(scopes)),
            "expires_at": expires_at,
            "replaces": replaces,
        },
    )
    assert record is not None
    return record, key


async def list_api_keys(
    conn: TenantConnection, *, limit: int, after: UUID | None = None
) -> list[ApiKey]:
    """The tenant's keys, oldest first."""
    return await conn.rows(
        ApiKey,
        """
        select api_key_id, name, prefix, scopes, created_at, last_used_at, revoked_at, expires_at,
               replaces
          from api_keys
         where tenant_id = %(tenant_id)s
           and (%(after)s::uuid is null or api_key_id > %(after)s)
         order by api_key_id
         limit %(limit)s
        """,
        {"after": after, "limit": limit},
    )


async def rotate_api_key(
    conn: TenantConnection,
    api_key_id: UUID,
    *,
    overlap: timedelta,
    expires_at: datetime | None,
    pepper: bytes,
) -> tuple[ApiKey, str]:
    """A new key in the place of one, which ends after the overlap; the new one lives as long as the
    old one would have, from now on, unless `expires_at` says otherwise.

    Raises: NotFound, Conflict for a key that has ended.
    """
    old = await conn.row(
        ApiKey,
        """
        select api_key_id, name, prefix, scopes, created_at, last_used_at, revoked_at, expires_at,
               replaces
          from api_keys
         where tenant_id = %(tenant_id)s
           and api_key_id = %(api_key_id)s
           for update
        """,
        {"api_key_id": api_key_id},
    )
    if old is None:
        raise NotFound("no such API key")
    now = datetime.now(UTC)
    if old.revoked_at is not None or (old.expires_at is not None and old.expires_at <= now):
        raise Conflict("the key has ended already; make a new one")
    if expires_at is None and old.expires_at is not None:
        expires_at = now + max(old.expires_at - old.created_at, timedelta(hours=1))
    await _end(conn, api_key_id, min(old.expires_at or now + overlap, now + overlap))
    return await create_api_key(
        conn, old.name, old.scopes, pepper=pepper, expires_at=expires_at, replaces=api_key_id
    )


async def _end(conn: TenantConnection, api_key_id: UUID, expires_at: datetime) -> None:
    named = {"api_key_id": api_key_id, "expires_at": expires_at}
    await conn.execute(
        """
        update api_keys
           set expires_at = %(expires_at)s
         where tenant_id = %(tenant_id)s
           and api_key_id = %(api_key_id)s
        """,
        named,
    )
    await conn.execute(
        """
        update credential_hashes
           set expires_at = %(expires_at)s
         where tenant_id = %(tenant_id)s
           and credential_id = %(api_key_id)s
        """,
        named,
    )


def _check_end(expires_at: datetime | None) -> None:
    if expires_at is None:
        return
    if expires_at.tzinfo is None:
        raise Invalid("expires_at: say the time zone, as in 2030-01-01T00:00:00Z")
    if not datetime.now(UTC) < expires_at < datetime.now(UTC) + MOST_LIFE:
        raise Invalid("expires_at: a moment in the future, within ten years")


async def revoke_api_key(conn: TenantConnection, api_key_id: UUID) -> None:
    """Make a key useless from now on. Raises: NotFound."""
    revoked = await conn.execute(
        """
        update api_keys
           set revoked_at = coalesce(revoked_at, now())
         where tenant_id = %(tenant_id)s
           and api_key_id = %(api_key_id)s
        """,
        {"api_key_id": api_key_id},
    )
    if revoked.rowcount == 0:
        raise NotFound("no such API key")
    await conn.execute(
        """
        update credential_hashes
           set revoked_at = coalesce(revoked_at, now())
         where tenant_id = %(tenant_id)s
           and credential_id = %(api_key_id)s
        """,
        {"api_key_id": api_key_id},
    )


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """Where a key's record stands: the same for as long as there is that key."""

    tenant_id: UUID
    credential_id: UUID


@dataclass(frozen=True, slots=True)
class _Rights:
    scopes: list[str]
    status: str
    expires_at: datetime | None


async def find_api_key(pool: Pool, key: str, *, pepper: bytes) -> Credential | None:
    """Whose key this is, or None for an unknown, revoked or expired one. Its use is noted by the minute."""
    async with router_transaction(pool) as router:
        place = await router.row(
            KeyPlace,
            """
            select tenant_id, credential_id
              from credential_hashes
             where credential_hash = %(hash)s
               and kind = 'api_key'
               and revoked_at is null
               and (expires_at is null or expires_at > now())
            """,
            {"hash": key_hash(key, pepper)},
        )
    return None if place is None else await api_key_at(pool, place)


async def api_key_at(pool: Pool, place: KeyPlace) -> Credential | None:
    """As `find_api_key`, of a key whose place is known."""
    async with tenant_transaction(pool, place.tenant_id) as conn:
        rights = await conn.row(
            _Rights,
            """
            with used as (
                update api_keys
                   set last_used_at = now()
                 where tenant_id = %(tenant_id)s
                   and api_key_id = %(credential_id)s
                   and revoked_at is null
                   and (expires_at is null or expires_at > now())
                   and (last_used_at is null or last_used_at < now() - interval '1 minute'))
            select k.scopes, t.status, k.expires_at
              from api_keys k
              join tenants t
                on t.tenant_id = %(tenant_id)s
             where k.tenant_id = %(tenant_id)s
               and k.api_key_id = %(credential_id)s
               and k.revoked_at is null
               and (k.expires_at is null or k.expires_at > now())
            """,
            {"credential_id": place.credential_id},
        )
    if rights is None:
        return None
    return Credential(
        place.tenant_id,
        place.credential_id,
        frozenset(rights.scopes),
        rights.status,
        rights.expires_at,
    )
