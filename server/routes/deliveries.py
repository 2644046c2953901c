"""Deliveries: what left, what waits, and what was given up and may be driven again."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from server.access.auth import AdminDep
from server.admitting.intake import CheckedRoute
from server.resources import ResourcesDep
from server.shapes.delivery_schemas import DeliveryShown
from server.shapes.paging import Page, PagingDep
from server.shapes.schemas import Id
from tenants.database.connection import tenant_transaction
from tenants.outside import deliveries
from tenants.outside.deliveries import Delivery

router = APIRouter(prefix="/v1/deliveries", tags=["deliveries"], route_class=CheckedRoute)


@router.get("", operation_id="list_deliveries")
async def list_deliveries(
    caller: AdminDep,
    held: ResourcesDep,
    paging: PagingDep,
    state: Annotated[Literal["queued", "sent", "dead"] | None, Query()] = None,
    conversation_id: Annotated[Id | None, Query()] = None,
) -> Page[DeliveryShown]:
    """Deliveries, newest first; `state=dead` are those that were given up."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        found = await deliveries.list_page(
            conn,
            limit=paging.limit + 1,
            after=paging.after_id,
            state=state,
            conversation_id=conversation_id,
        )
    page = paging.page(found, lambda one: one.outbox_id, delivery_shown)
    return Page[DeliveryShown](**page)


@router.get("/{delivery_id}", operation_id="get_delivery")
async def get_delivery(delivery_id: Id, caller: AdminDep, held: ResourcesDep) -> DeliveryShown:
    """One delivery with its last tries."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        return delivery_shown(await deliveries.get(conn, delivery_id))


@router.post("/{delivery_id}/redrive", operation_id="redrive_delivery")
async def redrive_delivery(delivery_id: Id, caller: AdminDep, held: ResourcesDep) -> DeliveryShown:
    """Send a dead delivery again, under the same id."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        driven = await deliveries.redrive(conn, delivery_id)
    held.sender.wake()
    return delivery_shown(driven)


def delivery_shown(delivery: Delivery) -> DeliveryShown:
    """A delivery as every call shows it."""
    is_webhook = delivery.kind == "webhook"
    return DeliveryShown(
        delivery_id=delivery.outbox_id,
        kind=delivery.kind,
        event=delivery.event,
        webhook_endpoint_id=delivery.target_id if is_webhook else None,
        channel_id=None if is_webhook else delivery.target_id,
        conversation_id=delivery.conversation_id,
        turn_id=delivery.turn_id,
        message_id=delivery.message_id,
        state=delivery.state,
        attempts=delivery.attempts,
        next_try_at=delivery.next_try_at,
        created_at=delivery.created_at,
        finished_at=delivery.finished_at,
        tries=delivery.shown_tries,
    )
