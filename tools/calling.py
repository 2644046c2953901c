"""One call of one tool: rights and arguments first, then the call, within its time and size.

Nothing that a tool or a service says goes to a contact as an error's text: the messages of the two
errors are for models. Whatever else breaks in a tool is one of them: it never fails the turn.
"""

import asyncio
import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

import structlog
from pydantic import ValidationError

from tenants.database.absences import is_away
from tenants.errors import DeskError, LeaseLost
from tools.contract import Arguments, Tool, ToolContext, ToolResult
from tools.errors import ArgumentRejected, ToolUnavailable

log = structlog.get_logger()
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


def check_given(tool: Tool, given: Mapping[str, Any]) -> None:
    """That nothing given is longer than it may be, or unknown; it may lack what is asked for yet.

    Raises: ArgumentRejected.
    """
    try:
        tool.arguments.model_validate(dict(given))
    except ValidationError as error:
        for one in error.errors(include_url=False, include_context=False, include_input=False):
            if one["type"] in ("string_too_long", "extra_forbidden"):
                where = ".".join(map(str, one["loc"]))
                raise ArgumentRejected(f"{tool.name}: {where}: {one['msg']}") from None


async def call_tool(tool: Tool, context: ToolContext, given: Mapping[str, Any]) -> ToolResult:
    """What the tool gives. Raises: ArgumentRejected, ToolUnavailable."""
    if not may_call(tool, context):
        raise ArgumentRejected(f"{tool.name}: only for a customer who has signed in")
    arguments = checked_arguments(tool, given)
    try:
        async with asyncio.timeout(tool.timeout_seconds):
            with breaking_as_unavailable(tool.name, may_have_happened=tool.has_effect):
                result = await tool.call(context, arguments)
                _check_size(tool, result)
    except TimeoutError:
        raise _too_late(tool.name, may_have_happened=tool.has_effect) from None
    return result


@contextmanager
def breaking_as_unavailable(name: str, *, may_have_happened: bool = False) -> Generator[None]:
    """Whatever breaks in a tool's own code is told as a tool that does not work now, and logged.

    Raises: ArgumentRejected, ToolUnavailable; what says that the lease is lost or the database away,
    for then the whole turn ends or waits.
    """
    try:
        yield
    except (ArgumentRejected, ToolUnavailable, LeaseLost):
        raise
    except TimeoutError:
        raise _too_late(name, may_have_happened=may_have_happened) from None
    except Exception as error:  # the border of a tool: the turn goes on without what it would give
        if is_away(error):
            raise
        cause = error.code if isinstance(error, DeskError) else type(error).__name__
        log.error("tool_broke", tool=name, cause=cause, exc_info=error)
        raise ToolUnavailable(
            f"{name} does not work at the moment.",
            may_have_happened=may_have_happened,
            cause=cause,
        ) from error


def _too_late(name: str, *, may_have_happened: bool) -> ToolUnavailable:
    return ToolUnavailable(
        f"{name} did not answer in time.", may_have_happened=may_have_happened, cause="timeout"
    )


def _check_size(tool: Tool, result: ToolResult) -> None:
    if len(json.dumps(result.value, default=str).encode()) > tool.max_result_bytes:
        raise ToolUnavailable(f"{tool.name} gave more than can be read.")
    if len(result.text) > MAX_TEXT_CHARS or len(result.blocks) > MAX_BLOCKS:
        raise ToolUnavailable(f"{tool.name} gave more than can be shown.")
