"""The machine's knowledge as tools ask it: at the versions of the turn, and of its assistant alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from graphs.context import TurnContext
from graphs.ports import Knowledge, KnowledgeVersion, Passage
from graphs.words.records import is_record
from tools.knowledge import FoundText


@dataclass(frozen=True)
class KnowledgeForTools:
    """Lends one turn's knowledge to its tools."""

    knowledge: Knowledge

    def of(self, context: TurnContext) -> "TurnKnowledge":
        """The assistant's knowledge at the turn's versions."""
        versions = [
            KnowledgeVersion(UUID(knowledge_base_id), None if version < 0 else version)
            for knowledge_base_id, version in context.knowledge
        ]
        return TurnKnowledge(self.knowledge, UUID(context.tenant_id), versions)


@dataclass(frozen=True)
class TurnKnowledge:
    """`tools.knowledge.ToolKnowledge`."""

    knowledge: Knowledge
    tenant_id: UUID
    versions: Sequence[KnowledgeVersion]

    async def search(self, query: str, *, limit: int) -> list[FoundText]:
        """What is nearest to the query, best first."""
        if not self.versions:
            return []
        found = await self.knowledge.search(self.tenant_id, self.versions, query, limit=limit)
        return [_found(passage) for passage in found]


def _found(passage: Passage) -> FoundText:
    return FoundText(
        passage_id=passage["passage_id"],
        document_id=passage["document_id"],
        title=passage["title"] or passage["question"] or "",
        text=passage["text"],
        fields=_fields(passage["text"]) if is_record(passage) else {},
        score=passage["score"],
    )


def _fields(text: str) -> dict[str, str]:
    """The `label: value` lines of a record."""
    pairs = (line.split(": ", 1) for line in text.splitlines() if ": " in line)
    return {label.strip(): value.strip() for label, value in pairs}
