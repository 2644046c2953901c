"""Tools as the machine has them: what is offered, what is called, what came of it. All plain data."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NotRequired, Protocol, TypedDict

from graphs.acting.viewed import MOST_VIEWED, Viewed
from graphs.context import TurnContext

MAX_ROUNDS = 3  # of calls for one intent
MAX_CALLS = 4  # in one round
Outcome = Literal["ok", "not_found", "rejected", "unavailable", "identity_needed"]


class OfferedTool(TypedDict):
    """A tool that the assistant may use, as a model is told of it."""

    name: str
    title: str
    description: str
    schema: dict[str, Any]
    has_effect: bool


class ToolCall(TypedDict):
    """A call that somebody wants; `call_id` is the same when the turn is run again."""

    call_id: str
    name: str
    arguments: dict[str, Any]
    asked: NotRequired[str]  # for a tool with an effect: the contact's own words
    sure: NotRequired[bool]  # they were asked, and agreed
    recalled: NotRequired[bool]  # nobody has asked for it: see graphs.acting.recalling


class ToolOutcome(TypedDict):
    """What came of a call. `text` is for the contact, `problem` for a model; both may be empty."""

    call_id: str
    name: str
    title: str
    outcome: Outcome
    text: str
    value: dict[str, Any]
    quote: str
    blocks: list[dict[str, Any]]
    for_operator: str
    problem: str
    arguments: dict[str, Any]
    milliseconds: float
    is_cached: bool
    cost_microusd: NotRequired[int]
    is_ours: NotRequired[bool]  # the text is said as it stands, whatever a model writes
    proposal: NotRequired[dict[str, Any]]  # an effect, see graphs.acting.proposing
    asks: NotRequired[dict[str, Any]]  # what must be known or agreed to first
    about: NotRequired[list[dict[str, str]]]  # the contact's records that it tells of
    is_recalled: NotRequired[bool]  # looked up before anybody asked for it
    cut: NotRequired[int]  # records of it that were more than the budget takes
    cause: NotRequired[str]  # what broke in a tool that does not work: an error's code or class


@dataclass(frozen=True, slots=True)
class Question:
    """What a tool is chosen for where no model chooses.

    `known` is how near the nearest question of the knowledge is to it, as a cosine.
    """

    query: str
    language: str
    index: int
    known: float
    text: str = ""  # the contact's own words
    viewed: Sequence[Viewed] = ()  # what was shown to them a moment ago


class Tools(Protocol):
    """What the assistant may do besides talking."""

    async def offered(self, context: TurnContext) -> list[OfferedTool]:
        """The tools that its settings name, without those that nothing serves."""
        ...

    async def choose(self, context: TurnContext, question: Question) -> list[ToolCall]:
        """The calls that answer a question, chosen without a model; none as a rule."""
        ...

    async def call(self, context: TurnContext, call: ToolCall) -> ToolOutcome:
        """What came of a call that has no effect; it never raises for the tool's sake."""
        ...


class NoTools:
    """An assistant that only talks."""

    async def offered(self, context: TurnContext) -> list[OfferedTool]:
        """None."""
        return []

    async def choose(self, context: TurnContext, question: Question) -> list[ToolCall]:
        """None."""
        return []

    async def call(self, context: TurnContext, call: ToolCall) -> ToolOutcome:
        """Says that there is no such tool."""
        return refused(call, "unavailable", "There is no such tool.")


def refused(
    call: ToolCall, outcome: Outcome, problem: str, *, title: str = "", milliseconds: float = 0
) -> ToolOutcome:
    """The outcome of a call that gave nothing."""
    return ToolOutcome(
        call_id=call["call_id"],
        name=call["name"],
        title=title or call["name"],
        outcome=outcome,
        text="",
        value={},
        quote="",
        blocks=[],
        for_operator="",
        problem=problem,
        arguments=call["arguments"],
        milliseconds=milliseconds,
        is_cached=False,
    )


def viewed(outcomes: Sequence[ToolOutcome]) -> list[dict[str, str]]:
    """The records that calls told of, the likeliest meant first."""
    called = [one for one in outcomes if not one.get("is_recalled")]
    told = [o.get("about") or [] for o in called if o["outcome"] == "ok"]
    return [one for records in told for one in records][:MOST_VIEWED]


def summary(outcomes: Sequence[ToolOutcome]) -> list[dict[str, Any]]:
    """Calls as a step shows them: no argument's value and nothing of what was told."""
    return [
        {
            "tool": one["name"],
            "outcome": one["outcome"],
            "arguments": sorted(one["arguments"]),
            "ms": round(one["milliseconds"], 1),
            "cached": one["is_cached"],
            "cost_microusd": one.get("cost_microusd", 0),
            **({"proposed": one["proposal"]["action_id"]} if "proposal" in one else {}),
            **({"cause": one.get("cause", "")} if one.get("cause") else {}),
            **({"recalled": True, "cut": one.get("cut", 0)} if one.get("is_recalled") else {}),
        }
        for one in outcomes
    ]
