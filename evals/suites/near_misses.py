"""Near misses: is what is asked of another thing of the same kind left unanswered?

Small companies with a few pairs each ("Do you repair unicycles?"), or with texts and records; half of
the questions ask the same by other words and must be answered from the right entry, half ask of
something that none speaks of ("Do you repair skateboards?"). Written by us; the companies of the
halves `aside` shaped nothing.
"""

import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from evals import metrics
from evals.bench import Bench
from evals.house import Asked, House
from evals.report import Result
from evals.sets import QuestionSet, Row
from graphs.deciding.confidence import ANSWER, confidence

SETS: tuple[str, ...] = ()
COLUMNS = ("answered", "invented", "auroc")
PLOTTED = ("answered", "invented")
COMPANIES = Path(__file__).resolve().parents[1] / "data" / "near_misses.jsonl"


async def run(bench: Bench) -> AsyncIterator[Result]:
    """One result a half and, within it, English and the other languages apart."""
    companies = [json.loads(line) for line in COMPANIES.read_text("utf8").splitlines()]
    house = await bench.house()
    for half in dict.fromkeys(row["half"] for row in companies):
        for is_english, name in ((True, "en"), (False, "other")):
            chosen = [
                c for c in companies if c["half"] == half and (c["language"] == "en") == is_english
            ]
            if chosen:
                yield await _result(f"{half}/{name}", chosen, house)


async def _result(name: str, companies: Sequence[Row], house: House) -> Result:
    asked = await house.ask(questions_of(name, companies))
    predictions = [_prediction(one) for one in asked]
    known = [p for p, one in zip(predictions, asked, strict=True) if one.row["gold"]]
    missed = [p for p, one in zip(predictions, asked, strict=True) if not one.row["gold"]]
    found: metrics.Metrics = {
        "answered": sum(bool(p["answerable"] and p["right"]) for p in known) / len(known),
        "invented": sum(bool(p["answerable"]) for p in missed) / len(missed),
        "auroc": metrics.auroc(
            [float(str(p["score"])) for p in predictions], [bool(one.row["gold"]) for one in asked]
        ),
    }
    return Result(name, found, predictions)


def questions_of(name: str, companies: Sequence[Row]) -> QuestionSet:
    """The companies' entries as passages, and what is asked of them; no gold where nothing answers."""
    gold: list[Row] = []
    corpus: list[Row] = []
    for company in companies:
        tenant = str(company["company"])
        for number, entry in enumerate(_entries(company)):
            corpus.append({"id": f"{tenant} {number}", "tenant": tenant, **entry})
        for kind in ("answered", "missed"):
            for number, one in enumerate(company[kind]):
                entry = one.get("pair", one.get("text"))
                held = [] if entry is None else [f"{tenant} {entry}"]
                row_id = f"{tenant} {kind} {number}"
                gold.append({"id": row_id, "tenant": tenant, "query": one["query"], "gold": held})
    return QuestionSet(name, gold, corpus)


def _entries(company: Row) -> list[Row]:
    """Pairs by their question and answer, then texts and records as they stand."""
    pairs = [{"title": p["question"], "text": p["answer"]} for p in company.get("pairs", ())]
    return [*pairs, *company.get("texts", ())]


def _prediction(one: Asked) -> dict[str, object]:
    sure = confidence(one.features)
    return {
        "id": one.row["id"],
        "query": one.query,
        "score": round(sure, 4),
        "answerable": sure >= ANSWER,
        "right": bool(one.ranked) and one.ranked[0] in one.row["gold"],
    }
