"""What is sent and shown of what operators keep among themselves."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from server.shapes.schemas import AsOperator, Body, Id, Line, Shown
from tenants.desk.teams import MAX_MEMBERS
from tenants.lines import one_line

MAX_TARGET_SECONDS = 2_592_000  # thirty days
_Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=8_000)]
_Shortcut = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=60),
    AfterValidator(one_line),
]


class NewNote(AsOperator):
    """A note for colleagues; no contact is ever shown it."""

    text: _Words


class EntryTried(AsOperator):
    """An entry as `resolve` would add it to the knowledge."""

    question: str = Field(min_length=1, max_length=4_000, examples=["Do you ship to Norway?"])
    answer: str = Field(min_length=1, max_length=40_000, examples=["Yes, in five days."])
    days: int = Field(default=30, ge=1, le=3_650, description="How far back questions are taken.")


class NoteAuthor(Shown):
    kind: str
    id: str
    name: str


class NoteShown(Shown):
    note_id: UUID
    conversation_id: UUID
    author: NoteAuthor
    text: str
    created_at: datetime


class NewCannedAnswer(Body):
    """A text that operators choose by its shortcut."""

    shortcut: _Shortcut = Field(examples=["returns"])
    text: _Words = Field(examples=["You can send it back within 30 days, at our cost."])


class CannedAnswerChange(Body):
    """What is left out stays as it is."""

    shortcut: _Shortcut | None = None
    text: _Words | None = None


class CannedAnswerShown(Shown):
    canned_answer_id: UUID
    shortcut: str
    text: str
    updated_at: datetime


class Watching(AsOperator):
    """That an operator looks at a handoff now; said again every few seconds."""

    is_typing: bool = False


class WatcherShown(Shown):
    operator_id: UUID
    name: str
    is_typing: bool


class Assignment(Body):
    """Whose a handoff is from now on; null: nobody's, no team's; what is left out stays as it is."""

    assignee_id: Id | None = Field(default=None, description="An operator.")
    team_id: Id | None = None


class NewTeam(Body):
    """Operators who look after the same handoffs."""

    name: Line = Field(examples=["Repairs"])
    member_ids: list[Id] = Field(default_factory=list[UUID], max_length=MAX_MEMBERS)


class TeamChange(Body):
    """What is left out stays as it is."""

    name: Line | None = None
    member_ids: list[Id] | None = Field(default=None, max_length=MAX_MEMBERS)


class TeamShown(Shown):
    team_id: UUID
    name: str
    member_ids: list[UUID]
    created_at: datetime


class ServiceTargets(Body):
    """Seconds of business time to the first human reply and to the end of a handoff; null: no target."""

    first_reply_seconds: int | None = Field(default=None, ge=60, le=MAX_TARGET_SECONDS)
    resolution_seconds: int | None = Field(default=None, ge=60, le=MAX_TARGET_SECONDS)
