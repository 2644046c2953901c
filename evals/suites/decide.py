"""Decide: does the confidence tell what the knowledge answers from what it does not?

Unanswerable questions and questions about another tenant's secrets, and turns that have none of the
intent labels of a tenant that defines some. The confidence is the one of the gate before the first
sentence (for labels: the chance that there is one); `answer` is what the extractive model would
say, so that a leak would be seen.
"""

import zlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import numpy as np

from evals import curves, metrics
from evals.bench import Bench
from evals.house import Asked
from evals.label_sets import label_sets
from evals.labelling import judged, one_label
from evals.report import Result
from graphs.deciding.confidence import ANSWER, confidence
from graphs.labelling.labels import KNOWN
from graphs.nodes.retrieve import MAX_PASSAGES
from graphs.writing.best_sentences import extract

SETS = (
    "banking77-oos", "clinc150", "dstc-faq", "dstc11-reviews", "hint3", "isolation", "mtrag", "xquad",
)  # fmt: skip
COLUMNS = (
    "unans_auroc", "unans_f1_oracle", "handed_over_answerable", "handed_over_unanswerable",
    "hit@1_and_answered", "leak_rate", "answered", "right_of_answered", "ece", "brier",
    "brier_of_base_rate", "auroc",
    "oos_auroc", "oos_f1_oracle", "in_scope_acc", "oos_recall", "oos_f1",
)  # fmt: skip
HELD_ASIDE = "kept aside, sets alike"  # the tenants that the confidence was not fitted on
ASIDE = 3  # one tenant in so many
PLOTTED = ("unans_auroc", "hit@1_and_answered")


async def run(bench: Bench) -> AsyncIterator[Result]:
    """One result a set that has something to refuse, as it is done; at last the tenants aside."""
    aside: list[_Stated] = []
    for questions in bench.questions():
        if questions.is_catalogue or all(row.get("answerable") for row in questions.gold):
            continue
        asked = await (await bench.house()).ask(questions)
        predictions = [_prediction(one) for one in asked]
        by_id = {str(row["id"]): row for row in predictions}
        found = metrics.retrieval(questions.gold, by_id)
        found |= _handed_over(asked, by_id)
        for one, row in zip(asked, predictions, strict=True):
            row["right"] = bool(one.ranked) and one.ranked[0] in one.row["gold"]
        stated = [(float(str(row["score"])), bool(row["right"])) for row in predictions]
        found |= _calibrated(stated)
        aside.append([s for s, one in zip(stated, asked, strict=True) if is_aside(one.tenant)])
        yield Result(questions.name, found, predictions)
    for labels in label_sets(bench.data, bench.train):
        if labels.examples and labels.has_strangers:
            for result in judged(labels, await one_label(bench, labels)):
                yield result
    aside = [group for group in aside if group]
    if aside:
        weights = [1 / len(group) for group in aside for _ in group]
        everything = [one for group in aside for one in group]
        yield Result(HELD_ASIDE, _calibrated(everything, weights), [])


def is_aside(tenant: str) -> bool:
    """Whole tenants are kept aside, the same ones in every language of a set."""
    return zlib.crc32(tenant.encode()) % ASIDE == 0


def pictures(results: Sequence[Result], folder: Path) -> list[Path]:
    """Risk by coverage, calibration and ROC: of what is answered, and of what is labelled."""
    by_task: tuple[list[curves.Curve], list[curves.Curve]] = ([], [])
    for result in results:
        if result.predictions:
            by_task["label" in result.predictions[0]].append(_curve(result))
    answered, labelled = by_task
    drawn: list[Path] = []
    if answered:
        title = f"decide: the first passage is right, cut at {ANSWER}"
        path = folder / "decide-curves.svg"
        drawn.append(curves.draw(title, answered, path, threshold=ANSWER))
    if labelled:
        title = f"decide: the request has a label, and this one, cut at {KNOWN}"
        path = folder / "decide-labels-curves.svg"
        drawn.append(curves.draw(title, labelled, path, threshold=KNOWN))
    return drawn


def _curve(result: Result) -> curves.Curve:
    return curves.Curve(
        result.name.removesuffix(".gz").removesuffix(".jsonl"),
        [float(row["score"]) for row in result.predictions],
        [bool(row["right"]) for row in result.predictions],
    )


_Stated = list[tuple[float, bool]]  # confidence, whether the first passage was right


def _calibrated(stated: _Stated, weights: list[float] | None = None) -> metrics.Metrics:
    """How well chances are stated, and at the working threshold what is answered and right of it."""
    chances, right = [p for p, _ in stated], [r for _, r in stated]
    mass = np.array(weights or [1.0] * len(stated))
    let = np.array(chances) >= ANSWER
    found = metrics.calibration(chances, right, weights)
    found["answered"] = float(mass[let].sum() / mass.sum())
    if let.any():
        found["right_of_answered"] = float(mass[let & np.array(right)].sum() / mass[let].sum())
    return found


def _prediction(one: Asked) -> dict[str, object]:
    passages = one.passages[:MAX_PASSAGES]
    sure = confidence(one.features)
    answers = sure >= ANSWER
    said = " ".join(text for _, text in extract(one.query, passages)) if answers else ""
    return {
        "id": one.row["id"],
        "ranked": one.ranked,
        "score": round(sure, 6),
        "answerable": answers,
        "answer": said,
    }


def _handed_over(asked: list[Asked], by_id: dict[str, dict[str, object]]) -> metrics.Metrics:
    """The share that would go to a person, among those with an answer and those without."""
    shares: dict[bool, list[bool]] = {True: [], False: []}
    for one in asked:
        shares[bool(one.row["answerable"])].append(not by_id[one.row["id"]]["answerable"])
    return {
        f"handed_over_{name}": sum(shares[key]) / len(shares[key])
        for key, name in ((True, "answerable"), (False, "unanswerable"))
        if shares[key]
    }
