"""Events of a conversation on their way to the tenant's webhook endpoints."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.outside import outbox
from tenants.outside.outbox import NewDelivery

PING = "ping"


class Happened(Protocol):
    """An event as it stands in the log."""

    @property
    def event_id(self) -> int: ...
    @property
    def turn_id(self) -> UUID | None: ...
    @property
    def type(self) -> str: ...
    @property
    def data(self) -> dict[str, Any]: ...
    @property
    def created_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class _Wanting:
    webhook_endpoint_id: UUID
    events: list[str]


async def leave(
    conn: TenantConnection, conversation_id: UUID, happened: Sequence[Happened]
) -> None:
    """Queue the events for every endpoint that wants them, in the transaction that writes them."""
    wanting = await _wanting(conn, conversation_id)
    await outbox.put(
        conn,
        [
            NewDelivery(
                kind="webhook",
                effect_key=f"event:{conversation_id}:{event.event_id}:{one.webhook_endpoint_id}",
                event=event.type,
                target_id=one.webhook_endpoint_id,
                body=_body(conversation_id, event),
                conversation_id=conversation_id,
                turn_id=event.turn_id,
            )
            for event in happened
            for one in wanting
            if not one.events or event.type in one.events
        ],
    )


async def tell(
    conn: TenantConnection,
    conversation_id: UUID,
    event: str,
    data: dict[str, Any],
    *,
    at: datetime,
    key: str,
) -> None:
    """Queue what is no contact's to see, and so stands in no log, for every endpoint that wants it."""
    body = {
        "type": event,
        "timestamp": _time(at),
        "data": data | {"conversation_id": str(conversation_id)},
    }
    await outbox.put(
        conn,
        [
            NewDelivery(
                kind="webhook",
                effect_key=f"{key}:{one.webhook_endpoint_id}",
                event=event,
                target_id=one.webhook_endpoint_id,
                body=body,
                conversation_id=conversation_id,
            )
            for one in await _wanting(conn, conversation_id)
            if not one.events or event in one.events
        ],
    )


async def ping(conn: TenantConnection, endpoint_id: UUID, *, at: datetime, key: str) -> UUID:
    """The delivery that tries an endpoint, whatever events it wants."""
    body = {"type": PING, "timestamp": _time(at), "data": {"webhook_endpoint_id": str(endpoint_id)}}
    made = NewDelivery("webhook", f"ping:{key}", PING, endpoint_id, body)
    return (await outbox.put(conn, [made]))[0]


async def _wanting(conn: TenantConnection, conversation_id: UUID) -> list[_Wanting]:
    return await conn.rows(
        _Wanting,
        """
        select webhook_endpoint_id, events
          from webhook_endpoints
         where tenant_id = %(tenant_id)s
           and disabled_at is null
           and not exists (select from conversations c
                            where c.tenant_id = %(tenant_id)s
                              and c.conversation_id = %(conversation_id)s
                              and c.origin = 'fork')
        """,
        {"conversation_id": conversation_id},
    )


def _body(conversation_id: UUID, event: Happened) -> dict[str, Any]:
    data = event.data | {"conversation_id": str(conversation_id), "event_id": event.event_id}
    if event.turn_id is not None:
        data["turn_id"] = str(event.turn_id)
    return {"type": event.type, "timestamp": _time(event.created_at), "data": data}


def _time(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
