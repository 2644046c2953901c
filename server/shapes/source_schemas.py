"""What requests say about sources of knowledge, and what answers show of them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from server.shapes.schemas import Body, Line, Shown

MAX_PAGES = 5_000
MAX_BYTES = 500_000_000

PathStart = Annotated[str, StringConstraints(pattern=r"^/", max_length=500)]


class SourceFields(Body):
    """How a source is read, and how often."""

    max_depth: int | None = Field(
        default=None, ge=0, le=20, description="Links from the first page."
    )
    max_pages: int | None = Field(default=None, ge=1, le=MAX_PAGES)
    max_bytes: int | None = Field(default=None, ge=1_000, le=MAX_BYTES, description="Of all pages.")
    include: list[PathStart] | None = Field(
        default=None, max_length=50, description="Only pages whose path begins like this."
    )
    exclude: list[PathStart] | None = Field(default=None, max_length=50)
    every_hours: int | None = Field(default=None, ge=1, le=8_760)

    def options(self) -> dict[str, Any]:
        """What is kept as the source's options: the fields that say something."""
        return self.model_dump(
            include={"max_depth", "max_pages", "max_bytes", "include", "exclude"},
            exclude_none=True,
        )


class NewSource(SourceFields):
    kind: Literal["url", "sitemap", "crawl"]
    url: str = Field(max_length=4_000, examples=["https://www.example.com/help/"])
    name: Line | None = Field(default=None, description="The address where left out.")
    sync: bool = Field(default=False, description="Fetch it at once; with `every_hours` it is due.")


class SourceChange(SourceFields):
    """Only what is sent is changed; null takes a limit or the rhythm away."""

    name: Line | None = None


class SyncOptions(Body):
    full: bool = Field(
        default=False,
        description="Read every page again, also those that have not changed since.",
    )


class SourceShown(Shown):
    source_id: UUID
    knowledge_base_id: UUID
    kind: str
    name: str
    url: str | None
    every_hours: int | None
    next_run_at: datetime | None
    last_run_at: datetime | None
    job_id: UUID | None
    last_result: dict[str, Any] | None
    created_at: datetime


class SyncStarted(Shown):
    job_id: UUID
