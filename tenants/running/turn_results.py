"""What a run came to, in the form in which a turn is ended."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tenants.lessons.recorded_questions import AskedQuestion
from tenants.outside.actions import NewAction
from tenants.people.facts import ToldFact
from tenants.running.turn_steps import Step
from tenants.running.usage import Usage
from tenants.transcripts.outcomes import Settling


@dataclass(frozen=True, slots=True)
class OpenedHandoff:
    """The one interrupt of a conversation, with everything the operator needs in `content`."""

    interrupt_id: str
    reason: str
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class KeptState:
    """The checkpoint that a run has left, or read its outcome from; `waits`: it stands at an interrupt.

    A database that dies may lose it again; no end may be written without it.
    """

    checkpoint_id: str
    waits: bool


@dataclass(frozen=True, slots=True)
class TurnEnd:
    """What a run came to; `status` is completed, waiting_for_operator or failed."""

    status: str
    reply: dict[str, Any] | None = None  # {"message_id", "content": [blocks]}
    intents: Sequence[dict[str, Any]] = ()
    confidence: float | None = None
    citations: Sequence[dict[str, Any]] = ()
    handoff: OpenedHandoff | None = None
    learnt: dict[str, Any] | None = None
    problem: dict[str, Any] | None = None
    decision: str | None = None
    reason: str | None = None
    rule: str | None = None
    usage: Sequence[Usage] = ()
    steps: Sequence[Step] = ()
    questions: Sequence[AskedQuestion] = ()
    language: str | None = None
    sentiment: str | None = None
    recoveries: Sequence[str] = ()
    clarification_helped: bool | None = None  # of the last question that we asked back
    contact_details: dict[str, str] = field(default_factory=dict[str, str])  # email, phone
    actions: Sequence[NewAction] = ()  # effects that the reply tells of
    facts: Sequence[ToldFact] = ()  # what the contact told of themselves
    settling: Settling = field(default_factory=Settling)
    models: Sequence[str] = ()
    knowledge_hit: bool | None = None
    withheld_sentences: int | None = None  # written, and said by no passage
    knowledge_versions: dict[str, int] = field(default_factory=dict[str, int])
    assistant_revision: int | None = None
    calibration_revision: int | None = None
    labels_revision: int | None = None  # of the assistant's intent labels
    graph_version: str | None = None
    prompt_version: str | None = None
    trace_run_id: UUID | None = None
    first_token_ms: int | None = None
    total_ms: int | None = None
    feature_variants: dict[str, str] = field(default_factory=dict[str, str])
    recording: dict[str, Any] | None = None  # what a replay needs; None: it cannot be replayed
    heard: int | None = None  # how many messages the run has read; None: whatever there are
    kept: KeptState | None = None  # None: it left no state in the database
