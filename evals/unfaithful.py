"""A language model that invents: what of its inventions is shown, and what of the truth is kept?

For each question it writes what the extractive model would, told in other signs (another mark at
the end, numbers grouped otherwise), and between those sentences the same ones with one fact changed
or one added that no passage holds: a number, an amount, a date, a link, an address, a name. The
product's own `answer` node reads it, in pieces of random lengths, in every way of streaming.
"""

import random
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langgraph.runtime import Runtime

from evals.house import Asked
from evals.sets import SEED
from graphs.asking.models import Models
from graphs.context import TurnContext
from graphs.nodes.answer import answer
from graphs.nodes.retrieve import MAX_PASSAGES
from graphs.safety.cleaning import cleaned
from graphs.state import Intent, ResolveState
from graphs.writing.best_sentences import extract
from tenants.finding.languages import detect

MOST = 80  # questions of a set
MODES = ("tokens", "sentences", "whole")
_NAME = "fake:unfaithful"
_DIGITS = re.compile(r"(?<![\d.,])\d{2,}(?![\d.,]*\d)")
_ADDED = {
    "en": (
        "It costs {n} euros.", "This ends on 4 March {n}.", "See https://{w}.example/now for more.",
        "Write to {w}@{w}.example.", "Ask Otto {W} about it.", "This was decided by {W}.",
    ),
    "de": (
        "Das kostet {n} Euro.", "Das endet am 4. März {n}.", "Mehr unter https://{w}.example/jetzt.",
        "Schreiben Sie an {w}@{w}.example.", "Fragen Sie Herrn {W}.", "Das gilt auch bei {W}.",
    ),
    "es": (
        "Cuesta {n} euros.", "Termina el 4 de marzo de {n}.", "Vea https://{w}.example/ahora.",
        "Escriba a {w}@{w}.example.", "Pregunte a Otto {W}.", "Lo decidió {W}.",
    ),
    "fr": (
        "Cela coûte {n} euros.", "Cela finit le 4 mars {n}.", "Voir https://{w}.example/ici.",
        "Écrivez à {w}@{w}.example.", "Demandez à Otto {W}.", "C'est décidé par {W}.",
    ),
    "zh": (
        "费用为{n}欧元。", "截止日期为{n}年3月4日。", "请见https://{w}.example/now。",
        "请写信至{w}@{w}.example。", "请联系{W}。", "由{W}负责。",
    ),
    "ar": (
        "التكلفة {n} يورو.", "ينتهي في 4 مارس {n}.", "انظر https://{w}.example/now.",
        "اكتب إلى {w}@{w}.example.", "اسأل {W}.", "قرره {W}.",
    ),
}  # fmt: skip


@dataclass
class Script:
    """What the model writes, and which of it is true and which invented, by a mark in each."""

    sentences: list[str] = field(default_factory=list[str])
    true: list[str] = field(default_factory=list[str])
    invented: list[str] = field(default_factory=list[str])


class UnfaithfulModel(BaseChatModel):
    """Writes one script in pieces of random lengths."""

    text: str = ""
    seed: int = SEED

    @property
    def _llm_type(self) -> str:
        return "unfaithful"

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        draw, at = random.Random(self.seed), 0
        while at < len(self.text):
            length = draw.randint(1, 12)
            yield ChatGenerationChunk(message=AIMessageChunk(content=self.text[at : at + length]))
            at += length

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage(self.text))])


async def judge(asked: Sequence[Asked]) -> dict[str, float]:
    """The share of inventions that were shown, in any way of streaming, and of the truth kept."""
    invented = shown = true = kept = by_tokens = 0
    for n, one in enumerate(asked[:MOST]):
        script = script_for(one, random.Random(SEED + n))
        if not script.sentences:
            continue
        said = {mode: await _said(one, script, mode) for mode in MODES}
        invented += len(script.invented)
        shown += sum(any(mark in text for text in said.values()) for mark in script.invented)
        true += len(script.true)
        kept += sum(mark in said["sentences"] for mark in script.true)
        by_tokens += sum(mark in said["tokens"] for mark in script.true)
    if not invented or not true:
        return {}
    return {
        "inventions": float(invented),
        "invented_shown": shown / invented,
        "true_kept": kept / true,
        "true_kept_tokens": by_tokens / true,
    }


def script_for(one: Asked, draw: random.Random) -> Script:
    """True and invented sentences in turn, each with its source."""
    passages = one.passages[:MAX_PASSAGES]
    held = " ".join(f"{p['title']} {p['question'] or ''} {p['text']}" for p in passages)
    made = Script()
    for index, sentence in extract(one.query, passages):
        told = _told_otherwise(sentence)
        made.true.append(told)
        made.sentences.append(f"{told} [{index + 1}]")
        false, mark = _changed(sentence, draw) or _added(detect(sentence), draw)
        if mark not in held:
            made.invented.append(mark)
            made.sentences.append(f"{false} [{index + 1}]")
    return made


def _told_otherwise(sentence: str) -> str:
    told = cleaned(sentence, ())  # as everything is that a model writes
    return f"{told[:-1]}!" if told.endswith(".") else told


def _changed(sentence: str, draw: random.Random) -> tuple[str, str] | None:
    """The sentence with a number that is another one, where it has a number and the draw says so."""
    found = list(_DIGITS.finditer(sentence))
    if not found or draw.random() < 0.3:
        return None
    place = draw.choice(found)
    other = str(int(place[0]) + draw.choice((1, 3, 10, 1_117)))
    return f"{sentence[: place.start()]}{other}{sentence[place.end() :]}", other


def _added(language: str, draw: random.Random) -> tuple[str, str]:
    number = str(draw.randint(2_031, 2_099))
    word = draw.choice(("zanderlin", "quorvex", "belmontis", "ostrakov"))
    told = draw.choice(_ADDED.get(language, _ADDED["en"]))
    mark = number if "{n}" in told else word.title() if "{W}" in told else word
    return told.format(n=number, w=word, W=word.title()), mark


async def _said(one: Asked, script: Script, mode: str) -> str:
    """What a contact reads, in the deltas and in the answer: both must be the same."""
    model = UnfaithfulModel(text=" ".join(script.sentences), seed=len(one.query))
    models = Models(default=_NAME, factories={_NAME: lambda: model})
    state: dict[str, Any] = {
        "intent": Intent(index=0, text=one.row["query"], query=one.query),
        "turn_id": one.row["id"],
        "language": detect(one.query),
        "unsafe": False,
        "history": [],
        "summary": "",
        "passages": one.passages[:MAX_PASSAGES],
        "evidence": 1.0,
    }
    deltas: list[str] = []
    runtime = Runtime(
        context=TurnContext(answering={"streaming": mode}),
        stream_writer=lambda event: deltas.append(event.get("text", "")),
    )
    written = (await answer(cast(ResolveState, state), runtime, models=models))["written"]
    text = str(written["text"])
    if mode != "whole" and "".join(deltas) != text:
        raise AssertionError(f"{one.row['id']}: the deltas are not the answer")
    return text
