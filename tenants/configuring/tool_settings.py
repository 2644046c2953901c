"""Which tools an assistant may use, and how: the tenant's own, validated."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

MAX_TOOLS = 40
ToolName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ApprovedUpTo(_Part):
    """An effect goes ahead up to this amount; above it a person is asked."""

    up_to: Decimal = Field(ge=0, le=1_000_000_000, max_digits=12, decimal_places=2)
    currency: str = Field(pattern=r"^[A-Z]{3}$")


class ToolSetting(_Part):
    """One tool that the assistant may use; what is left out is as the tool itself has it."""

    name: ToolName
    cache_seconds: int | None = Field(
        default=None, ge=0, le=3_600, description="How long what was read may be told again."
    )
    approval: Literal["always", "never"] | ApprovedUpTo | None = Field(
        default=None, description="For tools with an effect: when a person must agree first."
    )
    approval_hours: int = Field(
        default=72, ge=1, le=720, description="After so long without a word it is denied."
    )


def each_once(tools: list[ToolSetting]) -> list[ToolSetting]:
    """The tools. Raises: ValueError where one is named twice."""
    names = [tool.name for tool in tools]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"{twice!r} is named twice")
    return tools


def names_of(tools: Sequence[ToolSetting]) -> list[str]:
    """Their names, in order."""
    return [tool.name for tool in tools]
