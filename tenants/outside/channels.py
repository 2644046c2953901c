"""Channels of a tenant's own: where messages come in and replies leave beside widget and API.

A conversation on such a channel knows its channel and the contact's address there. The secrets are
sealed; after a rotation the old ones count for some time beside the new.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from psycopg.types.json import Jsonb

from tenants.actors import Actor
from tenants.database.connection import TenantConnection
from tenants.errors import NotFound
from tenants.ids import new_id
from tenants.keys.sealing import Sealer
from tenants.outside import channel_routes
from tenants.people import addresses

ChannelKind = Literal["custom", "whatsapp"]
KINDS: frozenset[str] = frozenset(("custom", "whatsapp"))
PURPOSE = "effect-secrets"
ROUTE = "channel"  # under which the router finds the tenant of a channel's id
MOST_CHANNELS = 20  # of one tenant


@dataclass(frozen=True, slots=True)
class Channel:
    channel_id: UUID
    kind: ChannelKind
    name: str
    assistant_id: UUID
    url: str
    settings: dict[str, Any]
    quiet_hours: int
    secret: bytes
    old_secret: bytes | None
    old_secret_until: datetime | None
    disabled_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NewChannel:
    kind: ChannelKind
    name: str
    assistant_id: UUID
    url: str
    quiet_hours: int
    secrets: dict[str, str]
    settings: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Route:
    """Where the replies of a conversation go."""

    channel_id: UUID
    found_by: str
    sealed: bytes | None

    @property
    def address(self) -> str:
        """The contact's address there."""
        return addresses.read(self.found_by, self.sealed)


async def create(
    conn: TenantConnection, new: NewChannel, *, sealer: Sealer, actor: Actor
) -> Channel:
    """A channel that takes messages from now on."""
    channel_id = new_id()
    await conn.execute(
        """
        insert into channels (tenant_id, channel_id, kind, name, assistant_id, url, quiet_hours,
                              settings, secret, actor_kind, actor_id)
        values (%(tenant_id)s, %(channel_id)s, %(kind)s, %(name)s, %(assistant_id)s, %(url)s,
                %(quiet_hours)s, %(settings)s, %(secret)s, %(actor_kind)s, %(actor_id)s)
        """,
        {
            "channel_id": channel_id,
            "kind": new.kind,
            "name": new.name,
            "assistant_id": new.assistant_id,
            "url": new.url,
            "quiet_hours": new.quiet_hours,
            "settings": Jsonb(new.settings),
            "secret": _sealed(conn, channel_id, new.secrets, sealer),
            "actor_kind": actor.kind,
            "actor_id": actor.id,
        },
    )
    await channel_routes.register(conn, ROUTE, str(channel_id), new.assistant_id)
    return await get(conn, channel_id)


async def get(conn: TenantConnection, channel_id: UUID) -> Channel:
    """One channel. Raises: NotFound."""
    found = await conn.row(
        Channel,
        """
        select channel_id, kind, name, assistant_id, url, settings, quiet_hours, secret, old_secret,
               case when old_secret_until > now() then old_secret_until end as old_secret_until,
               disabled_at, created_at
          from channels
         where tenant_id = %(tenant_id)s
           and channel_id = %(channel_id)s
        """,
        {"channel_id": channel_id},
    )
    if found is None:
        raise NotFound("no such channel")
    return found


async def all_of(conn: TenantConnection) -> list[Channel]:
    """The tenant's channels, oldest first."""
    return await conn.rows(
        Channel,
        """
        select channel_id, kind, name, assistant_id, url, settings, quiet_hours, secret, old_secret,
               case when old_secret_until > now() then old_secret_until end as old_secret_until,
               disabled_at, created_at
          from channels
         where tenant_id = %(tenant_id)s
         order by channel_id
        """,
    )


def secrets_of(conn: TenantConnection, channel: Channel, sealer: Sealer) -> list[dict[str, str]]:
    """The channel's secrets that count now, the newest first."""
    bound_to = _bound_to(conn, channel.channel_id)
    opened = [json.loads(sealer.open(bytes(channel.secret), bound_to=bound_to))]
    if channel.old_secret is not None and channel.old_secret_until is not None:
        opened.append(json.loads(sealer.open(bytes(channel.old_secret), bound_to=bound_to)))
    return opened


async def change(
    conn: TenantConnection,
    channel_id: UUID,
    *,
    name: str | None = None,
    assistant_id: UUID | None = None,
    url: str | None = None,
    quiet_hours: int | None = None,
    enabled: bool | None = None,
) -> Channel:
    """The channel with what is given laid over it. Raises: NotFound."""
    changed = await conn.execute(
        """
        update channels
           set name = coalesce(%(name)s, name),
               assistant_id = coalesce(%(assistant_id)s, assistant_id),
               url = coalesce(%(url)s, url),
               quiet_hours = coalesce(%(quiet_hours)s, quiet_hours),
               disabled_at = case when %(enabled)s::boolean is null then disabled_at
                                  when %(enabled)s then null
                                  else coalesce(disabled_at, now()) end
         where tenant_id = %(tenant_id)s
           and channel_id = %(channel_id)s
        """,
        {
            "channel_id": channel_id,
            "name": name,
            "assistant_id": assistant_id,
            "url": url,
            "quiet_hours": quiet_hours,
            "enabled": enabled,
        },
    )
    if changed.rowcount == 0:
        raise NotFound("no such channel")
    return await get(conn, channel_id)


async def replace_secrets(
    conn: TenantConnection,
    channel_id: UUID,
    secrets: dict[str, str],
    *,
    sealer: Sealer,
    overlap_hours: int,
) -> Channel:
    """New secrets, the old ones counting beside them for some hours. Raises: NotFound."""
    changed = await conn.execute(
        """
        update channels
           set old_secret = secret,
               old_secret_until = now() + make_interval(hours => %(hours)s),
               secret = %(secret)s
         where tenant_id = %(tenant_id)s
           and channel_id = %(channel_id)s
        """,
        {
            "channel_id": channel_id,
            "hours": overlap_hours,
            "secret": _sealed(conn, channel_id, secrets, sealer),
        },
    )
    if changed.rowcount == 0:
        raise NotFound("no such channel")
    return await get(conn, channel_id)


async def delete(conn: TenantConnection, channel_id: UUID) -> None:
    """Take a channel away; its conversations stay, what waits to leave by it does not."""
    await get(conn, channel_id)
    named = {"channel_id": channel_id}
    await conn.execute(
        """
        delete from outbox_queue
         where tenant_id = %(tenant_id)s and target_id = %(channel_id)s
        """,
        named,
    )
    await conn.execute(
        "delete from outbox where tenant_id = %(tenant_id)s and target_id = %(channel_id)s", named
    )
    await conn.execute(
        "delete from channels where tenant_id = %(tenant_id)s and channel_id = %(channel_id)s",
        named,
    )
    await channel_routes.forget(conn, ROUTE, str(channel_id))


async def route_of(conn: TenantConnection, conversation_id: UUID) -> Route | None:
    """Where the replies of a conversation go, while its channel is there."""
    return await conn.row(
        Route,
        """
        select r.channel_id, r.address as found_by, r.address_sealed as sealed
          from channel_conversations r
          join channels c using (tenant_id, channel_id)
         where r.tenant_id = %(tenant_id)s
           and r.conversation_id = %(conversation_id)s
        """,
        {"conversation_id": conversation_id},
    )


def _sealed(
    conn: TenantConnection, channel_id: UUID, secrets: dict[str, str], sealer: Sealer
) -> bytes:
    return sealer.seal(json.dumps(secrets), bound_to=_bound_to(conn, channel_id))


def _bound_to(conn: TenantConnection, channel_id: UUID) -> str:
    return f"{conn.tenant_id}:channel:{channel_id}"


def signing_secrets(opened: Sequence[dict[str, str]]) -> list[str]:
    """Those of the secrets that sign what leaves and what comes in."""
    return [one["signing"] for one in opened if "signing" in one]
