"""The Model Context Protocol's dialect: `POST /mcp`, streamable HTTP without sessions.

Every request is answered by itself, in JSON, with the rights of its API key. Pages of other origins are
refused; what a caller may do is in `mcp_tools.py`.
"""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import mcp_types as types
from fastapi import APIRouter, Depends, Request, Response
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel.server import Server
from pydantic import ValidationError

from server.access.auth import Caller, NeedsAny
from server.access.origins import is_own
from server.admitting.bodies import parsed_json
from server.admitting.intake import CheckedRoute
from server.dialects.mcp_tools import ids_in, tool_for, tools_for
from server.errors import OriginDenied
from server.outside.mcp_door import McpDoor, open_door
from server.resources import Resources, ResourcesDep
from tenants.errors import Denied, DeskError

MAX_BODY_BYTES = 100_000
MAX_ANSWER_CHARS = 60_000
CALLER = "frontdesk.mcp_caller"
SpeaksDep = Annotated[Caller, Depends(NeedsAny("knowledge", "handoffs"))]


class _Route(CheckedRoute):
    max_body_bytes = MAX_BODY_BYTES


router = APIRouter(prefix="/mcp", tags=["dialects"], route_class=_Route)
ROUTERS = (router,)


@asynccontextmanager
async def open_mcp() -> AsyncGenerator[McpDoor]:
    """The door of this process until the block ends."""
    server: Server[Any] = Server(
        "frontdesk", version="1", on_list_tools=_list_tools, on_call_tool=_call_tool
    )
    async with open_door(server, max_body_bytes=MAX_BODY_BYTES) as door:
        yield door


_SPOKEN: dict[str, Any] = {  # the protocol's own answers, or a problem of ours
    "description": "An answer of the protocol, or a problem.",
    "content": {"application/json": {}, "application/problem+json": {}},
}
_SPOKEN_STATUSES: dict[int | str, dict[str, Any]] = dict.fromkeys(
    (200, 202, 400, 404, 406, 413, 415), _SPOKEN
)


@router.post("", operation_id="speak_mcp", response_class=Response, responses=_SPOKEN_STATUSES)
async def speak_mcp(request: Request, caller: SpeaksDep, held: ResourcesDep) -> Response:
    """Search the knowledge and see to handoffs by the Model Context Protocol (streamable HTTP).

    Scope: `knowledge` for the knowledge's tools, `handoffs` for those of handoffs.
    """
    if caller.kind != "api_key":
        raise Denied("programs speak this, with an API key")
    origin = request.headers.get("origin")
    if origin is not None and not is_own(origin, request.headers.get("host", "")):
        raise OriginDenied("only programs and our own pages may speak this")
    await parsed_json(request)  # refuses what is no plain JSON
    request.scope[CALLER] = caller
    return await held.mcp.answer(request, await request.body())


async def _list_tools(
    context: ServerRequestContext[Any, Any], params: types.PaginatedRequestParams | None
) -> types.ListToolsResult:
    caller: Caller = context.request.scope[CALLER]  # pyright: ignore[reportOptionalMemberAccess]  # every request of ours has one
    return types.ListToolsResult(
        tools=[
            types.Tool(
                name=tool.name,
                description=tool.description,
                input_schema=tool.arguments.model_json_schema(),
                annotations=types.ToolAnnotations(
                    read_only_hint=tool.reads, destructive_hint=False, open_world_hint=False
                ),
            )
            for tool in tools_for(caller)
        ]
    )


async def _call_tool(
    context: ServerRequestContext[Any, Any], params: types.CallToolRequestParams
) -> types.CallToolResult:
    request: Request = context.request  # pyright: ignore[reportAssignmentType]  # as above
    held: Resources = request.app.state.resources
    caller: Caller = request.scope[CALLER]
    try:
        tool = tool_for(caller, params.name)
        asked = tool.arguments.model_validate(params.arguments or {})
        if not tool.reads:
            request.state.witness.meant(tool.name, ids_in(asked))
        told = await tool.run(held, caller, asked)
    except DeskError as error:
        return _refusal(error.code, error.detail)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "arguments"
        return _refusal("invalid", f"{where}: {first['msg']}")
    text = json.dumps(told, ensure_ascii=False, default=str)
    if len(text) > MAX_ANSWER_CHARS:
        return _refusal("too_large", "the answer is too large; ask for less")
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=text)], structured_content=json.loads(text)
    )


def _refusal(code: str, detail: str) -> types.CallToolResult:
    told = {"code": code, "detail": detail[:500]}
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=json.dumps(told))], is_error=True
    )
