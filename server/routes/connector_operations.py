"""What a connector's service can be asked: listed, and looked at anew."""

from uuid import UUID

from fastapi import APIRouter

from server.access.auth import AssistantsDep
from server.admitting.intake import CheckedRoute
from server.outside.looking import asked_server, looked_at
from server.resources import Resources, ResourcesDep
from server.shapes.connector_schemas import LookedAt, ServiceOperationShown
from server.shapes.connector_shown import operation_shown
from server.shapes.paging import Page
from server.shapes.schemas import Id
from tenants.database.connection import tenant_transaction
from tenants.errors import Invalid
from tenants.outside import connectors
from tools.own_settings import OwnSettings

router = APIRouter(
    prefix="/v1/connectors/{connector_id}/operations",
    tags=["connectors"],
    route_class=CheckedRoute,
)


@router.get("", operation_id="list_connector_operations")
async def list_connector_operations(
    connector_id: Id, caller: AssistantsDep, held: ResourcesDep
) -> Page[ServiceOperationShown]:
    """What the service can be asked, as it was looked at last; empty for the kind `http`."""
    return await _listed(held, caller.tenant_id, connector_id)


@router.post("", operation_id="look_at_connector")
async def look_at_connector(
    connector_id: Id, told: LookedAt, caller: AssistantsDep, held: ResourcesDep
) -> Page[ServiceOperationShown]:
    """Look at the service again: its list of tools, or a document that is sent or fetched anew.

    Tools whose operation is not as it was when they were chosen are out of use from now on, until
    their connector's settings are given again.
    """
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        row = await connectors.get(conn, connector_id)
    if row.kind == "http":
        raise Invalid("a connector of the kind `http` has the operations that its settings name")
    if row.kind == "mcp":
        settings = OwnSettings.model_validate(row.settings)
        secret = row.opened(caller.tenant_id, held.tooling.sealer)
        looked = await asked_server(row.name, settings, secret, held.tooling)
    else:
        if told.document is None and told.document_url is None and row.document_url:
            told = LookedAt(document_url=row.document_url)
        looked = await looked_at(told, held.tooling)
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await connectors.look(conn, connector_id, looked)
    held.tooling.forget(caller.tenant_id)
    return await _listed(held, caller.tenant_id, connector_id)


async def _listed(
    held: Resources, tenant_id: UUID, connector_id: UUID
) -> Page[ServiceOperationShown]:
    async with tenant_transaction(held.pool, tenant_id) as conn:
        row = await connectors.get(conn, connector_id)
        found = await connectors.operations_of(conn, connector_id)
    named = {str(one["setting"]["operation"]): str(one["setting"]["name"]) for one in row.chosen}
    return Page[ServiceOperationShown](data=[operation_shown(one, named) for one in found])
