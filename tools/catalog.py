"""Every tool that is built in: the one list, read by the machine and by the assistants' editor."""

from tools.contract import Tool

TOOLS: tuple[Tool, ...] = ()


def tool_named(name: str) -> Tool | None:
    """The tool of this name, if there is one."""
    return next((tool for tool in TOOLS if tool.name == name), None)
