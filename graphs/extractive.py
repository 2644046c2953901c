"""A chat model that answers with the best supported sentences of the passages, and with no others.

It needs no key and no network. The passages come as data in the system message's
`additional_kwargs["passages"]`, the question is the last human message. Sentences are weighed by
the share of the question's idf mass that they hold; each carries its [n]; nothing that is not a
passage's own sentence is ever said, and nothing at all when no passage speaks to the question.
"""

import math
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

from graphs.concepts import concepts
from graphs.sentences import split_sentences
from graphs.terms import terms
from tenants.languages import detect
from tenants.search import Passage

MAX_SENTENCES = 3
MAX_ANSWER_CHARS = 600
SMALL_RECORD_CHARS = 120  # fields together; given whole
MAX_RECORD_CHARS = 360
MIN_SHARE = 0.15  # of the question's idf mass, below which only a near vector counts as support
MIN_COSINE = 0.30
STRESS = 4.0  # what a word of the contact's own counts beside those that an earlier turn lends
NEAR = 0.6  # what a word counts that stands only in the title or the question beside the sentence
_LEANS_ON_LAST = ("it ", "they ", "this ", "these ", "that ", "he ", "she ", "however", "also ", "otherwise",
                  "es ", "sie ", "dies", "er ", "esto ", "ello ", "il ", "elle ", "ils ", "cela ")  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Unit:
    passage: int
    place: int
    text: str
    is_line: bool  # a `label: value` of a record, no sentence
    own: float  # share of the question's idf mass that only the unit itself holds, not its title
    share: float  # the whole share, with what stands only in the title or the question beside it
    weight: float


def extract(
    question: str, passages: Sequence[Passage], *, stressed: str = ""
) -> list[tuple[int, str]]:
    """(index of the passage, its sentence) in reading order; empty when nothing supports.

    `stressed` are the words of the question that are the contact's own in this turn.
    """
    units = _weigh(question, passages, stressed)
    if not units:
        return []
    best = max(units, key=lambda u: u.weight)
    if best.share < MIN_SHARE and passages[best.passage]["cosine"] < MIN_COSINE:
        return []
    own = sorted((u for u in units if u.passage == best.passage), key=lambda u: u.place)
    passage = passages[best.passage]
    if best.is_line:
        return [(best.passage, _record([u for u in own if u.is_line], passage))]
    if passage["kind"] == "qa":
        chosen = _whole_answer(own, best)
    else:
        chosen = _with_neighbours([u for u in own if not u.is_line], best)
    return [(u.passage, u.text) for u in chosen]


class ExtractiveChatModel(BaseChatModel):
    """The chat model over `extract`; deterministic, streams sentence by sentence."""

    @property
    def _llm_type(self) -> str:
        return "extractive"

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for chunk in _chunks(messages):
            yield ChatGenerationChunk(message=chunk)

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        for chunk in _chunks(messages):
            yield ChatGenerationChunk(message=chunk)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        pieces = list(_chunks(messages))
        text = "".join(piece.text for piece in pieces)
        message = AIMessage(content=text, usage_metadata=pieces[-1].usage_metadata)
        return ChatResult(generations=[ChatGeneration(message=message)])

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return self._generate(messages)


def approximate_tokens(text: str) -> int:
    """A fair guess without a tokenizer: four characters a token."""
    return -(-len(text) // 4)


def _chunks(messages: list[BaseMessage]) -> Iterator[AIMessageChunk]:
    passages: list[Passage] = []
    question = stressed = ""
    for message in messages:
        passages = message.additional_kwargs.get("passages", passages)
        if message.type == "human":
            question = message.text
            stressed = str(message.additional_kwargs.get("stressed", ""))
    chosen = extract(question, passages, stressed=stressed)
    spoken = 0
    for i, (index, sentence) in enumerate(chosen):
        last = i == len(chosen) - 1
        gap = "" if last else " "
        text = f"{sentence} [{index + 1}]{gap}"
        spoken += approximate_tokens(text)
        yield AIMessageChunk(content=text)
    read = approximate_tokens(question) + sum(approximate_tokens(p["text"]) for p in passages)
    usage = UsageMetadata(input_tokens=read, output_tokens=spoken, total_tokens=read + spoken)
    yield AIMessageChunk(content="", usage_metadata=usage)


def _weigh(question: str, passages: Sequence[Passage], stressed: str = "") -> list[_Unit]:
    language = detect(question)
    asked = concepts(terms(question, language), language)
    cut = [(i, j, u) for i, p in enumerate(passages) for j, u in enumerate(_units(p))]
    held = [
        asked.intersection(concepts(terms(text, language), language)) for _, _, (text, _) in cut
    ]
    idf = _idf(asked, held)
    for term in concepts(terms(stressed, language), language).intersection(asked):
        idf[term] *= STRESS
    mass = sum(idf.values()) or 1.0
    around = [
        asked.intersection(
            concepts(terms(f"{p['title']} {p['question'] or ''}", language), language)
        )
        for p in passages
    ]
    prior = _priors(passages)
    units: list[_Unit] = []
    for (i, j, (text, is_line)), found in zip(cut, held, strict=True):
        own = sum(idf[t] for t in found - around[i]) / mass
        if is_line:  # a field's name says what it is about; its value may mention anything
            label = concepts(terms(text.partition(": ")[0], language), language)
            own += sum(idf[t] for t in (found & label) - around[i]) / mass
        share = sum(idf[t] for t in found) / mass
        share += NEAR * sum(idf[t] for t in around[i] - found) / mass
        # a follow-up keeps its subject, not its field: what it adds itself decides
        asked_for = share + own if stressed else share
        units.append(_Unit(i, j, text, is_line, own, share, prior[i] * (0.3 + asked_for)))
    return units


def _units(passage: Passage) -> list[tuple[str, bool]]:
    """The passage's sentences; of a record its short lines whole, and whether it is such a line."""
    if passage["kind"] != "json":
        return [(sentence, False) for sentence in split_sentences(passage["text"])]
    units: list[tuple[str, bool]] = []
    for line in filter(None, map(str.strip, passage["text"].splitlines())):
        _, _, value = line.partition(": ")
        sentences = split_sentences(value)
        if len(sentences) > 1:
            units.extend((sentence, False) for sentence in sentences)
        else:
            units.append((line, True))
    return units


def _idf(asked: set[str], held: Sequence[set[str]]) -> dict[str, float]:
    n = len(held)
    found = {t: sum(t in own for own in held) for t in asked}
    return {t: math.log(1 + (n - df + 0.5) / (df + 0.5)) for t, df in found.items()}


def _priors(passages: Sequence[Passage]) -> list[float]:
    """How much the search believes in each passage, the first one 1."""
    top = max((p["score"] for p in passages), default=0.0)
    relative = [max(0.0, p["score"] / top) if top > 0 else 1.0 for p in passages]
    return [r / (1 + 0.12 * rank) for rank, r in enumerate(relative)]


def _whole_answer(own: list[_Unit], best: _Unit) -> list[_Unit]:
    """A question's answer from its start; long ones only as far as they are asked for."""
    if len(own) <= MAX_SENTENCES and sum(len(u.text) for u in own) <= MAX_ANSWER_CHARS:
        return own
    rest = sorted(own[1:], key=lambda u: (-u.share, u.place))[: MAX_SENTENCES - 1]
    return sorted({own[0], best, *rest[: MAX_SENTENCES - 2]}, key=lambda u: u.place)


def _record(lines: list[_Unit], passage: Passage) -> str:
    """One readable sentence of a record: its name, then the fields that are asked for.

    A small record is given whole, and so is the start of one whose fields the question does not
    name: the field may go by another word.
    """
    name = _name_of(lines[0].text, passage["title"])
    fields = lines[1:] if name and len(lines) > 1 else lines
    best = max(u.own for u in fields)
    if sum(len(u.text) for u in fields) > SMALL_RECORD_CHARS and best > 0:
        fitting = sorted(fields, key=lambda u: (-u.own, u.place))[:MAX_SENTENCES]
        fields = [u for u in fields if u in fitting and u.own >= 0.6 * best]
    shown: list[str] = []
    for unit in fields:
        if not shown or sum(map(len, shown)) + len(unit.text) <= MAX_RECORD_CHARS:
            shown.append(unit.text.replace(" › ", ", ").rstrip("."))
    said = "; ".join(shown)
    return f"{name} – {said}." if name and name != said else f"{said[:1].upper()}{said[1:]}."


def _name_of(line: str, title: str) -> str:
    """The value of a record's first line where the title ends with it."""
    value = line.partition(": ")[2].strip()
    return value if value and title.endswith(value) else ""


def _with_neighbours(own: list[_Unit], best: _Unit) -> list[_Unit]:
    """The best sentence, what it leans on, and other sentences that fit nearly as well."""
    chosen = {best}
    if best.place > 0 and best.text.lower().startswith(_LEANS_ON_LAST):
        chosen.add(own[best.place - 1])
    for unit in sorted(own, key=lambda u: (-u.share, u.place)):
        if len(chosen) >= MAX_SENTENCES:
            break
        if unit.share >= 0.6 * best.share and unit.share > 2 * MIN_SHARE:
            chosen.add(unit)
    kept: list[_Unit] = []
    for unit in sorted(chosen, key=lambda u: (u is not best, -u.share)):
        if not kept or sum(len(u.text) for u in kept) + len(unit.text) <= MAX_ANSWER_CHARS:
            kept.append(unit)
    return sorted(kept, key=lambda u: u.place)
