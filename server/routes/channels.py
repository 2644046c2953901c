"""Channels of the tenant's own: made here; what they send comes in by `channel_inbound.py`."""

from uuid import UUID

from fastapi import APIRouter

from server.access.auth import AdminDep
from server.admitting.intake import CheckedRoute
from server.outside.delivery_targets import checked_target
from server.resources import ResourcesDep
from server.routes.deliveries import delivery_shown
from server.shapes.delivery_schemas import (
    ChannelChange,
    ChannelCreated,
    ChannelShown,
    DeliveryShown,
    Driven,
    NewChannel,
    Rotation,
)
from server.shapes.paging import Page, PagingDep
from server.shapes.schemas import Id
from tenants.configuring import assistants
from tenants.database.connection import TenantConnection, tenant_transaction
from tenants.errors import Invalid, NotFound
from tenants.outside import channels, deliveries
from tenants.outside.channels import Channel
from tools.webhook_signing import new_secret

router = APIRouter(prefix="/v1/channels", tags=["channels"], route_class=CheckedRoute)


@router.post("", operation_id="create_channel", status_code=201, openapi_extra={"x-secret": True})
async def create_channel(new: NewChannel, caller: AdminDep, held: ResourcesDep) -> ChannelCreated:
    """A way for messages to come and replies to leave; its secret is shown this once."""
    url, secret = checked_target(new.url, held.sender.policy), new_secret()
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await _check_assistant(conn, new.assistant_id)
        if len(await channels.all_of(conn)) >= channels.MOST_CHANNELS:
            raise Invalid(f"a tenant has at most {channels.MOST_CHANNELS} channels")
        made = await channels.create(
            conn,
            channels.NewChannel(
                kind=new.kind,
                name=new.name,
                assistant_id=new.assistant_id,
                url=url,
                quiet_hours=new.quiet_hours,
                secrets={"signing": secret},
                settings={},
            ),
            sealer=held.effect_sealer,
            actor=caller.actor,
        )
    return ChannelCreated(**_shown(made).model_dump(), secret=secret)


@router.get("", operation_id="list_channels")
async def list_channels(caller: AdminDep, held: ResourcesDep) -> Page[ChannelShown]:
    """Every channel, without its secret."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        found = await channels.all_of(conn)
    return Page[ChannelShown](data=[_shown(one) for one in found])


@router.get("/{channel_id}", operation_id="get_channel")
async def get_channel(channel_id: Id, caller: AdminDep, held: ResourcesDep) -> ChannelShown:
    """One channel."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        return _shown(await channels.get(conn, channel_id))


@router.patch("/{channel_id}", operation_id="change_channel")
async def change_channel(
    channel_id: Id, change: ChannelChange, caller: AdminDep, held: ResourcesDep
) -> ChannelShown:
    """Change a channel; a disabled one takes nothing, and its replies are given up."""
    url = checked_target(change.url, held.sender.policy) if change.url is not None else None
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await channels.get(conn, channel_id)
        if change.assistant_id is not None:
            await _check_assistant(conn, change.assistant_id)
        changed = await channels.change(
            conn,
            channel_id,
            name=change.name,
            assistant_id=change.assistant_id,
            url=url,
            quiet_hours=change.quiet_hours,
            enabled=change.enabled,
        )
    return _shown(changed)


@router.delete("/{channel_id}", operation_id="delete_channel", status_code=204)
async def delete_channel(channel_id: Id, caller: AdminDep, held: ResourcesDep) -> None:
    """Take a channel away; its conversations stay."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await channels.delete(conn, channel_id)


@router.post(
    "/{channel_id}/rotate-secret",
    operation_id="rotate_channel_secret",
    openapi_extra={"x-secret": True},
)
async def rotate_channel_secret(
    channel_id: Id, caller: AdminDep, held: ResourcesDep, body: Rotation | None = None
) -> ChannelCreated:
    """A new secret, shown once; both ways the old one counts until the overlap is over."""
    secret = new_secret()
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        rotated = await channels.replace_secrets(
            conn,
            channel_id,
            {"signing": secret},
            sealer=held.effect_sealer,
            overlap_hours=(body or Rotation()).overlap_hours,
        )
    return ChannelCreated(**_shown(rotated).model_dump(), secret=secret)


@router.get("/{channel_id}/deliveries", operation_id="list_channel_deliveries")
async def list_channel_deliveries(
    channel_id: Id, caller: AdminDep, held: ResourcesDep, paging: PagingDep
) -> Page[DeliveryShown]:
    """The replies that left by a channel lately, newest first."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await channels.get(conn, channel_id)
        found = await deliveries.list_page(
            conn, limit=paging.limit + 1, after=paging.after_id, target_id=channel_id
        )
    page = paging.page(found, lambda one: one.outbox_id, delivery_shown)
    return Page[DeliveryShown](**page)


@router.post("/{channel_id}/redrive", operation_id="redrive_channel")
async def redrive_channel(channel_id: Id, caller: AdminDep, held: ResourcesDep) -> Driven:
    """Send a channel's dead replies again, the oldest thousand at once."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await channels.get(conn, channel_id)
        driven = await deliveries.redrive_all(conn, channel_id)
    held.sender.wake()
    return Driven(driven=driven)


async def _check_assistant(conn: TenantConnection, assistant_id: UUID) -> None:
    found = await assistants.get(conn, assistant_id)
    if found.archived_at is not None:
        raise NotFound("no such assistant")


def _shown(channel: Channel) -> ChannelShown:
    return ChannelShown(
        channel_id=channel.channel_id,
        kind=channel.kind,
        name=channel.name,
        assistant_id=channel.assistant_id,
        url=channel.url,
        quiet_hours=channel.quiet_hours,
        enabled=channel.disabled_at is None,
        old_secret_until=channel.old_secret_until,
        created_at=channel.created_at,
    )
