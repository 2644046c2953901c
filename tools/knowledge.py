"""What tools ask of the tenant's knowledge: the machine lends them its own, bound to the assistant."""

from typing import Protocol, TypedDict


class FoundText(TypedDict):
    """One text that was found: `fields` are the lines of a record, empty for prose."""

    passage_id: str
    document_id: str
    title: str
    text: str
    fields: dict[str, str]
    score: float


class ToolKnowledge(Protocol):
    """The published knowledge of one assistant."""

    async def search(self, query: str, *, limit: int) -> list[FoundText]:
        """What is nearest to the query, best first."""
        ...


class NoKnowledge:
    """An assistant without knowledge."""

    async def search(self, query: str, *, limit: int) -> list[FoundText]:
        """Nothing."""
        return []
