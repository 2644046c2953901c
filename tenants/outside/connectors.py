"""Connectors: services of the tenant's own that its assistants may ask, each with a sealed secret."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from tenants.actors import Actor
from tenants.database.connection import TenantConnection
from tenants.errors import NotFound
from tenants.ids import new_id
from tenants.keys.sealing import Sealer

PURPOSE = "connectors"
MOST_CONNECTORS = 20


@dataclass(frozen=True, slots=True)
class Looked:
    """What a service can be asked, and where its document was fetched from, if it was."""

    operations: Sequence[Mapping[str, Any]]
    document_url: str | None = None


@dataclass(frozen=True, slots=True)
class Connector:
    connector_id: UUID
    kind: str
    name: str
    settings: dict[str, Any]
    secret: bytes | None
    disabled_at: datetime | None
    created_at: datetime
    updated_at: datetime
    chosen: list[dict[str, Any]]
    suspended: dict[str, Any]
    looked_at: datetime | None
    document_url: str | None

    def opened(self, tenant_id: UUID, sealer: Sealer) -> str:
        """The secret itself, for a call; "" where there is none. Raises: Unavailable."""
        if self.secret is None:
            return ""
        return sealer.open(bytes(self.secret), bound_to=_bound_to(tenant_id, self.connector_id))


async def create(
    conn: TenantConnection,
    kind: str,
    name: str,
    *,
    settings: dict[str, Any],
    secret: str | None,
    sealer: Sealer,
    actor: Actor,
    looked: Looked | None = None,
    chosen: Sequence[Mapping[str, Any]] = (),
) -> Connector:
    """A new connector; assistants may use it from now on."""
    connector_id = new_id()
    await conn.execute(
        """
        insert into connectors (tenant_id, connector_id, kind, name, settings, secret, actor_kind,
                                actor_id, chosen)
        values (%(tenant_id)s, %(connector_id)s, %(kind)s, %(name)s, %(settings)s, %(secret)s,
                %(actor_kind)s, %(actor_id)s, %(chosen)s)
        """,
        {
            "connector_id": connector_id,
            "kind": kind,
            "name": name,
            "settings": Jsonb(settings),
            "secret": _sealed(conn, connector_id, secret, sealer),
            "actor_kind": actor.kind,
            "actor_id": actor.id,
            "chosen": Jsonb([dict(one) for one in chosen]),
        },
    )
    if looked is not None:
        await look(conn, connector_id, looked)
    return await get(conn, connector_id)


async def get(conn: TenantConnection, connector_id: UUID) -> Connector:
    """One connector. Raises: NotFound."""
    found = await conn.row(
        Connector,
        """
        select connector_id, kind, name, settings, secret, disabled_at, created_at, updated_at,
               chosen, suspended, looked_at, document_url
          from connectors
         where tenant_id = %(tenant_id)s
           and connector_id = %(connector_id)s
        """,
        {"connector_id": connector_id},
    )
    if found is None:
        raise NotFound("no such connector")
    return found


async def all_of(conn: TenantConnection) -> list[Connector]:
    """The tenant's connectors, oldest first: where two serve the same, the older one does."""
    return await conn.rows(
        Connector,
        """
        select connector_id, kind, name, settings, secret, disabled_at, created_at, updated_at,
               chosen, suspended, looked_at, document_url
          from connectors
         where tenant_id = %(tenant_id)s
         order by position, connector_id
        """,
    )


async def change(
    conn: TenantConnection,
    connector_id: UUID,
    *,
    sealer: Sealer,
    name: str | None = None,
    settings: dict[str, Any] | None = None,
    secret: str | None = None,
    enabled: bool | None = None,
    chosen: Sequence[Mapping[str, Any]] | None = None,
) -> Connector:
    """What is given is changed; what is None stays. What is chosen anew is not suspended any more.

    Raises: NotFound.
    """
    await get(conn, connector_id)
    await conn.execute(
        """
        update connectors
           set name = coalesce(%(name)s, name),
               settings = coalesce(%(settings)s, settings),
               secret = coalesce(%(secret)s, secret),
               suspended = case when %(chosen)s::jsonb is null then suspended else '{}' end,
               chosen = coalesce(%(chosen)s, chosen),
               disabled_at = case when %(enabled)s::boolean is null then disabled_at
                                  when %(enabled)s then null
                                  else coalesce(disabled_at, now()) end,
               updated_at = now()
         where tenant_id = %(tenant_id)s
           and connector_id = %(connector_id)s
        """,
        {
            "connector_id": connector_id,
            "name": name,
            "settings": Jsonb(settings) if settings is not None else None,
            "secret": _sealed(conn, connector_id, secret, sealer),
            "enabled": enabled,
            "chosen": None if chosen is None else Jsonb([dict(one) for one in chosen]),
        },
    )
    return await get(conn, connector_id)


async def operations_of(conn: TenantConnection, connector_id: UUID) -> list[dict[str, Any]]:
    """What its service can be asked, as it was looked at last. Raises: NotFound."""
    found = await conn.execute(
        """
        select operations
          from connectors
         where tenant_id = %(tenant_id)s
           and connector_id = %(connector_id)s
        """,
        {"connector_id": connector_id},
    )
    row = await found.fetchone()
    if row is None:
        raise NotFound("no such connector")
    return row[0]


async def look(conn: TenantConnection, connector_id: UUID, looked: Looked) -> None:
    """Keep what a service can be asked now; what is chosen of it and changed is suspended.

    It stays so until it is chosen again, even where the service takes its change back.
    """
    now = {one["operation"]: one["fingerprint"] for one in looked.operations}
    row = await get(conn, connector_id)
    changed = {
        str(one["setting"]["operation"]): now.get(one["setting"]["operation"])
        for one in row.chosen
        if now.get(one["setting"]["operation"]) != one["fingerprint"]
    }
    await conn.execute(
        """
        update connectors
           set operations = %(operations)s,
               looked_at = now(),
               document_url = coalesce(%(document_url)s, document_url),
               suspended = suspended || %(changed)s,
               updated_at = now()
         where tenant_id = %(tenant_id)s
           and connector_id = %(connector_id)s
        """,
        {
            "connector_id": connector_id,
            "operations": Jsonb([dict(one) for one in looked.operations]),
            "document_url": looked.document_url,
            "changed": Jsonb(changed),
        },
    )


async def delete(conn: TenantConnection, connector_id: UUID) -> None:
    """Forget a connector with its secret. Raises: NotFound."""
    gone = await conn.execute(
        """
        delete from connectors
         where tenant_id = %(tenant_id)s
           and connector_id = %(connector_id)s
        """,
        {"connector_id": connector_id},
    )
    if gone.rowcount == 0:
        raise NotFound("no such connector")


def _sealed(
    conn: TenantConnection, connector_id: UUID, secret: str | None, sealer: Sealer
) -> bytes | None:
    if not secret:
        return None
    return sealer.seal(secret, bound_to=_bound_to(conn.tenant_id, connector_id))


def _bound_to(tenant_id: UUID, connector_id: UUID) -> str:
    return f"{tenant_id}:{connector_id}"
