"""What an action's graph keeps, and what it needs from the house."""

from dataclasses import dataclass
from typing import Any, Literal, NotRequired, Protocol, TypedDict
from uuid import UUID

Way = Literal["ask", "act", "settle"]


class ApprovalAsked(TypedDict):
    """What an operator is shown: the exact call, why they are asked, what it leans on."""

    kind: str  # approval
    approval_id: str
    tool: str
    title: str
    what: str
    arguments: dict[str, Any]
    amount: str | None
    currency: str | None
    reason: str | None
    asked: str
    passages: list[dict[str, Any]]


class ActionState(TypedDict):
    """An action on its way; the rows of `actions` say how it stands."""

    action_id: str
    way: NotRequired[Way]
    asked: NotRequired[dict[str, Any]]  # ApprovalAsked
    decision: NotRequired[str]
    came_to: NotRequired[str]
    outcome_turn_id: NotRequired[str]


@dataclass(frozen=True)
class ActionContext:
    """Whose action it is; `is_last`: it is not tried again after this."""

    tenant_id: str = ""
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class WeighedAction:
    """How an action goes on, and what a person is asked where one is."""

    way: Way
    asked: ApprovalAsked | None = None


class ActionDesk(Protocol):
    """The house behind an action's graph."""

    async def weigh(self, tenant_id: UUID, action_id: UUID) -> WeighedAction:
        """How it goes on, by how it stands and the tenant's rules as they are now. Raises: NotFound."""
        ...

    async def send(self, tenant_id: UUID, action_id: UUID, *, is_last: bool) -> str:
        """The state it came to. Raises: ToolUnavailable where it may be tried again."""
        ...

    async def tell(self, tenant_id: UUID, action_id: UUID) -> str:
        """The turn that tells the contact, queued once. Raises: NotFound."""
        ...
