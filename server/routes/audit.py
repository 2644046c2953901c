"""The tenant's audit log: who did what, from where, and what changed."""

import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from server.access.auth import AdminDep
from server.admitting.intake import CheckedRoute
from server.resources import Resources, ResourcesDep
from server.shapes.paging import Page, PagingDep
from server.shapes.schemas import Shown
from tenants.database.connection import tenant_transaction
from tenants.errors import Invalid
from tenants.keeping import audit
from tenants.keeping.audit import Logged, Wanted

router = APIRouter(prefix="/v1/audit", tags=["audit"], route_class=CheckedRoute)
_Text = Annotated[str | None, Query(max_length=200)]


class AuditRow(Shown):
    seq: int
    at: datetime
    actor: dict[str, str]
    action: str
    subject: str
    address: str
    browser: str
    details: dict[str, Any]
    hash: str


@router.get("", operation_id="list_audit")
async def list_audit(
    caller: AdminDep,
    held: ResourcesDep,
    paging: PagingDep,
    actor_id: _Text = None,
    action: _Text = None,
    subject: _Text = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Page[AuditRow]:
    """Acts, the newest first; `subject` is for example `operator:<id>`."""
    for moment in (since, until):
        if moment is not None and moment.tzinfo is None:
            raise Invalid("since, until: say the time zone, as in 2030-01-01T00:00:00Z")
    wanted = Wanted(actor_id, action, subject, since, until)
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        found = await audit.list_page(
            conn, wanted, limit=paging.limit + 1, before=paging.after_number or None
        )
    return Page[AuditRow](**paging.page(found, lambda row: row.seq, Logged.public))


@router.get(
    "/export",
    operation_id="export_audit",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/x-ndjson": {}}}},
)
async def export_audit(
    caller: AdminDep,
    held: ResourcesDep,
    after: Annotated[int, Query(ge=0, le=2**53, description="Rows behind this number.")] = 0,
) -> StreamingResponse:
    """The whole log as lines of JSON in its order, each with the hash that chains it."""
    return StreamingResponse(
        _lines(held, caller.tenant_id, after), media_type="application/x-ndjson"
    )


async def _lines(held: Resources, tenant_id: Any, after: int) -> AsyncIterator[str]:
    async for batch in audit.read_all(held.pool, tenant_id, after=after):
        yield "".join(f"{json.dumps(row.public(), ensure_ascii=False)}\n" for row in batch)
