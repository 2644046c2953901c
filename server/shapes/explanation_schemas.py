"""How an explanation of a turn is shown: what was asked and read, why it ended so, and today."""

from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from server.shapes.schemas import Shown

TodayVerdict = Literal["unchanged", "changed", "newly_answered", "no_longer_answered"]


class Said(Shown):
    message_id: UUID
    text: str


class PassageRead(Shown):
    """A passage that retrieval gave to one question, best first."""

    passage_id: str
    score: float | None = None
    cosine: float | None = None
    lexical: float | None = None
    cited: bool


class QuestionExplained(Shown):
    """One intent: what was looked up for it, what it found, and how sure the answer was."""

    index: int
    text: str
    query: str
    status: str | None = None
    reason: str | None = None
    label: str | None = None
    curated: bool = False
    confidence: float | None = None
    confidence_parts: dict[str, Any] = Field(default_factory=dict[str, Any])
    passages: list[PassageRead]


class ToolCallShown(Shown):
    """One call of a tool; neither its arguments' values nor what it told are shown.

    `cause` is what broke in a tool that does not work: an error's code or class, "" for others.
    """

    tool: str
    outcome: str
    duration_ms: float
    cost_usd: str
    cached: bool
    cause: str = ""


class PassageWords(Shown):
    passage_id: str
    document_id: UUID
    version: int = Field(description="The knowledge version in which it came to be.")
    title: str
    question: str | None
    text: str


class PassageThenAndNow(Shown):
    """A passage that the turn read, and what stands in its place today."""

    passage_id: str
    fate: Literal["unchanged", "edited", "gone"]
    then: PassageWords | None
    now: PassageWords | None


class Answered(Shown):
    status: str
    answer: str | None
    confidence: float
    passages: list[dict[str, Any]]


class QuestionThenAndNow(Shown):
    """One question put to the knowledge of then and of today, by the extractive machine."""

    text: str
    verdict: TodayVerdict
    then: Answered
    today: Answered
    new_passages: list[PassageWords] = Field(
        description="What is found today and was not there then."
    )


class ThenAndNow(Shown):
    """What the difference in knowledge means: the settings are today's on both sides."""

    knowledge_versions_then: dict[str, int]
    knowledge_versions_now: dict[str, int]
    assistant_revision_now: int | None
    would_answer_the_same: bool | None = Field(
        description="Null where nothing can be asked again, which `left_out` explains."
    )
    left_out: str | None
    questions: list[QuestionThenAndNow]
    passages: list[PassageThenAndNow]


class ExplanationShown(Shown):
    """Why a turn ended as it did."""

    turn_id: UUID
    conversation_id: UUID
    status: str
    kind: str
    input: list[Said]
    answer: str | None
    intents: list[dict[str, Any]]
    questions: list[QuestionExplained]
    confidence: float | None
    citations: list[dict[str, Any]]
    decision: str | None = None
    reason: str | None = None
    rule: str | None = None
    handoff: dict[str, Any] | None
    tool_calls: list[ToolCallShown]
    models: list[str] | None = None
    prompt_version: str | None = None
    assistant_revision: int | None
    knowledge_versions: dict[str, int] | None
    graph_version: str | None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: str | None = None
    attempts: int
    steps: list[dict[str, Any]]
    then_and_now: ThenAndNow | None = Field(description="Null while the turn has not ended.")
