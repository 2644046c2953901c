"""Who a model is asked for, and whether their budget has room: what the machine needs of the house."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from graphs.context import TurnContext
from graphs.state import UsageEntry
from tenants.running.budgets import Stage


@dataclass(frozen=True, slots=True)
class Caller:
    """Which node asks, for which intent of whose turn."""

    node: str
    tenant_id: str = ""
    turn_id: str = ""
    assistant_id: str = ""
    intent_index: int | None = None
    intent_label: str | None = None

    @classmethod
    def of(
        cls, context: TurnContext, node: str, intent: int | None = None, label: str | None = None
    ) -> "Caller":
        """The caller in a turn."""
        return cls(node, context.tenant_id, context.turn_id, context.assistant_id, intent, label)


@dataclass(frozen=True, slots=True)
class CallPlan:
    """A call before it is made: the most that it can cost, and how long it can take."""

    model: str
    own_key: bool
    is_cheapest: bool
    most_input_tokens: int
    most_output_tokens: int
    most_microusd: int
    price_version: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Grant:
    """`stage` is how far the budget is spent. Without an id of the call it says what may still be
    asked; without a stage either, nothing is metered.
    """

    call_id: UUID | None = None
    stage: Stage = ""


class Meter(Protocol):
    """Keeps what is spent. A call is granted before it goes out and settled when it is over."""

    async def reserve(self, caller: Caller, plan: CallPlan) -> Grant:
        """A grant with an id where the budget has room for the most that this can cost."""
        ...

    async def settle(self, caller: Caller, call_id: UUID, used: UsageEntry) -> None:
        """What the call did cost."""
        ...


class NoMeter:
    """A house without budgets."""

    async def reserve(self, caller: Caller, plan: CallPlan) -> Grant:
        """Granted."""
        return Grant()

    async def settle(self, caller: Caller, call_id: UUID, used: UsageEntry) -> None:
        """Nothing."""


class ProviderKeys(Protocol):
    """The tenants' own keys for providers."""

    async def key(self, tenant_id: str, provider: str) -> str | None:
        """The tenant's key, or None where it has none of its own."""
        ...


class NoKeys:
    """A house where no tenant has a key of its own."""

    async def key(self, tenant_id: str, provider: str) -> str | None:
        """None."""
        return None
