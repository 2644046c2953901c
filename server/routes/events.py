"""Events: a conversation's log as a stream that can be taken up again anywhere."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query
from fastapi.responses import Response

from server.access.auth import HandoffsDep, TalkDep
from server.access.open_streams import refused, while_allowed
from server.admitting.intake import CheckedRoute
from server.resources import Resources, ResourcesDep
from server.routes.conversations import own_conversation
from server.running.sse import stream
from server.running.stream_queue import Frame
from server.running.streams import PING, PING_SECONDS
from server.running.tenant_wakes import POLL_SECONDS
from server.shapes.schemas import Id
from tenants.database.connection import tenant_transaction
from tenants.desk import inbox
from tenants.errors import Invalid

router = APIRouter(prefix="/v1", tags=["events"], route_class=CheckedRoute)
_STREAM = {200: {"description": "Events.", "content": {"text/event-stream": {}}}}
_OVERLAP = timedelta(seconds=5)  # a transaction that began before the last look may end after it


@router.get(
    "/conversations/{conversation_id}/events",
    operation_id="stream_events",
    responses={**_STREAM},
    response_class=Response,
)
async def stream_events(
    conversation_id: Id,
    caller: TalkDep,
    held: ResourcesDep,
    last_event_id: Annotated[str | None, Header(max_length=40)] = None,
    after: Annotated[int, Query(ge=0, le=2**53, description="As `Last-Event-ID`.")] = 0,
) -> Response:
    """Every event after `Last-Event-ID` (from the first on without it), then as they happen."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        found = await own_conversation(conn, caller, conversation_id)
    seen = min(read_event_id(last_event_id, after), found.last_event_id)
    frames = held.hub.read(caller.tenant_id, conversation_id, seen)
    return stream(while_allowed(frames, held.sockets, caller, refused))


@router.get(
    "/inbox/events",
    operation_id="stream_inbox",
    responses={**_STREAM},
    response_class=Response,
)
async def stream_inbox(caller: HandoffsDep, held: ResourcesDep) -> Response:
    """Handoffs and conversations of the tenant as they change, for consoles."""
    frames = inbox_frames(held, caller.tenant_id)
    return stream(while_allowed(frames, held.sockets, caller, refused))


def read_event_id(text: str | None, otherwise: int = 0) -> int:
    """The number in a `Last-Event-ID`. Raises: Invalid."""
    if text is None or text == "":
        return otherwise
    if not (text.isascii() and text.isdigit()) or len(text) > 16:
        raise Invalid("Last-Event-ID: the number of an event, as this server gave it")
    return int(text)


async def inbox_frames(held: Resources, tenant_id: UUID) -> AsyncIterator[Frame]:
    """What changes among a tenant's handoffs, approvals and conversations from now on."""
    async with tenant_transaction(held.pool, tenant_id) as conn:
        moment = await inbox.now(conn)
    shown: dict[UUID, tuple[str, datetime]] = {}
    quiet = 0.0
    async for going in held.hub.changes(tenant_id):
        if not going:
            yield Frame("reconnect", {"after_ms": 1_000})
            return
        async with tenant_transaction(held.pool, tenant_id) as conn:
            found = await inbox.changes_since(conn, moment - _OVERLAP)
        fresh = [c for c in found if shown.get(c.id) != (c.status, c.changed_at)]
        for change in fresh:
            shown[change.id] = (change.status, change.changed_at)
            moment = max(moment, change.changed_at)
            yield _changed(change)
        for gone in [key for key, (_, at) in shown.items() if at < moment - 2 * _OVERLAP]:
            del shown[gone]
        quiet = 0.0 if fresh else quiet + POLL_SECONDS
        if quiet >= PING_SECONDS:
            quiet = 0.0
            yield PING


def _changed(change: inbox.Change) -> Frame:
    data = {
        "conversation_id": str(change.conversation_id),
        "status": change.status,
        "changed_at": change.changed_at.isoformat().replace("+00:00", "Z"),
    }
    if change.kind == "approval":
        data |= {"approval_id": str(change.id), "tool": change.reason or ""}
    if change.kind == "handoff":
        data |= {"handoff_id": str(change.id), "reason": change.reason or ""}
    return Frame(f"{change.kind}_updated", data)
