"""The tools that assistants may use: the built-in ones, and the tenant's own."""

from fastapi import APIRouter

from server.access.auth import AssistantsDep
from server.admitting.intake import CheckedRoute
from server.resources import ResourcesDep
from server.shapes.connector_schemas import ToolShown
from server.shapes.paging import Page
from tools.catalog import TOOLS
from tools.contract import AmountLimit, Tool

router = APIRouter(prefix="/v1/tools", tags=["connectors"], route_class=CheckedRoute)


@router.get("", operation_id="list_tools")
async def list_tools(caller: AssistantsDep, held: ResourcesDep) -> Page[ToolShown]:
    """Every tool by its name for `tools` of an assistant's settings, and whether something serves it."""
    connected = await held.tooling.connected.of(caller.tenant_id)
    known = [*TOOLS, *connected.own]
    return Page[ToolShown](
        data=[
            _shown(tool, connected=not tool.port or tool.port in connected.parts) for tool in known
        ]
    )


def _shown(tool: Tool, *, connected: bool) -> ToolShown:
    approval = tool.approval
    return ToolShown(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        arguments=tool.schema(),
        identity=tool.identity,
        has_effect=tool.has_effect,
        approval=approval.model_dump(mode="json")
        if isinstance(approval, AmountLimit)
        else approval,
        cache_seconds=tool.cache_seconds,
        needs=tool.port,
        connected=connected,
    )
