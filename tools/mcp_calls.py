"""Tools of a tenant's MCP server: which there are, and one call of one of them.

A session is opened for each call and closed behind it. Before a call the server's own list is looked at: a
tool that it describes otherwise than when a person chose it is not called. Results are read as data; what
the server says of their shape is not run.
"""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
import mcp_types as types
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from pydantic import ValidationError

from tools.egress import GuardedClient
from tools.errors import AddressRefused, ArgumentRejected, FetchFailed, ToolUnavailable
from tools.mcp_transport import GuardedSession, session_client
from tools.own_operations import (
    ChosenOperation,
    Place,
    ServiceOperation,
    argument_name,
    bounded,
    fingerprint,
    prose,
    unusable,
)
from tools.own_schemas import Schema, SchemaReader, Unusable
from tools.own_settings import OwnSettings

MAX_PAGES = 10
MAX_TOOLS = 300
MAX_NAME_CHARS = 200
MAX_EVENT_BYTES = 1_000_000
MAX_SAID_CHARS = 200
LISTED_SECONDS = 30.0  # for so long a reading tool is called without looking at the list again
_HINTS = ("read_only_hint", "destructive_hint", "idempotent_hint", "open_world_hint")
_REFUSING = frozenset({-32600, -32601, -32602})  # it was not done
OnChanged = Callable[[list[ServiceOperation]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class McpService:
    """`tools.own_tools.OwnService` of an MCP server.

    `on_changed` is given the server's list as it is now where a chosen tool is not as it was.
    """

    name: str
    settings: OwnSettings
    secret: str
    client: GuardedClient
    on_changed: OnChanged
    seen: dict[str, float] = field(default_factory=dict[str, float])

    async def call(
        self,
        chosen: ChosenOperation,
        arguments: Mapping[str, Any],
        *,
        acts: bool,
        seconds: float,
        idempotency_key: str,
    ) -> Any:
        """What the tool gives. Raises: ArgumentRejected, ToolUnavailable."""
        name = str(chosen["setting"]["operation"])
        named = {chosen["places"][ours]["name"]: value for ours, value in arguments.items()}
        headers = self.settings.signed(self.secret)
        if acts and self.settings.idempotency_header:
            headers[self.settings.idempotency_header] = idempotency_key
        went_out, result = False, None
        try:
            async with self._session(headers, seconds) as client:
                changed = None
                if acts or self.seen.get(chosen["fingerprint"], 0.0) < time.monotonic():
                    changed = await self._changed(client, name, chosen["fingerprint"])
                if changed is None:
                    went_out = True
                    result = await _called(client, name, named)
        except (FetchFailed, AddressRefused) as failure:
            raise ToolUnavailable(
                f"{self.name} does not answer as it should: {failure.detail[:MAX_SAID_CHARS]}",
                may_have_happened=acts and went_out,
            ) from None
        if result is None:
            await self.on_changed(changed or [])
            raise ToolUnavailable(f"{self.name} has changed this; a colleague looks at it first.")
        return _read(result)

    async def operations(self) -> list[ServiceOperation]:
        """The server's tools. Raises: AddressRefused, FetchFailed."""
        headers = self.settings.signed(self.secret)
        async with self._session(headers, self.settings.timeout_seconds) as client:
            listed = await _listed(client)
        return operations_of(listed)

    async def _changed(self, client: Client, name: str, was: str) -> list[ServiceOperation] | None:
        """The server's list where the tool is not as it was; None where it is."""
        listed = await _listed(client)
        if any(tool.name == name and fingerprint(_described(tool)) == was for tool in listed):
            if len(self.seen) > 10_000:
                self.seen.clear()
            self.seen[was] = time.monotonic() + LISTED_SECONDS
            return None
        self.seen.pop(was, None)
        return operations_of(listed)

    @asynccontextmanager
    async def _session(self, headers: Mapping[str, str], seconds: float) -> AsyncGenerator[Client]:
        """Raises: AddressRefused, FetchFailed, and what stands in the block."""
        url = self.settings.base_url
        session = GuardedSession(self.client, url, headers, seconds=seconds)
        try:
            async with asyncio.timeout(seconds), session_client(session) as http:
                transport = streamable_http_client(
                    url, http_client=http, max_sse_event_size=MAX_EVENT_BYTES
                )
                async with Client(transport, cache=None, read_timeout_seconds=seconds) as client:
                    yield client
        except TimeoutError:
            raise FetchFailed(f"no answer within {seconds:g} s") from None
        except (AddressRefused, FetchFailed, ArgumentRejected):
            raise
        except BaseExceptionGroup as group:
            raise (session.failure or _first(group)) from None
        except (MCPError, ValidationError, RuntimeError, ValueError, httpx2.HTTPError) as error:
            raise (session.failure or _told(error)) from None


def operations_of(tools: list[types.Tool]) -> list[ServiceOperation]:
    """Tools of a server as operations, those that cannot be called too, each with why."""
    named = [one for one in tools if one.name.isprintable() and 0 < len(one.name) <= MAX_NAME_CHARS]
    return bounded([_operation(tool) for tool in named])


async def _listed(client: Client) -> list[types.Tool]:
    """The server's list, page by page. Raises: FetchFailed where it does not end."""
    found: list[types.Tool] = []
    cursor: str | None = None
    for _ in range(MAX_PAGES):
        page = await client.session.send_request(
            types.ListToolsRequest(params=types.PaginatedRequestParams(cursor=cursor)),
            types.ListToolsResult,
        )
        found += page.tools
        cursor = page.next_cursor
        if cursor is None:
            return found
        if len(found) > MAX_TOOLS:
            break
    raise FetchFailed(f"its list of tools has more than {MAX_TOOLS}, or does not end")


async def _called(client: Client, name: str, arguments: Mapping[str, Any]) -> types.CallToolResult:
    """One call; the result is not checked by a schema of the server's. Raises: ArgumentRejected."""
    params = types.CallToolRequestParams(name=name, arguments=dict(arguments))
    try:
        return await client.session.send_request(
            types.CallToolRequest(params=params), types.CallToolResult
        )
    except MCPError as error:
        if error.code in _REFUSING:
            raise ArgumentRejected(f"The service says no: {_line(error.error.message)}") from None
        raise


def _read(result: types.CallToolResult) -> Any:
    """Its structured content, or its texts, as JSON where they are. Raises: ArgumentRejected."""
    texts = [one.text for one in result.content if isinstance(one, types.TextContent)]
    if result.is_error:
        raise ArgumentRejected(f"The service says no: {_line(' '.join(texts))}")
    if result.structured_content is not None:
        return result.structured_content
    if len(texts) == 1:
        try:
            told = json.loads(texts[0])
        except (ValueError, RecursionError):
            return texts[0]
        return told if isinstance(told, dict | list) else texts[0]
    return texts or None


def _operation(tool: types.Tool) -> ServiceOperation:
    annotations = tool.annotations
    hints = {
        name: value
        for name in _HINTS
        if annotations is not None and (value := getattr(annotations, name)) is not None
    }
    plain = ServiceOperation(
        operation=tool.name,
        title=prose(tool.title or (annotations.title if annotations else None) or tool.name),
        description=prose(tool.description),
        reads=bool(hints.get("read_only_hint")),
        hints=hints,
        method="",
        path="",
        arguments={},
        places={},
        fingerprint=fingerprint(_described(tool)),
        problem="",
    )
    try:
        schema = SchemaReader(tool.input_schema).read(tool.input_schema)
        arguments, places = _named(schema)
    except Unusable as why:
        return unusable(plain, f"it cannot be called: {why}")
    plain["arguments"], plain["places"] = arguments, places
    return plain


def _named(schema: Schema) -> tuple[Schema, dict[str, Place]]:
    """The arguments by names of ours. Raises: Unusable."""
    if schema.get("type") != "object":
        raise Unusable("its arguments are no object")
    properties: dict[str, Schema] = {}
    places: dict[str, Place] = {}
    required: list[str] = []
    for name, inner in schema.get("properties", {}).items():
        ours = argument_name(name, properties)
        properties[ours] = inner
        places[ours] = Place(at="argument", name=name)
        if name in schema.get("required", []):
            required.append(ours)
    made: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return made | ({"required": required} if required else {}), places


def _described(tool: types.Tool) -> dict[str, Any]:
    """All that a server says of a tool."""
    annotations = tool.annotations
    return {
        "name": tool.name,
        "title": tool.title,
        "description": tool.description,
        "input": tool.input_schema,
        "output": tool.output_schema,
        "annotations": annotations.model_dump(exclude_none=True) if annotations else {},
    }


def _first(group: BaseExceptionGroup[BaseException]) -> FetchFailed:
    """What went wrong, of several things that did."""
    inner: BaseException = group
    while isinstance(inner, BaseExceptionGroup):
        inner = inner.exceptions[0]
    return inner if isinstance(inner, FetchFailed) else _told(inner)


def _told(error: BaseException) -> FetchFailed:
    if isinstance(error, MCPError):
        return FetchFailed(f"it answers with an error: {_line(error.error.message)}")
    if isinstance(error, httpx2.HTTPError):
        return FetchFailed(f"no answer ({_line(str(error)) or type(error).__name__})")
    return FetchFailed("what it answers is not of the protocol")


def _line(text: str) -> str:
    plain = "".join(c if c.isprintable() else " " for c in text[: 4 * MAX_SAID_CHARS])
    return " ".join(plain.split())[:MAX_SAID_CHARS]
