"""Decide: does the confidence tell what the knowledge answers from what it does not?

Unanswerable questions and questions about another tenant's secrets; out-of-scope turns of tenants
that define intents come with intent routing. The confidence is the one of the gate before the
first sentence; `answer` is what the extractive model would say, so that a leak would be seen.
"""

from collections.abc import AsyncIterator

from evals import metrics
from evals.bench import Bench
from evals.house import Asked
from evals.report import Result
from graphs.best_sentences import extract
from graphs.confidence import ANSWER, confidence, evidence_features
from graphs.nodes.retrieve import MAX_PASSAGES

SETS = ("dstc-faq", "dstc11-reviews", "isolation", "mtrag", "xquad")
COLUMNS = (
    "unans_auroc", "unans_f1_oracle", "handed_over_answerable", "handed_over_unanswerable",
    "hit@1_and_answered", "leak_rate", "ece", "brier", "brier_of_base_rate",
)  # fmt: skip
PLOTTED = ("unans_auroc", "hit@1_and_answered")


async def run(bench: Bench) -> AsyncIterator[Result]:
    """One result a set that has something to refuse, as it is done."""
    for questions in bench.questions():
        if questions.is_catalogue or all(row.get("answerable") for row in questions.gold):
            continue
        asked = await (await bench.house()).ask(questions)
        predictions = [_prediction(one) for one in asked]
        by_id = {str(row["id"]): row for row in predictions}
        found = metrics.retrieval(questions.gold, by_id)
        found |= _handed_over(asked, by_id)
        right = [bool(one.ranked) and one.ranked[0] in one.row["gold"] for one in asked]
        stated = [float(str(by_id[one.row["id"]]["score"])) for one in asked]
        found |= metrics.calibration(stated, right)
        yield Result(questions.name, found, predictions)


def _prediction(one: Asked) -> dict[str, object]:
    passages = one.passages[:MAX_PASSAGES]
    sure = confidence(evidence_features(one.query, passages))
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
