"""Retrieval: is what answers the question found first, inside its tenant?"""

from collections.abc import AsyncIterator

from evals import metrics
from evals.bench import Bench
from evals.house import Asked
from evals.report import Result

SETS = ("dstc-faq", "dstc11-reviews", "dstc9-grounding", "isolation", "mtrag", "xquad")
COLUMNS = ("hit@1", "recall@5", "recall@10", "mrr@5")
PLOTTED = ("hit@1", "recall@5", "mrr@5")


async def run(bench: Bench) -> AsyncIterator[Result]:
    """One result a set, as it is done."""
    for questions in bench.questions():
        if questions.is_catalogue:
            continue
        asked = await (await bench.house()).ask(questions)
        predictions = [_prediction(one) for one in asked]
        by_id = {str(row["id"]): row for row in predictions}
        yield Result(questions.name, metrics.retrieval(questions.gold, by_id), predictions)


def _prediction(one: Asked) -> dict[str, object]:
    return {"id": one.row["id"], "ranked": one.ranked}
