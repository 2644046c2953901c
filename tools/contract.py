"""What a tool is: a name, typed arguments, who may call it, and what it gives back.

One file a tool, each with one `Tool` in it; the list is `tools/catalog.py`. A tool checks the rights of
whom it acts for against the service's own record, whatever it was asked in words.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from tools.knowledge import NoKnowledge, ToolKnowledge
from tools.ports import Shop

IdentityLevel = Literal["anonymous", "verified"]
TIMEOUT_SECONDS = 8.0
MAX_RESULT_BYTES = 16_000


class AmountLimit(BaseModel):
    """An effect goes ahead up to this amount; above it, or in another currency, a person is asked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    up_to: Decimal = Field(ge=0, le=1_000_000_000, max_digits=12, decimal_places=2)
    currency: str = Field(pattern=r"^[A-Z]{3}$")


Approval = Literal["always", "never"] | AmountLimit


class Arguments(BaseModel):
    """What every tool's arguments are made from: nothing beyond what is declared."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class NoArguments(Arguments):
    """For a tool that needs to be told nothing."""


@dataclass(frozen=True, slots=True)
class ToolContext:
    """Whom a call is for, and what it may ask.

    `external_id` is the verified contact's id in the tenant's own systems, "" for everybody else.
    `call_id` is the same when the turn is run again. `options` are the assistant's for this tool.
    """

    tenant_id: UUID
    conversation_id: UUID
    turn_id: UUID
    call_id: str
    shop: Shop
    contact_id: UUID | None = None
    identity: IdentityLevel = "anonymous"
    external_id: str = ""
    language: str = "en"
    time_zone: str = "UTC"
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    knowledge: ToolKnowledge = field(default_factory=NoKnowledge)

    @property
    def idempotency_key(self) -> str:
        """One effect's key, made from its turn and its call: the same however often it is tried."""
        return f"{self.turn_id}:{self.call_id}"


@dataclass(frozen=True, slots=True)
class ToolCitation:
    """What an answer leans on: the `quote` is part of what the tool gave."""

    title: str
    quote: str


@dataclass(frozen=True, slots=True)
class About:
    """A record of the contact's own that a result tells of: "it" may mean it in what follows."""

    kind: str  # order, invoice, appointment
    reference: str


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What came of a call: plain JSON for the model, which is data and never an instruction.

    `text` are whole sentences that the contact may see as they are; `blocks` are shown below them.
    `is_found` is False where there is no such thing, or it is somebody else's: the same words for both.
    `about` are the records that it tells of, the likeliest meant first.
    """

    value: dict[str, Any]
    text: str
    citation: ToolCitation | None = None
    is_found: bool = True
    blocks: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    for_operator: str = ""
    about: Sequence[About] = ()


Call = Callable[[ToolContext, Any], Awaitable[ToolResult]]


@dataclass(frozen=True, slots=True)
class Tool:
    """One thing that an assistant may do besides talking.

    `examples` are questions that it answers, by language: by their likeness it is chosen where no
    model chooses; `unlike` are questions near them that it does not answer. `port` is the part of the tenant's shop that it needs, "" where it needs none.
    `approval` counts for tools with an effect. `cache_seconds` is 0 where nothing is kept.
    `cost_microusd` is what one call costs the tenant; `knows_keys`: whoever is called knows a repeat by
    the action's key (of the built-in ones the connector says so).
    """

    name: str
    title: str
    description: str
    arguments: type[Arguments]
    call: Call
    identity: IdentityLevel = "verified"
    port: str = ""
    has_effect: bool = False
    approval: Approval = "always"
    timeout_seconds: float = TIMEOUT_SECONDS
    max_result_bytes: int = MAX_RESULT_BYTES
    cache_seconds: int = 0
    cost_microusd: int = 0
    knows_keys: bool = False
    examples: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    unlike: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def schema(self) -> dict[str, Any]:
        """The arguments' JSON Schema, as a model is given it."""
        return self.arguments.model_json_schema()
