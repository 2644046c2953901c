"""Webhook endpoints: where a tenant's events are sent, signed as Standard Webhooks."""

from datetime import UTC, datetime

from fastapi import APIRouter

from server.access.auth import AdminDep
from server.admitting.intake import CheckedRoute
from server.outside.delivery_targets import checked_target
from server.resources import ResourcesDep
from server.routes.deliveries import delivery_shown
from server.shapes.delivery_schemas import (
    DeliveryShown,
    Driven,
    NewWebhookEndpoint,
    Rotation,
    WebhookEndpointChange,
    WebhookEndpointCreated,
    WebhookEndpointShown,
)
from server.shapes.paging import Page, PagingDep
from server.shapes.schemas import Id
from tenants.database.connection import tenant_transaction
from tenants.errors import Conflict
from tenants.ids import new_id
from tenants.outside import deliveries, webhook_endpoints, webhook_events
from tenants.outside.webhook_endpoints import WebhookEndpoint
from tools.webhook_signing import new_secret

router = APIRouter(
    prefix="/v1/webhook-endpoints", tags=["webhook endpoints"], route_class=CheckedRoute
)


@router.post(
    "",
    operation_id="create_webhook_endpoint",
    status_code=201,
    openapi_extra={"x-secret": True},
)
async def create_webhook_endpoint(
    new: NewWebhookEndpoint, caller: AdminDep, held: ResourcesDep
) -> WebhookEndpointCreated:
    """Send events to an address from now on; the answer is the only place that shows its secret."""
    url, secret = checked_target(new.url, held.sender.policy), new_secret()
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        made = await webhook_endpoints.create(
            conn,
            url=url,
            description=new.description,
            events=sorted(set(new.events)),
            secret=secret,
            sealer=held.effect_sealer,
            actor=caller.actor,
        )
    return WebhookEndpointCreated(**_shown(made).model_dump(), secret=secret)


@router.get("", operation_id="list_webhook_endpoints")
async def list_webhook_endpoints(
    caller: AdminDep, held: ResourcesDep
) -> Page[WebhookEndpointShown]:
    """Every endpoint, without its secret."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        found = await webhook_endpoints.all_of(conn)
    return Page[WebhookEndpointShown](data=[_shown(one) for one in found])


@router.get("/{webhook_endpoint_id}", operation_id="get_webhook_endpoint")
async def get_webhook_endpoint(
    webhook_endpoint_id: Id, caller: AdminDep, held: ResourcesDep
) -> WebhookEndpointShown:
    """One endpoint: since when it fails, and why it is disabled if it is."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        return _shown(await webhook_endpoints.get(conn, webhook_endpoint_id))


@router.patch("/{webhook_endpoint_id}", operation_id="change_webhook_endpoint")
async def change_webhook_endpoint(
    webhook_endpoint_id: Id, change: WebhookEndpointChange, caller: AdminDep, held: ResourcesDep
) -> WebhookEndpointShown:
    """Change an endpoint, disable it, or enable it again."""
    url = checked_target(change.url, held.sender.policy) if change.url is not None else None
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        changed = await webhook_endpoints.change(
            conn,
            webhook_endpoint_id,
            url=url,
            description=change.description,
            events=sorted(set(change.events)) if change.events is not None else None,
            enabled=change.enabled,
        )
    return _shown(changed)


@router.delete("/{webhook_endpoint_id}", operation_id="delete_webhook_endpoint", status_code=204)
async def delete_webhook_endpoint(
    webhook_endpoint_id: Id, caller: AdminDep, held: ResourcesDep
) -> None:
    """Take an endpoint away, with its deliveries."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await webhook_endpoints.delete(conn, webhook_endpoint_id)


@router.post(
    "/{webhook_endpoint_id}/rotate-secret",
    operation_id="rotate_webhook_secret",
    openapi_extra={"x-secret": True},
)
async def rotate_webhook_secret(
    webhook_endpoint_id: Id, caller: AdminDep, held: ResourcesDep, body: Rotation | None = None
) -> WebhookEndpointCreated:
    """A new secret, shown once; the old one signs beside it until the overlap is over."""
    secret = new_secret()
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        rotated = await webhook_endpoints.rotate_secret(
            conn,
            webhook_endpoint_id,
            secret,
            sealer=held.effect_sealer,
            overlap_hours=(body or Rotation()).overlap_hours,
        )
    return WebhookEndpointCreated(**_shown(rotated).model_dump(), secret=secret)


@router.post("/{webhook_endpoint_id}/ping", operation_id="ping_webhook_endpoint", status_code=202)
async def ping_webhook_endpoint(
    webhook_endpoint_id: Id, caller: AdminDep, held: ResourcesDep
) -> DeliveryShown:
    """Send a `ping` now; look at the delivery for what came of it."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        endpoint = await webhook_endpoints.get(conn, webhook_endpoint_id)
        if endpoint.disabled_at is not None:
            raise Conflict(f"the endpoint is disabled: {endpoint.disabled_reason}")
        delivery_id = await webhook_events.ping(
            conn, webhook_endpoint_id, at=datetime.now(UTC), key=str(new_id())
        )
        found = await deliveries.get(conn, delivery_id)
    held.sender.wake()
    return delivery_shown(found)


@router.get("/{webhook_endpoint_id}/deliveries", operation_id="list_endpoint_deliveries")
async def list_endpoint_deliveries(
    webhook_endpoint_id: Id, caller: AdminDep, held: ResourcesDep, paging: PagingDep
) -> Page[DeliveryShown]:
    """What was sent to an endpoint lately and what it answered, newest first."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await webhook_endpoints.get(conn, webhook_endpoint_id)
        found = await deliveries.list_page(
            conn, limit=paging.limit + 1, after=paging.after_id, target_id=webhook_endpoint_id
        )
    page = paging.page(found, lambda one: one.outbox_id, delivery_shown)
    return Page[DeliveryShown](**page)


@router.post("/{webhook_endpoint_id}/redrive", operation_id="redrive_webhook_endpoint")
async def redrive_webhook_endpoint(
    webhook_endpoint_id: Id, caller: AdminDep, held: ResourcesDep
) -> Driven:
    """Send an endpoint's dead deliveries again, the oldest thousand at once."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await webhook_endpoints.get(conn, webhook_endpoint_id)
        driven = await deliveries.redrive_all(conn, webhook_endpoint_id)
    held.sender.wake()
    return Driven(driven=driven)


def _shown(endpoint: WebhookEndpoint) -> WebhookEndpointShown:
    return WebhookEndpointShown(
        webhook_endpoint_id=endpoint.webhook_endpoint_id,
        url=endpoint.url,
        description=endpoint.description,
        events=endpoint.events,
        enabled=endpoint.disabled_at is None,
        disabled_at=endpoint.disabled_at,
        disabled_reason=endpoint.disabled_reason,
        failing_since=endpoint.failing_since,
        old_secret_until=endpoint.old_secret_until,
        created_at=endpoint.created_at,
    )
