"""The machine's ports with a tape behind them: on the way out calls are kept, on a replay they are given.

Passages are kept by id and figures, without their texts: what is erased from the knowledge is then
gone from recordings too.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict
from typing import Any, cast
from uuid import UUID

from langchain_core.messages import BaseMessage

from graphs.asking.model_asking import Writing
from graphs.context import TurnContext
from graphs.keeping.tape import digest, slot
from graphs.keeping.taped_passages import given_again, without_texts
from graphs.keeping.taped_writing import packed, unpacked
from graphs.ports import (
    Desk,
    HandoffResolution,
    Knowledge,
    KnowledgeVersion,
    Labels,
    LanguageModels,
    Passage,
    RequestLabel,
    Spells,
    SpokenLine,
    Task,
    Words,
)
from graphs.state import UsageEntry
from graphs.words.spelling import Correction


class TapedKnowledge:
    """`graphs.ports.Knowledge`."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    async def search(
        self,
        tenant_id: UUID,
        versions: Sequence[KnowledgeVersion],
        query: str,
        *,
        limit: int,
        before: str = "",
    ) -> list[Passage]:
        """As the knowledge behind it."""
        asked = {"versions": _named(versions), "query": query, "limit": limit, "before": before}
        place = slot("knowledge.search", asked)
        if place.is_recorded:
            return given_again(place.gave)
        found = await self._knowledge.search(tenant_id, versions, query, limit=limit, before=before)
        place.keep(without_texts(found))
        return found

    async def nearness(
        self,
        tenant_id: UUID,
        versions: Sequence[KnowledgeVersion],
        query: str,
        texts: Sequence[str],
    ) -> list[float]:
        """As the knowledge behind it."""
        asked = {"versions": _named(versions), "query": query, "texts": digest(list(texts))}
        place = slot("knowledge.nearness", asked)
        if place.is_recorded:
            return place.gave
        near = await self._knowledge.nearness(tenant_id, versions, query, texts)
        place.keep(near)
        return near

    async def likeness(
        self,
        tenant_id: UUID,
        versions: Sequence[KnowledgeVersion],
        query: str,
        texts: Sequence[str],
    ) -> list[float]:
        """As the knowledge behind it."""
        asked = {"versions": _named(versions), "query": query, "texts": digest(list(texts))}
        place = slot("knowledge.likeness", asked)
        if place.is_recorded:
            return place.gave
        alike = await self._knowledge.likeness(tenant_id, versions, query, texts)
        place.keep(alike)
        return alike

    async def asked_alike(
        self,
        tenant_id: UUID,
        versions: Sequence[KnowledgeVersion],
        query: str,
        pairs: Sequence[Passage],
    ) -> list[float]:
        """As the knowledge behind it."""
        named = [pair["passage_id"] for pair in pairs]
        asked = {"versions": _named(versions), "query": query, "pairs": named}
        place = slot("knowledge.asked_alike", asked)
        if place.is_recorded:
            return place.gave
        near = await self._knowledge.asked_alike(tenant_id, versions, query, pairs)
        place.keep(near)
        return near

    async def pieces(self, tenant_id: UUID, passage: Passage) -> list[Passage]:
        """As the knowledge behind it."""
        place = slot("knowledge.pieces", passage["passage_id"])
        if place.is_recorded:
            return given_again(place.gave)
        found = await self._knowledge.pieces(tenant_id, passage)
        place.keep(without_texts(found))
        return found

    async def read(self, tenant_id: UUID, passage_ids: Sequence[str]) -> list[Passage]:
        """As the knowledge behind it."""
        place = slot("knowledge.read", list(passage_ids))
        if place.is_recorded:
            return given_again(place.gave)
        found = await self._knowledge.read(tenant_id, passage_ids)
        place.keep(without_texts(found))
        return found


class TapedWords:
    """`graphs.ports.Words`."""

    def __init__(self, words: Words) -> None:
        self._words = words

    async def speller(
        self, tenant_id: UUID, versions: Sequence[KnowledgeVersion], language: str
    ) -> Spells | None:
        """As the words behind it."""
        place = slot("words.speller", {"versions": _named(versions), "language": language})
        if place.is_recorded:
            return _TapedSpeller(None) if place.gave else None
        speller = await self._words.speller(tenant_id, versions, language)
        place.keep(speller is not None)
        return _TapedSpeller(speller) if speller is not None else None


class _TapedSpeller:
    def __init__(self, speller: Spells | None) -> None:
        self._speller = speller

    def corrections(self, text: str, language: str) -> list[Correction]:
        place = slot("speller.corrections", {"text": text, "language": language})
        if place.is_recorded:
            return [Correction(**one) for one in place.gave]
        if self._speller is None:  # recorded that there was one, and asked more often than then
            return []
        found = self._speller.corrections(text, language)
        place.keep([asdict(one) for one in found])
        return found


class TapedLabels:
    """`graphs.ports.Labels`."""

    def __init__(self, labels: Labels) -> None:
        self._labels = labels

    async def label(
        self, tenant_id: UUID, assistant_id: UUID, revision: int, text: str
    ) -> RequestLabel | None:
        """As the labels behind it."""
        place = slot("labels.label", {"revision": revision, "text": text})
        if place.is_recorded:
            return place.gave
        label = await self._labels.label(tenant_id, assistant_id, revision, text)
        place.keep(label)
        return label


class TapedDesk:
    """`graphs.ports.Desk`; nothing is learnt on a replay."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def resolution(self, tenant_id: UUID, handoff_id: UUID) -> HandoffResolution:
        """As the desk behind it."""
        place = slot("desk.resolution", str(handoff_id))
        if place.is_recorded:
            lines = [SpokenLine(**line) for line in place.gave["lines"]]
            return HandoffResolution(**(place.gave | {"lines": lines}))
        resolution = await self._desk.resolution(tenant_id, handoff_id)
        place.keep(asdict(resolution))
        return resolution

    async def learn(
        self, tenant_id: UUID, handoff_id: UUID, question: str, answer: str
    ) -> dict[str, Any]:
        """As the desk behind it."""
        place = slot("desk.learn", {"question": question, "answer": answer})
        if place.is_recorded:
            return place.gave
        learnt = await self._desk.learn(tenant_id, handoff_id, question, answer)
        place.keep(learnt)
        return learnt


class TapedModels:
    """`graphs.ports.LanguageModels`."""

    def __init__(self, models: LanguageModels) -> None:
        self._models = models

    def chain(
        self,
        model: str = "",
        fallbacks: Sequence[str] = (),
        *,
        task: Task = "answer",
        small: str = "",
    ) -> list[str]:
        """As the models behind it."""
        asked = {"model": model, "fallbacks": list(fallbacks), "task": task, "small": small}
        place = slot("models.chain", asked)
        if place.is_recorded:
            return place.gave
        names = self._models.chain(model, fallbacks, task=task, small=small)
        place.keep(names)
        return names

    async def write(
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
        """As the models behind it."""
        place = slot("models.write", _asked(names, messages))
        if place.is_recorded:
            for event in place.gave:
                yield unpacked(event)
            return
        kept: list[list[Any]] = []
        writing = self._models.write(
            names,
            messages,
            context=context,
            node=node,
            shown=shown,
            intent=intent,
            label=label,
            tools=tools,
        )
        async with aclosing(cast(Any, writing)):
            async for event in writing:
                kept.append(packed(event))
                yield event
        place.keep(kept)

    async def write_json(
        self,
        names: Sequence[str],
        messages: Sequence[BaseMessage],
        *,
        context: TurnContext,
        node: str,
        intent: int | None = None,
    ) -> tuple[str, list[UsageEntry]]:
        """As the models behind it."""
        place = slot("models.write_json", _asked(names, messages))
        if place.is_recorded:
            return place.gave[0], place.gave[1]
        text, used = await self._models.write_json(
            names, messages, context=context, node=node, intent=intent
        )
        place.keep([text, used])
        return text, used


def _named(versions: Sequence[KnowledgeVersion]) -> list[list[Any]]:
    return [[str(one.knowledge_base_id), one.version] for one in versions]


def _asked(names: Sequence[str], messages: Sequence[BaseMessage]) -> dict[str, Any]:
    """Prompts hold the passages' texts: a digest says whether one is the same."""
    return {"models": list(names), "prompt": digest([[m.type, m.text] for m in messages])}
