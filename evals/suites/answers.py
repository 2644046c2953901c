"""Answers: do the sentences that are shown hold what was asked for, and how many are they?

Each question goes through the nodes of a turn: what was found becomes evidence, `answer` writes
and keeps what the passages say, `score` judges it. Beside it stands what the whole first passage,
its first sentence and its best sentence alone would have held. Then a model that invents facts
answers (`evals/unfaithful.py`): none of them may be shown.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import asdict, replace
from typing import Any, cast

from langgraph.runtime import Runtime

from evals import answer_metrics, metrics, unfaithful
from evals.bench import Bench
from evals.house import Asked, spoken_lines
from evals.report import Result
from evals.sets import Row
from graphs.asking.models import Models
from graphs.asking.providers import Access
from graphs.context import TurnContext
from graphs.deciding.confidence import confidence
from graphs.nodes.answer import answer
from graphs.nodes.retrieve import MAX_PASSAGES
from graphs.nodes.score import score
from graphs.state import Intent, Resolution, ResolveState
from graphs.words.sentences import split_sentences
from graphs.writing.best_sentences import extract
from graphs.writing.citations import full_text
from tenants.finding.languages import detect
from tenants.finding.search import Passage

SETS = ("dstc-faq", "dstc11-reviews", "dstc9-grounding", "isolation", "mtrag", "xquad")
COLUMNS = (
    "gold_shown", "sentences_shown", "answered", "whole_passage", "first_sentence", "one_sentence",
    "answer_f1", "quoted", "leak_rate", "invented_shown", "true_kept", "true_kept_tokens",
)  # fmt: skip
PLOTTED = ("gold_shown", "answered")


async def run(bench: Bench) -> AsyncIterator[Result]:
    """One result a set whose questions have answers or secrets, as it is done."""
    given = bench.settings
    models = Models(
        default=given.model,
        fallbacks=given.fallbacks,
        timeout_seconds=given.model_timeout_seconds,
        max_tokens=given.model_max_tokens,
        access=Access(given.provider_keys, given.provider_addresses, given.endpoints),
    )
    try:
        for questions in bench.questions():
            if not any(row.get("answers") or row.get("canary") for row in questions.gold):
                continue
            asked = await (await bench.house()).ask(questions)
            said = [await resolution_of(one, models) for one in asked]
            result = _result(questions.name, questions.gold, asked, said)
            yield replace(result, metrics=result.metrics | await unfaithful.judge(asked))
    finally:
        await models.close()


async def resolution_of(one: Asked, models: Models) -> Resolution:
    """What a turn makes of one question and what was found for it."""
    passages = one.passages[:MAX_PASSAGES]
    features = one.features
    state: dict[str, Any] = {
        "intent": Intent(index=0, text=one.row["query"], query=one.query),
        "turn_id": one.row["id"],
        "language": detect(one.query),
        "unsafe": False,
        "history": spoken_lines(one.row),
        "summary": "",
        "passages": passages,
        "features": asdict(features),
        "evidence": confidence(features),
    }
    runtime = Runtime(context=TurnContext(), stream_writer=lambda _event: None)
    state |= await answer(cast(ResolveState, state), runtime, models=models)
    scored = await score(cast(ResolveState, state), runtime)
    return scored["resolutions"]["0"]


def _result(
    name: str, gold: Sequence[Row], asked: Sequence[Asked], said: Sequence[Resolution]
) -> Result:
    predictions = [_prediction(one, made) for one, made in zip(asked, said, strict=True)]
    by_id = {str(row["id"]): row for row in predictions}
    found = metrics.retrieval(gold, by_id) | answer_metrics.overlap(gold, by_id)
    pairs = [
        (one, made)
        for one, made in zip(asked, said, strict=True)
        if one.row.get("answerable") and one.row.get("answers")
    ]
    if pairs:
        found |= {
            "gold_shown": _share(pairs, lambda _, made: made["answer"]),
            "sentences_shown": sum(len(m["sentences"]) for _, m in pairs) / len(pairs),
            "answered": sum(bool(m["answer"]) for _, m in pairs) / len(pairs),
            "whole_passage": _share(pairs, lambda one, _: _first(one.passages)),
            "first_sentence": _share(pairs, lambda one, _: _first_sentence(one.passages)),
            "one_sentence": _share(pairs, lambda one, _: _one_sentence(one)),
        }
    shown = [made for made in said if made["answer"]]
    if shown:
        found["quoted"] = sum(_is_quoted(one, m) for one, m in _shown(asked, said)) / len(shown)
    return Result(name, found, predictions)


def _share(
    pairs: Sequence[tuple[Asked, Resolution]], told: Callable[[Asked, Resolution], str]
) -> float:
    held = [answer_metrics.holds(told(one, made), one.row["answers"]) for one, made in pairs]
    return sum(held) / len(held)


def _shown(asked: Sequence[Asked], said: Sequence[Resolution]) -> list[tuple[Asked, Resolution]]:
    return [(one, made) for one, made in zip(asked, said, strict=True) if made["answer"]]


def _is_quoted(one: Asked, made: Resolution) -> bool:
    """Whether every line that a citation quotes stands in its passage."""
    texts = {p["passage_id"]: full_text(p) for p in one.passages}
    return bool(made["citations"]) and all(
        line in texts[citation["passage_id"]]
        for citation in made["citations"]
        for line in citation["quote"].splitlines()
    )


def _first(passages: Sequence[Passage]) -> str:
    return passages[0]["text"] if passages else ""


def _first_sentence(passages: Sequence[Passage]) -> str:
    return next(iter(split_sentences(_first(passages))), "")


def _one_sentence(one: Asked) -> str:
    """The best supported sentence alone: the one that shares most with the question."""
    return next((text for _, text in extract(one.query, one.passages[:MAX_PASSAGES], most=1)), "")


def _prediction(one: Asked, made: Resolution) -> dict[str, object]:
    return {
        "id": one.row["id"],
        "ranked": one.ranked,
        "score": made["confidence"],
        "answerable": bool(made["answer"]),
        "answer": made["answer"],
    }
