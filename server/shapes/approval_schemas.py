"""What calls about approvals bring and show."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from server.shapes.schemas import AsOperator, Shown

MAX_NOTE_CHARS = 1_000
MAX_ARGUMENTS = 40


class Approve(AsOperator):
    arguments: dict[str, Any] | None = Field(
        default=None,
        max_length=MAX_ARGUMENTS,
        description="Instead of the proposed ones; checked by the tool's schema and rules.",
    )
    note: str = Field(
        default="",
        max_length=MAX_NOTE_CHARS,
        description="The assistant reads it, and the contact is told it.",
    )


class Deny(AsOperator):
    note: str = Field(
        default="",
        max_length=MAX_NOTE_CHARS,
        description="The assistant reads it, and the contact is told it.",
    )


class SettleUnknown(AsOperator):
    outcome: Literal["done", "failed", "repeat"] = Field(
        description="What you found at the service; or `repeat`, to send the call once more."
    )
    note: str = Field(default="", max_length=MAX_NOTE_CHARS)


class ApprovalShown(Shown):
    approval_id: UUID
    conversation_id: UUID
    turn_id: UUID
    status: str
    tool: str
    what: str
    arguments: dict[str, Any]
    created_at: datetime
