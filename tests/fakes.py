"""Hand-written stand-ins for what the machine reaches outside itself."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import Field

from graphs.ports import HandoffResolution, KnowledgeVersion, Passage
from graphs.words.terms import overlap, terms
from tenants.errors import NotFound


def passage(
    text: str,
    *,
    n: int = 1,
    question: str | None = None,
    title: str = "",
    kind: str = "text",
    score: float = 0.9,
    cosine: float = 0.7,
    lexical: float = 0.7,
) -> Passage:
    """A passage as the search gives it."""
    return Passage(
        passage_id=f"00000000-0000-7000-8000-000000000001:{n}",
        knowledge_base_id="00000000-0000-7000-8000-000000000001",
        document_id=f"00000000-0000-7000-8000-{n:012}",
        version=1,
        title=title or question or "",
        question=question,
        text=text,
        path="",
        kind=kind,
        score=score,
        cosine=cosine,
        lexical=lexical,
        source={},
    )


class FakeKnowledge:
    """Question/answer pairs, ranked by the words that they share with the query."""

    def __init__(self, *entries: tuple[str, str], curated: bool = False) -> None:
        self.entries = list(entries)
        self.curated = curated
        self.queries: list[str] = []
        self.before: list[str] = []

    async def search(
        self,
        tenant_id: UUID,
        versions: Sequence[KnowledgeVersion],
        query: str,
        *,
        limit: int,
        before: str = "",
    ) -> list[Passage]:
        """Every entry, the likest first."""
        self.queries.append(query)
        self.before.append(before)
        asked = terms(query)
        found: list[Passage] = []
        for n, (question, answer) in enumerate(self.entries, 1):
            near = overlap(asked, terms(f"{question} {answer}"))
            found.append(
                passage(
                    answer,
                    n=n,
                    question=question,
                    kind="qa",
                    score=near,
                    cosine=near,
                    lexical=near,
                )
            )
        return sorted(found, key=lambda p: -p["score"])[:limit]

    async def nearness(
        self,
        tenant_id: UUID,
        versions: Sequence[KnowledgeVersion],
        query: str,
        texts: Sequence[str],
    ) -> list[float]:
        """By the words that they share, as the entries."""
        asked = terms(query)
        return [overlap(asked, terms(text)) for text in texts]

    async def likeness(
        self,
        tenant_id: UUID,
        versions: Sequence[KnowledgeVersion],
        query: str,
        texts: Sequence[str],
    ) -> list[float]:
        """Ten where all words are shared."""
        return [10 * near for near in await self.nearness(tenant_id, versions, query, texts)]

    async def asked_alike(
        self,
        tenant_id: UUID,
        versions: Sequence[KnowledgeVersion],
        query: str,
        pairs: Sequence[Passage],
    ) -> list[float]:
        """By the words that they share, as the entries."""
        asked = [pair["question"] or "" for pair in pairs]
        return await self.nearness(tenant_id, versions, query, asked)

    async def read(self, tenant_id: UUID, passage_ids: Sequence[str]) -> list[Passage]:
        """The entries of these ids, in their order, without figures."""
        found = await self.search(tenant_id, (), "", limit=len(self.entries))
        by_id = {one["passage_id"]: one for one in found}
        return [by_id[one] for one in passage_ids if one in by_id]

    async def pieces(self, tenant_id: UUID, passage: Passage) -> list[Passage]:
        """The passage itself, where its answer may be given as it stands."""
        return [passage] if self.curated else []


class FakeDesk:
    """Handoffs that a test has resolved; remembers what it was asked to learn."""

    def __init__(self) -> None:
        self.resolutions: dict[UUID, HandoffResolution] = {}
        self.learnt: dict[UUID, tuple[str, str]] = {}
        self.calls = 0

    def resolve(self, handoff_id: UUID, resolution: HandoffResolution) -> None:
        """An operator has ended this handoff so."""
        self.resolutions[handoff_id] = resolution

    async def resolution(self, tenant_id: UUID, handoff_id: UUID) -> HandoffResolution:
        """As the test resolved it. Raises: NotFound."""
        if handoff_id not in self.resolutions:
            raise NotFound("no such handoff")
        return self.resolutions[handoff_id]

    async def learn(
        self, tenant_id: UUID, handoff_id: UUID, question: str, answer: str
    ) -> dict[str, Any]:
        """Keeps it once a handoff."""
        self.calls += 1
        self.learnt[handoff_id] = (question, answer)
        return {"kind": "suggestion", "handoff_id": str(handoff_id)}


class ScriptedModel(BaseChatModel):
    """Streams the given pieces, then fails if told to; keeps what it was asked."""

    pieces: list[str] = Field(default_factory=list[str])
    fails_after: int | None = None  # pieces; None: it does not fail
    waits_seconds: float = 0
    asked: list[list[BaseMessage]] = Field(default_factory=list[list[BaseMessage]])

    @property
    def _llm_type(self) -> str:
        return "scripted"

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        self.asked.append(messages)
        for i, piece in enumerate(self.pieces):
            if self.fails_after is not None and i >= self.fails_after:
                raise ConnectionError("the scripted provider went away")
            await asyncio.sleep(self.waits_seconds)
            yield ChatGenerationChunk(message=AIMessageChunk(content=piece))
        if self.fails_after is not None and self.fails_after >= len(self.pieces):
            raise ConnectionError("the scripted provider went away")
        n = sum(map(len, self.pieces))
        usage = UsageMetadata(input_tokens=100, output_tokens=n, total_tokens=100 + n)
        yield ChatGenerationChunk(message=AIMessageChunk(content="", usage_metadata=usage))

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        self.asked.append(messages)
        message = AIMessage("".join(self.pieces))
        return ChatResult(generations=[ChatGeneration(message=message)])
