"""What is sent and shown of what operators keep among themselves."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from server.shapes.schemas import AsOperator, Body, Shown
from tenants.lines import one_line

_Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=8_000)]
_Shortcut = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=60),
    AfterValidator(one_line),
]


class NewNote(AsOperator):
    """A note for colleagues; no contact is ever shown it."""

    text: _Words


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
