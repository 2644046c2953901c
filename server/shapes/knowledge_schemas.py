"""The bodies about knowledge that requests bring and answers show."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field

from server.shapes.schemas import Body, Id, Line, Metadata, Shown
from tenants.knowledge.entry_fields import (
    MAX_CATEGORY_CHARS,
    MAX_KEYWORD_CHARS,
    MAX_KEYWORDS,
    MAX_PRIORITY,
    EntryFields,
)

# a number is told by its digits: a query parameter and a body may say the same
VersionName = Annotated[
    Annotated[int, Field(ge=0, lt=2**31)] | Literal["live", "staged"],
    Field(description="A number, `live` or `staged`.", examples=["staged"]),
]
_Keyword = Annotated[str, Field(min_length=1, max_length=MAX_KEYWORD_CHARS)]


class RankingWeights(Body):
    """What counts in the order of passages beside nearness, in points of the score (0 to 1)."""

    priority_weight: float = Field(default=0, ge=0, le=1, description="Gained at priority 100.")
    stale_after_days: int | None = Field(default=None, ge=1, le=36_500)
    stale_weight: float = Field(default=0, ge=0, le=1, description="Lost by what is stale.")


class NewKnowledgeBase(Body):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "Returns and shipping", "publishing": "manual"}]},
    )
    name: Line
    language: str | None = Field(default=None, max_length=40)
    publishing: Literal["auto", "manual"] = Field(
        default="auto", description="`manual`: writes are staged until they are published."
    )
    embedding_model: str | None = Field(
        default=None,
        max_length=200,
        description="The server's own if absent.",
        examples=["local:minilm"],
    )
    ranking: RankingWeights | None = None


class KnowledgeBaseChange(Body):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"ranking": {"priority_weight": 0.05, "stale_after_days": 365}}]
        },
    )
    name: Line | None = None
    publishing: Literal["auto", "manual"] | None = None
    ranking: RankingWeights | None = None
    verified_only: bool | None = Field(
        default=None, description="Read it for contacts whose identity is verified, no others."
    )
    embedding_model: str | None = Field(
        default=None, max_length=200, description="Another one embeds everything anew, by a job."
    )


class KnowledgeBaseShown(Shown):
    knowledge_base_id: UUID
    name: str
    publishing: str
    version: int = Field(description="The live one, which readers see.")
    staged_version: int | None
    passages: int
    embedding_model: str
    ranking: dict[str, Any]
    language: str | None
    created_at: datetime


class EntryFieldsBody(Body):
    """What may be said of a document beside its words."""

    language: str | None = Field(default=None, max_length=40, examples=["de"])
    category: str = Field(default="", max_length=MAX_CATEGORY_CHARS, examples=["returns"])
    keywords: list[_Keyword] = Field(
        default_factory=list[str], max_length=MAX_KEYWORDS, examples=[["refund", "parcel"]]
    )
    priority: int = Field(default=0, ge=-MAX_PRIORITY, le=MAX_PRIORITY)
    valid_from: AwareDatetime | None = None
    valid_until: AwareDatetime | None = None
    active: bool = Field(default=True, description="False: kept, but not found.")

    def entry_fields(self) -> EntryFields:
        """The fields as the tenant's part of the house takes them."""
        return EntryFields(
            self.language,
            self.category,
            tuple(self.keywords),
            self.priority,
            self.valid_from,
            self.valid_until,
            self.active,
        )


class NewDocument(EntryFieldsBody):
    """One of `text`, `data`, `question` with `answer`, `chunks`, or `url`."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"title": "Returns", "text": "Unworn shoes go back within 30 days."},
                {
                    "title": "Catalogue",
                    "data": {"products": [{"name": "Tarn", "price": 129}]},
                },
                {
                    "question": "Do you ship to Norway?",
                    "answer": "Yes, in five days.",
                    "external_id": "faq-17",
                    "category": "shipping",
                },
                {"url": "https://www.example.com/help/returns"},
            ]
        },
    )
    title: str | None = Field(default=None, max_length=500)
    text: str | None = Field(default=None, max_length=20_000_000)
    data: Any = None
    question: str | None = Field(default=None, max_length=4_000)
    answer: str | None = Field(default=None, max_length=40_000)
    chunks: list[Any] | None = Field(default=None, max_length=20_000)
    url: str | None = Field(default=None, min_length=1, max_length=2_000)
    external_id: str | None = Field(default=None, min_length=1, max_length=300)
    source: Metadata = Field(default_factory=dict)


class DocumentChange(Body):
    """Fields of a document that change; what is left out stays, its words stay anyway."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"priority": 20, "valid_until": "2027-01-01T00:00:00Z"}]},
    )
    title: str | None = Field(default=None, min_length=1, max_length=500)
    language: str | None = Field(default=None, max_length=40)
    category: str | None = Field(default=None, max_length=MAX_CATEGORY_CHARS)
    keywords: list[_Keyword] | None = Field(default=None, max_length=MAX_KEYWORDS)
    priority: int | None = Field(default=None, ge=-MAX_PRIORITY, le=MAX_PRIORITY)
    valid_from: AwareDatetime | None = Field(default=None, description="Null takes it away.")
    valid_until: AwareDatetime | None = Field(default=None, description="Null takes it away.")
    active: bool | None = None

    def changes(self) -> dict[str, Any]:
        """What was given; null means something for the two times and the language only."""
        given = self.model_dump(exclude_unset=True)
        if "keywords" in given and given["keywords"] is not None:
            given["keywords"] = tuple(given["keywords"])
        nullable = ("valid_from", "valid_until", "language")
        return {n: value for n, value in given.items() if value is not None or n in nullable}


class SearchFilters(Body):
    language: str | None = Field(default=None, max_length=40)
    category: str | None = Field(default=None, max_length=MAX_CATEGORY_CHARS)
    kind: str | None = Field(default=None, max_length=20, examples=["qa"])
    keywords: list[_Keyword] | None = Field(
        default=None, max_length=MAX_KEYWORDS, description="One of them is enough."
    )
    source_id: Id | None = None
    document_ids: list[Id] | None = Field(default=None, max_length=200)
    min_priority: int | None = Field(default=None, ge=-MAX_PRIORITY, le=MAX_PRIORITY)
    valid_at: AwareDatetime | None = Field(default=None, description="Now if absent.")
    include_inactive: bool = False


class SearchQuery(Body):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"query": "return worn shoes"},
                {"query": "shipping abroad", "version": "staged", "filters": {"kind": "qa"}},
            ]
        },
    )
    query: str = Field(min_length=1, max_length=4_000)
    limit: int = Field(default=8, ge=1, le=50)
    filters: SearchFilters | None = None
    version: VersionName | None = None


class Publication(Body):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"note": "Winter terms"}]}
    )
    note: str | None = Field(default=None, max_length=500)


class VersionShown(Shown):
    version: int = Field(description="What it is named by everywhere; numbers may be left out.")
    number: int | None = Field(
        default=None, description="Published versions counted from 1, for people; null if staged."
    )
    state: Literal["staged", "published", "discarded"]
    passages: int
    note: str
    written_by: dict[str, str]
    created_at: datetime
    published_at: datetime | None


class DocumentShown(Shown):
    document_id: UUID
    title: str
    kind: str
    passages: int
    version: int
    created_at: datetime
