"""What the machine needs from the house, as it needs it; bound once a process in `support.py`."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypedDict
from uuid import UUID

from langchain_core.messages import BaseMessage

from graphs.asking.model_asking import Writing
from graphs.context import TurnContext
from graphs.state import UsageEntry
from graphs.words.spelling import Correction
from tenants.finding.search import KnowledgeVersion, Passage

__all__ = [
    "Desk",
    "HandoffResolution",
    "Knowledge",
    "KnowledgeVersion",
    "Labels",
    "LanguageModels",
    "NoWords",
    "Passage",
    "RequestLabel",
    "Spells",
    "SpokenLine",
    "Task",
    "Words",
]
Task = Literal["answer", "split", "score"]


class Knowledge(Protocol):
    """The tenant's knowledge bases, searched and read within published versions."""

    async def search(
        self,
        tenant_id: UUID,
        versions: Sequence[KnowledgeVersion],
        query: str,
        *,
        limit: int,
        before: str = "",
    ) -> list[Passage]:
        """The passages nearest to the query, best first.

        `before` is the line that was said to the contact last, on which a follow-up may lean.
        """
        ...

    async def nearness(
        self,
        tenant_id: UUID,
        versions: Sequence[KnowledgeVersion],
        query: str,
        texts: Sequence[str],
    ) -> list[float]:
        """The cosine of each text with the query, by the model that these versions are asked with."""
        ...

    async def likeness(
        self,
        tenant_id: UUID,
        versions: Sequence[KnowledgeVersion],
        query: str,
        texts: Sequence[str],
    ) -> list[float]:
        """How alike in meaning each text is to the query, see `graphs.words.likeness`."""
        ...

    async def asked_alike(
        self,
        tenant_id: UUID,
        versions: Sequence[KnowledgeVersion],
        query: str,
        pairs: Sequence[Passage],
    ) -> list[float]:
        """The cosine of each pair's own question, without its answer, with the query."""
        ...

    async def read(self, tenant_id: UUID, passage_ids: Sequence[str]) -> list[Passage]:
        """Passages by their public ids; those that are gone are left out."""
        ...

    async def pieces(self, tenant_id: UUID, passage: Passage) -> list[Passage]:
        """All passages of a passage's document in its version, in order; empty where it is gone."""
        ...


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """One message of the transcript; `author` is contact or operator."""

    message_id: str
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class HandoffResolution:
    """What an operator decided, and what contact and operator said meanwhile, in order."""

    handoff_id: str
    add_to_knowledge: bool = False
    entry: dict[str, str] | None = None  # {"question", "answer"} as the operator edited it
    return_to_assistant: bool = True
    lines: list[SpokenLine] = field(default_factory=list[SpokenLine])

    @property
    def operator_text(self) -> str:
        """The operator's words, one paragraph a message."""
        return "\n".join(line.text for line in self.lines if line.author == "operator")


class Spells(Protocol):
    """What knows how words are written."""

    def corrections(self, text: str, language: str) -> list[Correction]:
        """Where a text is probably misspelt, in its order."""
        ...


class Words(Protocol):
    """What mends a tenant's contacts' words; None where nothing is to be mended."""

    async def speller(
        self, tenant_id: UUID, versions: Sequence[KnowledgeVersion], language: str
    ) -> Spells | None:
        """Common words of the language, and those of the tenant's knowledge at these versions."""
        ...


class NoWords:
    """A house that mends nothing."""

    async def speller(
        self, tenant_id: UUID, versions: Sequence[KnowledgeVersion], language: str
    ) -> Spells | None:
        """None."""
        return None


class LanguageModels(Protocol):
    """Language models by name, in a chain that always ends with one that needs no provider."""

    def chain(
        self,
        model: str = "",
        fallbacks: Sequence[str] = (),
        *,
        task: Task = "answer",
        small: str = "",
    ) -> list[str]:
        """The names to try in turn; the platform's own where none is asked for."""
        ...

    def write(
        self,
        names: Sequence[str],
        messages: list[BaseMessage],
        *,
        context: TurnContext,
        node: str,
        shown: Callable[[], bool],
        intent: int | None = None,
        label: str | None = None,
        tools: Sequence[Mapping[str, Any]] = (),
    ) -> AsyncIterator[Writing]:
        """An answer as it is written, by the first model that manages; or the `tools` that it calls,
        each given as `name`, `description` and `schema`.
        """
        ...

    async def write_json(
        self,
        names: Sequence[str],
        messages: Sequence[BaseMessage],
        *,
        context: TurnContext,
        node: str,
        intent: int | None = None,
    ) -> tuple[str, list[UsageEntry]]:
        """The JSON object of the first model that gives one, or "" when none does."""
        ...


class Desk(Protocol):
    """The operators' side of the house."""

    async def resolution(self, tenant_id: UUID, handoff_id: UUID) -> HandoffResolution:
        """How a handoff ended. Raises: NotFound."""
        ...

    async def learn(
        self, tenant_id: UUID, handoff_id: UUID, question: str, answer: str
    ) -> dict[str, Any]:
        """Keep an operator's answer as a suggestion or an entry; the same handoff only once."""
        ...


class RequestLabel(TypedDict):
    """One of the tenant's intent labels, how sure it is, and what is done with such a request.

    A request that has none of them has an empty name and no action.
    """

    name: str
    confidence: float  # the chance that it has a label at all
    action: dict[str, Any]
    also: list[str]  # its other labels, where the tenant's examples have several


class Labels(Protocol):
    """What a tenant wants requests to be told apart by."""

    async def label(
        self, tenant_id: UUID, assistant_id: UUID, revision: int, text: str
    ) -> RequestLabel | None:
        """The request's label, without a name where it has none; None where there is nothing to say
        yet. `revision` is never 0.
        """
        ...


class NoLabels:
    """`Labels` where nobody defines any."""

    async def label(
        self, tenant_id: UUID, assistant_id: UUID, revision: int, text: str
    ) -> RequestLabel | None:
        """Nothing."""
        return None


class Pace(Protocol):
    """How fast models are read, where more of them write than can be told of word by word."""

    async def words(self) -> None:
        """Return when the next words of a model may be read; nobody waits for the first."""
        ...


class NoPace:
    """Everybody goes on at once."""

    async def words(self) -> None:
        """Return."""


NO_PACE: Pace = NoPace()
