"""One call of one tool: rights and arguments first, then the call, within its time and size.

Nothing that a tool or a service says goes to a contact as an error's text: the messages of the two
errors are for models.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from tools.contract import Arguments, Tool, ToolContext, ToolResult
from tools.errors import ArgumentRejected, ToolUnavailable

MAX_ARGUMENT_CHARS = 4_000
MAX_TEXT_CHARS = 4_000
MAX_BLOCKS = 6


def may_call(tool: Tool, context: ToolContext) -> bool:
    """Whether whoever writes is known well enough: a verified contact has an id at the tenant's."""
    known = context.identity == "verified" and bool(context.external_id)
    return tool.identity == "anonymous" or known


def checked_arguments(tool: Tool, given: Mapping[str, Any]) -> Arguments:
    """The arguments as the tool takes them. Raises: ArgumentRejected."""
    if len(json.dumps(dict(given), default=str)) > MAX_ARGUMENT_CHARS:
        raise ArgumentRejected(f"{tool.name}: the arguments are too long")
    try:
        return tool.arguments.model_validate(dict(given))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "arguments"
        raise ArgumentRejected(f"{tool.name}: {where}: {first['msg']}") from None


async def call_tool(tool: Tool, context: ToolContext, given: Mapping[str, Any]) -> ToolResult:
    """What the tool gives. Raises: ArgumentRejected, ToolUnavailable."""
    if not may_call(tool, context):
        raise ArgumentRejected(f"{tool.name}: only for a customer who has signed in")
    arguments = checked_arguments(tool, given)
    try:
        async with asyncio.timeout(tool.timeout_seconds):
            result = await tool.call(context, arguments)
    except TimeoutError:
        raise ToolUnavailable(
            f"{tool.name} did not answer in time.", may_have_happened=tool.has_effect
        ) from None
    if len(json.dumps(result.value, default=str).encode()) > tool.max_result_bytes:
        raise ToolUnavailable(f"{tool.name} gave more than can be read.")
    if len(result.text) > MAX_TEXT_CHARS or len(result.blocks) > MAX_BLOCKS:
        raise ToolUnavailable(f"{tool.name} gave more than can be shown.")
    return result
