"""One call of a tool of the tenant's own, made by whoever sets it up."""

import time
from dataclasses import replace
from typing import Any
from uuid import UUID

from server.outside.tooling import Tooling
from server.shapes.connector_schemas import ConnectorTest, ConnectorTested
from tenants.errors import Invalid
from tenants.ids import new_id
from tenants.outside.connectors import Connector
from tools.calling import call_tool, may_call
from tools.contract import ToolContext
from tools.errors import ArgumentRejected, ToolUnavailable


async def tried_tool(
    row: Connector, test: ConnectorTest, tenant_id: UUID, tooling: Tooling
) -> ConnectorTested:
    """What a tool gives for the contact of `values`. Raises: Invalid."""
    connected = await tooling.connected.of(tenant_id)
    named = {str(one["setting"]["name"]) for one in row.chosen}
    tool = next((one for one in connected.own if one.name == test.operation), None)
    if tool is None or tool.name not in named:
        raise Invalid("operation: the connector has no tool of this name that is in use")
    if tool.has_effect:
        raise Invalid("operation: one that has an effect is not tried")
    context = ToolContext(tenant_id, new_id(), new_id(), "0.0.0", connected.shop)
    contact = str(test.values.get("contact") or "")
    if contact:
        context = replace(context, identity="verified", external_id=contact)
    if not may_call(tool, context):
        raise Invalid("values: 'contact' is missing")
    given = {name: value for name, value in test.values.items() if name != "contact"}
    began = time.perf_counter()
    records: list[dict[str, Any]] = []
    problem = ""
    try:
        result = await call_tool(tool, context, given)
        records = [result.value | {"text": result.text}] if result.is_found else []
    except (ToolUnavailable, ArgumentRejected) as error:
        problem = error.detail
    milliseconds = round((time.perf_counter() - began) * 1_000, 1)
    return ConnectorTested(
        ok=not problem, records=records, problem=problem, milliseconds=milliseconds
    )
