"""Addresses to which a tenant wants its events sent, each with a secret of its own, sealed.

After a rotation the old secret signs beside the new one for some time. An endpoint that fails for
days, or says that it is gone, is disabled with a reason that is shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tenants.actors import Actor
from tenants.database.connection import TenantConnection
from tenants.errors import Invalid, NotFound
from tenants.ids import new_id
from tenants.keys.sealing import Sealer

MOST_ENDPOINTS = 20  # of one tenant
DISABLED_AFTER_HOURS = 120  # of failures without one success


@dataclass(frozen=True, slots=True)
class WebhookEndpoint:
    """`events` empty: all of them."""

    webhook_endpoint_id: UUID
    url: str
    description: str
    events: list[str]
    secret: bytes
    old_secret: bytes | None
    old_secret_until: datetime | None
    failing_since: datetime | None
    disabled_at: datetime | None
    disabled_reason: str | None
    created_at: datetime


async def create(
    conn: TenantConnection,
    *,
    url: str,
    description: str,
    events: Sequence[str],
    secret: str,
    sealer: Sealer,
    actor: Actor,
) -> WebhookEndpoint:
    """An endpoint that gets what happens from now on. Raises: Invalid where there are too many."""
    if len(await all_of(conn)) >= MOST_ENDPOINTS:
        raise Invalid(f"a tenant has at most {MOST_ENDPOINTS} webhook endpoints")
    endpoint_id = new_id()
    await conn.execute(
        """
        insert into webhook_endpoints (tenant_id, webhook_endpoint_id, url, description, events,
                                       secret, actor_kind, actor_id)
        values (%(tenant_id)s, %(endpoint_id)s, %(url)s, %(description)s, %(events)s, %(secret)s,
                %(actor_kind)s, %(actor_id)s)
        """,
        {
            "endpoint_id": endpoint_id,
            "url": url,
            "description": description,
            "events": list(events),
            "secret": sealer.seal(secret, bound_to=_bound_to(conn, endpoint_id)),
            "actor_kind": actor.kind,
            "actor_id": actor.id,
        },
    )
    return await get(conn, endpoint_id)


async def get(conn: TenantConnection, endpoint_id: UUID) -> WebhookEndpoint:
    """One endpoint. Raises: NotFound."""
    found = await conn.row(
        WebhookEndpoint,
        """
        select webhook_endpoint_id, url, description, events, secret, old_secret,
               case when old_secret_until > now() then old_secret_until end as old_secret_until,
               failing_since, disabled_at, disabled_reason, created_at
          from webhook_endpoints
         where tenant_id = %(tenant_id)s
           and webhook_endpoint_id = %(endpoint_id)s
        """,
        {"endpoint_id": endpoint_id},
    )
    if found is None:
        raise NotFound("no such webhook endpoint")
    return found


async def all_of(conn: TenantConnection) -> list[WebhookEndpoint]:
    """The tenant's endpoints, oldest first."""
    return await conn.rows(
        WebhookEndpoint,
        """
        select webhook_endpoint_id, url, description, events, secret, old_secret,
               case when old_secret_until > now() then old_secret_until end as old_secret_until,
               failing_since, disabled_at, disabled_reason, created_at
          from webhook_endpoints
         where tenant_id = %(tenant_id)s
         order by webhook_endpoint_id
        """,
    )


def secrets_of(conn: TenantConnection, endpoint: WebhookEndpoint, sealer: Sealer) -> list[str]:
    """The secrets that sign now, the newest first."""
    bound_to = _bound_to(conn, endpoint.webhook_endpoint_id)
    opened = [sealer.open(bytes(endpoint.secret), bound_to=bound_to)]
    if endpoint.old_secret is not None and endpoint.old_secret_until is not None:
        opened.append(sealer.open(bytes(endpoint.old_secret), bound_to=bound_to))
    return opened


async def change(
    conn: TenantConnection,
    endpoint_id: UUID,
    *,
    url: str | None = None,
    description: str | None = None,
    events: Sequence[str] | None = None,
    enabled: bool | None = None,
) -> WebhookEndpoint:
    """The endpoint with what is given laid over it; enabling it forgets its failures."""
    changed = await conn.execute(
        """
        update webhook_endpoints
           set url = coalesce(%(url)s, url),
               description = coalesce(%(description)s, description),
               events = coalesce(%(events)s, events),
               failing_since = case when %(enabled)s::boolean then null else failing_since end,
               disabled_at = case when %(enabled)s::boolean is null then disabled_at
                                  when %(enabled)s then null
                                  else coalesce(disabled_at, now()) end,
               disabled_reason = case when %(enabled)s::boolean is null then disabled_reason
                                      when %(enabled)s then null
                                      else coalesce(disabled_reason, 'disabled by the tenant') end
         where tenant_id = %(tenant_id)s
           and webhook_endpoint_id = %(endpoint_id)s
        """,
        {
            "endpoint_id": endpoint_id,
            "url": url,
            "description": description,
            "events": None if events is None else list(events),
            "enabled": enabled,
        },
    )
    if changed.rowcount == 0:
        raise NotFound("no such webhook endpoint")
    return await get(conn, endpoint_id)


async def rotate_secret(
    conn: TenantConnection, endpoint_id: UUID, secret: str, *, sealer: Sealer, overlap_hours: int
) -> WebhookEndpoint:
    """A new secret; the old one signs beside it for some hours. Raises: NotFound."""
    changed = await conn.execute(
        """
        update webhook_endpoints
           set old_secret = secret,
               old_secret_until = now() + make_interval(hours => %(hours)s),
               secret = %(secret)s
         where tenant_id = %(tenant_id)s
           and webhook_endpoint_id = %(endpoint_id)s
        """,
        {
            "endpoint_id": endpoint_id,
            "hours": overlap_hours,
            "secret": sealer.seal(secret, bound_to=_bound_to(conn, endpoint_id)),
        },
    )
    if changed.rowcount == 0:
        raise NotFound("no such webhook endpoint")
    return await get(conn, endpoint_id)


async def delete(conn: TenantConnection, endpoint_id: UUID) -> None:
    """Take an endpoint away with its deliveries. Raises: NotFound."""
    await get(conn, endpoint_id)
    named = {"endpoint_id": endpoint_id}
    await conn.execute(
        """
        delete from outbox_queue
         where tenant_id = %(tenant_id)s and target_id = %(endpoint_id)s
        """,
        named,
    )
    await conn.execute(
        "delete from outbox where tenant_id = %(tenant_id)s and target_id = %(endpoint_id)s", named
    )
    await conn.execute(
        """
        delete from webhook_endpoints
         where tenant_id = %(tenant_id)s and webhook_endpoint_id = %(endpoint_id)s
        """,
        named,
    )


async def note_success(conn: TenantConnection, endpoint_id: UUID) -> None:
    """It answers: earlier failures no longer count."""
    await conn.execute(
        """
        update webhook_endpoints
           set failing_since = null
         where tenant_id = %(tenant_id)s
           and webhook_endpoint_id = %(endpoint_id)s
           and failing_since is not null
        """,
        {"endpoint_id": endpoint_id},
    )


async def note_failure(conn: TenantConnection, endpoint_id: UUID, *, is_gone: bool) -> bool:
    """Count a failure; True where it was the one that disabled the endpoint."""
    changed = await conn.execute(
        """
        update webhook_endpoints
           set disabled_at = now(),
               disabled_reason = case when %(is_gone)s
                   then 'it answered 410: the receiver wants nothing more'
                   else 'it has failed since ' || to_char(failing_since, 'YYYY-MM-DD HH24:MI')
                        || ' UTC without one success' end
         where tenant_id = %(tenant_id)s
           and webhook_endpoint_id = %(endpoint_id)s
           and disabled_at is null
           and (%(is_gone)s or failing_since < now() - make_interval(hours => %(hours)s))
        """,
        {"endpoint_id": endpoint_id, "is_gone": is_gone, "hours": DISABLED_AFTER_HOURS},
    )
    await conn.execute(
        """
        update webhook_endpoints
           set failing_since = now()
         where tenant_id = %(tenant_id)s
           and webhook_endpoint_id = %(endpoint_id)s
           and failing_since is null
        """,
        {"endpoint_id": endpoint_id},
    )
    return changed.rowcount > 0


def _bound_to(conn: TenantConnection, endpoint_id: UUID) -> str:
    return f"{conn.tenant_id}:webhook:{endpoint_id}"
