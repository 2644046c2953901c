"""What requests say about a bulk import, and what its preview shows."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from server.shapes.schemas import Body, Line, Shown

_Column = Annotated[str, StringConstraints(max_length=1_000)]
ExternalId = Annotated[str, StringConstraints(max_length=300)]


class ImportOptions(Body):
    """How the entries are taken."""

    mapping: dict[_Column, _Column | None] | None = Field(
        default=None,
        max_length=1_000,
        description="Column → field, over what is found by itself; null leaves a column out.",
        examples=[{"Kundenfrage": "question", "Text": "answer", "intern": None}],
    )
    source: Line | None = Field(
        default=None,
        description="A name for where this comes from; entries without an `external_id` then get "
        "one, so that the next import of that name changes them.",
    )
    delete_missing: bool = Field(
        default=False, description="Delete what this source brought before and now lacks."
    )
    stage: bool | None = Field(
        default=None,
        description="True: into the staged version only. Absent: as the knowledge base publishes.",
    )
    unchanged: list[ExternalId] = Field(
        default_factory=list[str],
        max_length=100_000,
        description="External ids that the source still has though they are not sent again.",
    )


class ImportBody(ImportOptions):
    """An import as JSON: the entries with the options beside them."""

    documents: list[Any] = Field(max_length=100_000)


class FileOptions(Body):
    """What a form says beside its files."""

    title: str | None = Field(default=None, max_length=500)
    external_id: str | None = Field(default=None, min_length=1, max_length=300)
    by_name: bool = Field(default=False, description="Each file's name is its `external_id`.")
    language: str | None = None
    category: str | None = None
    keywords: str | None = None
    priority: str | None = None
    valid_from: str | None = None
    valid_until: str | None = None
    active: str | None = None
    source: Line | None = None
    stage: bool | None = None


class ImportPreview(Shown):
    """What an import would do."""

    format: str
    columns: list[str]
    mapping: dict[str, str]
    unmapped: list[str]
    entries: list[dict[str, Any]] = Field(description="The first five as they would become.")
    counts: dict[str, int]
    problems: list[dict[str, Any]]
    warnings: list[str]
