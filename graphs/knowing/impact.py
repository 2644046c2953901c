"""What a change of knowledge would change: one recorded question put to the knowledge twice.

The nodes that resolve an intent in a turn are run as they are (`retrieve`, `answer`, `score`), with
the extractive model alone: no provider is called, nothing is written, nothing is streamed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal
from uuid import UUID

from langgraph.runtime import Runtime

from graphs.asking.models import EXTRACTIVE, Models
from graphs.context import TurnContext
from graphs.nodes.answer import answer
from graphs.nodes.retrieve import retrieve
from graphs.nodes.score import score
from graphs.ports import Knowledge, Passage
from graphs.state import Intent, Resolution, ResolveState
from tenants.knowledge.ingestion import Embedder

MAX_PASSAGES_SHOWN = 3
_CITED = re.compile(r"\s*\[\d+\]")

Verdict = Literal["newly_answered", "changed", "no_longer_answered", "unchanged"]


@dataclass(frozen=True, slots=True)
class Question:
    """An intent as it was recorded."""

    text: str
    query: str
    language: str
    history: Sequence[dict[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a question came to at one state of the knowledge."""

    status: str  # answered, unsure or unanswered
    answer: str
    confidence: float
    passages: Sequence[Passage]

    @property
    def is_answered(self) -> bool:
        """Whether the contact was shown an answer."""
        return self.status != "unanswered"

    def public(self) -> dict[str, Any]:
        """As a report shows it."""
        shown = [
            {key: passage[key] for key in ("passage_id", "document_id", "title")}
            | {"score": round(passage["score"], 4)}
            for passage in self.passages[:MAX_PASSAGES_SHOWN]
        ]
        return {
            "status": self.status,
            "answer": self.answer or None,
            "confidence": self.confidence,
            "passages": shown,
        }


@dataclass(frozen=True, slots=True)
class Compared:
    """One question before and after."""

    before: Outcome
    after: Outcome

    @property
    def verdict(self) -> Verdict:
        """What the change means to whoever asks this."""
        if self.before.is_answered != self.after.is_answered:
            return "newly_answered" if self.after.is_answered else "no_longer_answered"
        if not self.after.is_answered:
            return "unchanged"
        same_answer = _plain(self.before.answer) == _plain(self.after.answer)
        same_first = _first(self.before.passages) == _first(self.after.passages)
        return "unchanged" if same_answer and same_first else "changed"


async def compare(
    question: Question,
    *,
    before: TurnContext,
    after: TurnContext,
    knowledge: Knowledge,
    models: Models,
    knowledge_after: Knowledge | None = None,
) -> Compared:
    """The question under two contexts; where both find the same it is answered once."""
    old = await look_up(question, before, knowledge=knowledge)
    new = await look_up(question, after, knowledge=knowledge_after or knowledge)
    return await compare_found(old, new, before=before, after=after, models=models)


async def compare_found(
    old: ResolveState,
    new: ResolveState,
    *,
    before: TurnContext,
    after: TurnContext,
    models: Models,
) -> Compared:
    """As `compare`, of what was looked up already."""
    first = await _resolved(old, before, models)
    if _content(old["passages"]) == _content(new["passages"]):
        return Compared(first, replace(first, passages=new["passages"]))
    return Compared(first, await _resolved(new, after, models))


async def ask(
    question: Question, context: TurnContext, *, knowledge: Knowledge, models: Models
) -> Outcome:
    """What the question comes to under one context."""
    found = await look_up(question, context, knowledge=knowledge)
    return await _resolved(found, context, models)


async def look_up(
    question: Question, context: TurnContext, *, knowledge: Knowledge
) -> ResolveState:
    """The question with the passages that a turn would find for it."""
    state = ResolveState(
        intent=Intent(index=0, text=question.text, query=question.query),
        turn_id=context.turn_id,
        language=question.language,
        unsafe=False,
        history=list(question.history),
        summary="",
        passages=[],
        features={},
        evidence=0.0,
        written={},
        resolutions={},
    )
    update = await retrieve(state, _runtime(context), knowledge=knowledge)
    return _updated(state, update)


async def _resolved(state: ResolveState, context: TurnContext, models: Models) -> Outcome:
    runtime = _runtime(replace(context, model=EXTRACTIVE, fallback_models=()))
    state = _updated(state, await answer(state, runtime, models=models))
    scored = await score(state, runtime)
    resolution: Resolution = scored["resolutions"]["0"]
    return Outcome(
        resolution["status"], resolution["answer"], resolution["confidence"], state["passages"]
    )


def _runtime(context: TurnContext) -> Runtime[TurnContext]:
    return Runtime(context=context)


def _updated(state: ResolveState, update: dict[str, Any]) -> ResolveState:
    merged = dict(state) | update
    return ResolveState(**merged)  # pyright: ignore[reportArgumentType]  # keys are the state's


def _plain(answered: str) -> str:
    """Without the numbers of its citations: they move when another passage comes between."""
    return _CITED.sub("", answered)


def _first(passages: Sequence[Passage]) -> tuple[str, str | None, str] | None:
    if not passages:
        return None
    return passages[0]["title"], passages[0]["question"], passages[0]["text"]


def _content(passages: Sequence[Passage]) -> list[tuple[Any, ...]]:
    """What the answer depends on; two versions may hold the same under other ids."""
    return [
        (p["title"], p["question"], p["text"], p["kind"], p["score"], p["cosine"], p["lexical"])
        for p in passages
    ]


class RememberedQueries:
    """An embedder that embeds each query once, for a run that asks everything twice."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, Any] = {}

    @property
    def model_id(self) -> str:
        """The model's own."""
        return self._embedder.model_id

    @property
    def dimension(self) -> int:
        """The model's own."""
        return self._embedder.dimension

    async def embed_documents(self, texts: Sequence[str]) -> Any:
        """One row a text, in order; not kept."""
        return await self._embedder.embed_documents(texts)

    async def embed_query(self, text: str) -> Any:
        """One vector."""
        if text not in self._known:
            self._known[text] = await self._embedder.embed_query(text)
        return self._known[text]


def with_version(context: TurnContext, knowledge_base_id: UUID, version: int) -> TurnContext:
    """The context reading one of its knowledge bases at another version, the others as they are."""
    wanted = str(knowledge_base_id)
    knowledge = tuple(
        (base, version if base == wanted else pinned) for base, pinned in context.knowledge
    )
    return replace(context, knowledge=knowledge)
