"""Connectors: the tenant's own services that its assistants may ask, each tried before it is used."""

import time
from typing import Any

from fastapi import APIRouter

from server.access.auth import AssistantsDep
from server.admitting.intake import CheckedRoute
from server.outside.delivery_targets import checked_target
from server.outside.looking import asked_server, check_free, choices, looked_at
from server.outside.tooling import Tooling
from server.outside.trying import tried_tool
from server.resources import ResourcesDep
from server.shapes.connector_schemas import (
    AnySettings,
    ConnectorChange,
    ConnectorShown,
    ConnectorTest,
    ConnectorTested,
    NewConnector,
)
from server.shapes.connector_shown import shown
from server.shapes.paging import Page
from server.shapes.schemas import Id
from tenants.database.connection import tenant_transaction
from tenants.errors import Invalid
from tenants.outside import connectors
from tenants.outside.connectors import Connector
from tools.connector import Connector as Service
from tools.connector_settings import KINDS, ConnectorSettings, ServiceSettings
from tools.errors import ToolUnavailable
from tools.own_operations import ChosenOperation
from tools.own_settings import OwnSettings

router = APIRouter(prefix="/v1/connectors", tags=["connectors"], route_class=CheckedRoute)


@router.post("", operation_id="create_connector", status_code=201)
async def create_connector(
    new: NewConnector, caller: AssistantsDep, held: ResourcesDep
) -> ConnectorShown:
    """Connect a service; the secret is kept sealed and never shown again."""
    checked_target(new.settings.base_url, held.tooling.policy)
    _check_secret(new.settings, new.secret is not None)
    secret = new.secret.get_secret_value() if new.secret else None
    looked, made_of = None, list[ChosenOperation]()
    if new.kind == "http" and (new.document is not None or new.document_url is not None):
        raise Invalid("document: it is for connectors of the kind `openapi`")
    if (new.kind == "http") != isinstance(new.settings, ConnectorSettings):
        raise Invalid("settings: `http` has `operations`, the other kinds have `tools`")
    if isinstance(new.settings, OwnSettings):
        if new.kind == "mcp":
            looked = await asked_server(new.name, new.settings, secret or "", held.tooling)
        else:
            looked = await looked_at(new, held.tooling)
        made_of = choices(new.settings, looked.operations)
        await check_free(held.tooling, caller.tenant_id, new.settings, ())
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        if len(await connectors.all_of(conn)) >= connectors.MOST_CONNECTORS:
            raise Invalid(f"a tenant has at most {connectors.MOST_CONNECTORS} connectors")
        made = await connectors.create(
            conn,
            new.kind,
            new.name,
            settings=new.settings.model_dump(mode="json"),
            secret=secret,
            sealer=held.tooling.sealer,
            actor=caller.actor,
            looked=looked,
            chosen=made_of,
        )
    held.tooling.forget(caller.tenant_id)
    return shown(made)


@router.get("", operation_id="list_connectors")
async def list_connectors(caller: AssistantsDep, held: ResourcesDep) -> Page[ConnectorShown]:
    """Every connector, without its secret; where two serve the same, the first one does."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        found = await connectors.all_of(conn)
    return Page[ConnectorShown](data=[shown(one) for one in found])


@router.get("/{connector_id}", operation_id="get_connector")
async def get_connector(
    connector_id: Id, caller: AssistantsDep, held: ResourcesDep
) -> ConnectorShown:
    """One connector, without its secret."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        return shown(await connectors.get(conn, connector_id))


@router.patch("/{connector_id}", operation_id="change_connector")
async def change_connector(
    connector_id: Id, change: ConnectorChange, caller: AssistantsDep, held: ResourcesDep
) -> ConnectorShown:
    """Change a connector; every replica goes by it within a second."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        before = await connectors.get(conn, connector_id)
        known = await connectors.operations_of(conn, connector_id)
    settings, made_of = change.settings, None
    if settings is not None:
        _check_change(settings, before, change, held.tooling)
    if isinstance(settings, OwnSettings):
        made_of = choices(settings, known)
        named = [str(one["setting"]["name"]) for one in before.chosen]
        await check_free(held.tooling, caller.tenant_id, settings, named)
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        changed = await connectors.change(
            conn,
            connector_id,
            sealer=held.tooling.sealer,
            name=change.name,
            settings=settings.model_dump(mode="json") if settings else None,
            secret=change.secret.get_secret_value() if change.secret else None,
            enabled=change.enabled,
            chosen=made_of,
        )
    held.tooling.forget(caller.tenant_id)
    return shown(changed)


@router.delete("/{connector_id}", operation_id="delete_connector", status_code=204)
async def delete_connector(connector_id: Id, caller: AssistantsDep, held: ResourcesDep) -> None:
    """Forget a connector with its secret; tools that need it are no longer offered."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        await connectors.delete(conn, connector_id)
    held.tooling.forget(caller.tenant_id)


@router.post("/{connector_id}/test", operation_id="test_connector")
async def test_connector(
    connector_id: Id, test: ConnectorTest, caller: AssistantsDep, held: ResourcesDep
) -> ConnectorTested:
    """Make one call that reads, and show what it gives by our names."""
    async with tenant_transaction(held.pool, caller.tenant_id) as conn:
        row = await connectors.get(conn, connector_id)
    if row.kind != "http":
        return await tried_tool(row, test, caller.tenant_id, held.tooling)
    settings = ConnectorSettings.model_validate(row.settings)
    kind = KINDS.get(test.operation)
    if kind is None or test.operation not in settings.operations:
        raise Invalid("operation: the connector has none of this name")
    if kind.has_effect:
        raise Invalid("operation: one that has an effect is not tried")
    missing = settings.operations[test.operation].places() - test.values.keys() - {"limit"}
    if missing:
        raise Invalid(f"values: {min(missing)!r} is missing")
    secret = row.opened(caller.tenant_id, held.tooling.sealer)
    service = Service(row.name, settings, secret, held.tooling.client)
    began = time.perf_counter()
    records: list[dict[str, Any]] = []
    problem = ""
    try:
        values = {"limit": 5} | dict(test.values)
        if kind.is_list:
            many = await service.many(kind.gives, test.operation, values)
            records = [one.model_dump(mode="json") for one in many]
        else:
            one = await service.one(kind.gives, test.operation, values)
            records = [] if one is None else [one.model_dump(mode="json")]
    except ToolUnavailable as error:
        problem = error.detail
    milliseconds = round((time.perf_counter() - began) * 1_000, 1)
    return ConnectorTested(
        ok=not problem, records=records, problem=problem, milliseconds=milliseconds
    )


def _check_change(
    settings: AnySettings, before: Connector, change: ConnectorChange, tooling: Tooling
) -> None:
    """Raises: Invalid, AddressRefused."""
    if (before.kind == "http") != isinstance(settings, ConnectorSettings):
        raise Invalid("settings: `http` has `operations`, the other kinds have `tools`")
    if settings.base_url != before.settings.get("base_url"):
        if before.secret is not None and change.secret is None:
            raise Invalid(
                "secret: give it anew with another base_url, so that it goes nowhere unasked"
            )
        checked_target(settings.base_url, tooling.policy)
    _check_secret(settings, change.secret is not None or before.secret is not None)


def _check_secret(settings: ServiceSettings, has_secret: bool) -> None:
    """Raises: Invalid."""
    if settings.auth.kind != "none" and not has_secret:
        raise Invalid(f"secret: signing in by {settings.auth.kind} needs one")
