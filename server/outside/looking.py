"""What a tenant's service can be asked: read from its document, or asked of the server itself."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from server.outside.tooling import Tooling
from server.shapes.connector_schemas import LookedAt
from tenants.errors import Invalid, TooLarge
from tenants.outside.connectors import Looked
from tools.catalog import tool_named
from tools.egress import FetchLimits, fetch
from tools.errors import FetchFailed
from tools.mcp_calls import McpService
from tools.openapi_documents import MAX_DOCUMENT_BYTES, operations_of, read_document
from tools.own_operations import ChosenOperation, ServiceOperation, check_together, chosen
from tools.own_settings import OwnSettings

DOCUMENT_LIMITS = FetchLimits(max_bytes=MAX_DOCUMENT_BYTES, max_redirects=3, total_seconds=15)


async def looked_at(told: LookedAt, tooling: Tooling) -> Looked:
    """The operations of a document that was sent, or fetched. Raises: Invalid, AddressRefused, FetchFailed."""
    if (told.document is None) == (told.document_url is None):
        raise Invalid("document: give the document, or its document_url")
    if told.document_url is not None:
        content = await _fetched(told.document_url, tooling)
    elif isinstance(told.document, str):
        content = told.document.encode()
    else:
        content = json.dumps(told.document).encode()
    try:
        operations = await asyncio.to_thread(lambda: operations_of(read_document(content)))
    except ValueError as error:
        raise Invalid(str(error)) from None
    return Looked(operations, told.document_url)


async def asked_server(name: str, settings: OwnSettings, secret: str, tooling: Tooling) -> Looked:
    """The tools of an MCP server. Raises: AddressRefused, FetchFailed."""

    async def nothing(operations: Sequence[Mapping[str, Any]]) -> None:
        """Nobody has chosen anything yet."""

    service = McpService(name, settings, secret, tooling.client, nothing)
    return Looked(await service.operations())


def choices(
    settings: OwnSettings, operations: Sequence[Mapping[str, Any]]
) -> list[ChosenOperation]:
    """The tools of a connector's settings, each with its operation. Raises: Invalid."""
    known = {str(one["operation"]): _operation(one) for one in operations}
    made: list[ChosenOperation] = []
    try:
        for place, tool in enumerate(settings.tools):
            if tool_named(tool.name) is not None:
                raise ValueError(f"tools.{place}.name: {tool.name!r} is a tool of the house")
            made.append(chosen(tool, known, f"tools.{place}"))
        check_together(made)
    except ValueError as error:
        raise Invalid(f"settings: {error}") from None
    return made


async def check_free(
    tooling: Tooling, tenant_id: UUID, settings: OwnSettings, but: Sequence[str]
) -> None:
    """That no other connector has tools of these names. Raises: Invalid."""
    tooling.connected.forget(tenant_id)
    taken = {tool.name for tool in (await tooling.connected.of(tenant_id)).own} - set(but)
    twice = next((tool.name for tool in settings.tools if tool.name in taken), None)
    if twice is not None:
        raise Invalid(f"settings: tools: another connector has a tool called {twice!r}")


async def _fetched(url: str, tooling: Tooling) -> bytes:
    try:
        fetched = await fetch(tooling.client, url, limits=DOCUMENT_LIMITS)
    except TooLarge:
        raise Invalid(f"document_url: it has more than {MAX_DOCUMENT_BYTES} bytes") from None
    if fetched.status != 200:
        raise FetchFailed(f"document_url: it answers with {fetched.status}")
    return fetched.content


def _operation(told: Mapping[str, Any]) -> ServiceOperation:
    return ServiceOperation(**dict(told))  # pyright: ignore[reportArgumentType]  # kept as it was made
