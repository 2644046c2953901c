"""What a custom channel sends: contacts' messages and the state of ours, signed as Standard Webhooks.

Who calls is known by the signature alone, so a channel that does not exist answers like a signature
that does not fit.
"""

import time
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from server.access.auth import Caller
from server.admitting.bodies import json_body, json_schema
from server.admitting.idempotency import answer_once
from server.admitting.intake import CheckedRoute
from server.resources import Resources, ResourcesDep
from server.routes.messages import Said, take
from server.shapes.delivery_schemas import (
    Inbound,
    InboundTaken,
    SaidThere,
    StateTaken,
    StateThere,
)
from server.shapes.schemas import Id
from tenants import tenants
from tenants.database.connection import TenantConnection, tenant_transaction
from tenants.errors import Denied, NotFound, Suspended, Unauthenticated
from tenants.outside import channel_inbound, channel_routes, channels, delivery_states
from tenants.outside.channels import Channel
from tenants.transcripts.blocks import parse_blocks
from tenants.transcripts.conversations import Locked
from tools.webhook_signing import new_secret, verified

MAX_BODY_BYTES = 262_144


class InboundRoute(CheckedRoute):
    """The route class of what strangers sign: small bodies."""

    max_body_bytes = MAX_BODY_BYTES


router = APIRouter(prefix="/v1/channels", tags=["channels"], route_class=InboundRoute)
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"model": StateTaken, "description": "The message's state, as it is now."},
    202: {"model": InboundTaken, "description": "The message is kept; its turn goes on."},
}


@router.post(
    "/{channel_id}/inbound",
    operation_id="take_channel_event",
    responses=_ANSWERS,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": json_schema(Inbound)}},
        },
        "x-signed": "standard-webhooks",
    },
)
async def take_channel_event(channel_id: Id, request: Request, held: ResourcesDep) -> Response:
    """Take a contact's message or a state; the same `external_message_id` is taken once."""
    await held.request_limiter.take(f"channel:{channel_id}")
    tenant_id, channel = await _signed_by(held, channel_id, request)

    async def handle(request: Request) -> Response:
        event = (await json_body(request, Inbound)).root
        if event.type == "message":
            taken = await _take_message(held, tenant_id, channel, event.data)
            return JSONResponse(taken.model_dump(mode="json"), 202)
        moved = await _take_state(held, tenant_id, channel, event.data)
        return JSONResponse(moved.model_dump(mode="json"))

    key = request.headers.get("idempotency-key")
    if key is None:
        return await handle(request)
    asker = (tenant_id, f"channel:{channel_id}")
    return await answer_once(request, handle, key=key, secret=False, asker=asker)


async def _signed_by(held: Resources, channel_id: UUID, request: Request) -> tuple[UUID, Channel]:
    """Tenant and channel of a request that is signed. Raises: Unauthenticated, Denied, Suspended."""
    tenant_id = await channel_routes.find_tenant(held.pool, channels.ROUTE, str(channel_id))
    status, channel, secrets = "", None, [new_secret()]
    if tenant_id is not None:
        async with tenant_transaction(held.pool, tenant_id) as conn:
            status = (await tenants.get(conn)).status
            channel = await channels.get(conn, channel_id)
            secrets = channels.signing_secrets(
                channels.secrets_of(conn, channel, held.effect_sealer)
            )
    body = await request.body()
    verified(secrets, request.headers, body, now_seconds=time.time())
    if tenant_id is None or channel is None:
        raise Unauthenticated("the signature does not fit the body, or it is too old")
    if status != "active":
        raise Suspended("the tenant is suspended")
    if channel.disabled_at is not None:
        raise Denied("the channel is disabled")
    return tenant_id, channel


async def _take_message(
    held: Resources, tenant_id: UUID, channel: Channel, there: SaidThere
) -> InboundTaken:
    blocks = parse_blocks(there.text, there.content, max_chars=held.settings.max_message_chars)

    async def conversation(conn: TenantConnection) -> Locked:
        return await channel_inbound.conversation_for(
            conn, channel, there.address, there.external_message_id, name=there.name or ""
        )

    said = Said(
        blocks,
        channel_id=channel.channel_id,
        external_message_id=there.external_message_id,
    )
    # a program of the tenant's, without any scope
    caller = Caller("api_key", str(channel.channel_id), f"channel:{channel.channel_id}", tenant_id)
    accepted = (await take(held, caller, said, conversation)).accepted
    return InboundTaken(
        message_id=accepted.message_id,
        conversation_id=accepted.conversation_id,
        turn_id=accepted.turn_id,
        duplicate=accepted.duplicate,
    )


async def _take_state(
    held: Resources, tenant_id: UUID, channel: Channel, there: StateThere
) -> StateTaken:
    async with tenant_transaction(held.pool, tenant_id) as conn:
        found = await delivery_states.find_sent(
            conn,
            channel.channel_id,
            message_id=there.message_id,
            external_message_id=there.external_message_id,
        )
        if found is None:
            raise NotFound("no message of ours left on this channel under that id")
        moved = await delivery_states.advance(conn, found.message_id, there.state)
    state = there.state if moved else found.delivery_state
    return StateTaken(message_id=found.message_id, delivery_state=state)
