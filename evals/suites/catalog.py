"""Catalog: is the product found by another shop's name for it, or by a misspelt one?

Every product is a JSON document as a tenant would import it. `pairs` asks whether two records are
the same thing: the right ones move in, and the left one's name is searched; its score is the
answer.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from evals import metrics
from evals.bench import Bench
from evals.house import Home, House
from evals.report import Result
from evals.sets import PairSet, Row, pair_sets

SETS = ("catalog-abt-buy", "catalog-walmart-amazon")
COLUMNS = ("hit@1", "recall@5", "recall@10", "mrr@5", "unans_auroc", "auroc", "f1_oracle")
PLOTTED = ("hit@1", "recall@5", "mrr@5")
_NAMES = ("title", "name")
_MOST = 50


async def run(bench: Bench) -> AsyncIterator[Result]:
    """One result a catalogue's gold file, as it is done."""
    for questions in bench.questions():
        if not questions.is_catalogue:
            continue
        asked = await (await bench.house()).ask(questions)
        predictions: list[dict[str, object]] = [
            {
                "id": one.row["id"],
                "ranked": one.ranked,
                "score": round(one.passages[0]["score"], 6) if one.passages else 0.0,
            }
            for one in asked
        ]
        by_id = {str(row["id"]): row for row in predictions}
        yield Result(questions.name, metrics.retrieval(questions.gold, by_id), predictions)
    for pairs in pair_sets(bench.data):
        yield await _run_pairs(await bench.house(), pairs)


async def _run_pairs(house: House, pairs: PairSet) -> Result:
    """How well the score of the right record tells the same things from others."""
    ids: dict[str, str] = {}
    for row in pairs.gold:
        ids.setdefault(_told(row["right"]), f"r{len(ids)}")
    rows = {_told(row["right"]): row["right"] for row in pairs.gold}
    home = await house.move_in(pairs.name, [_product(ids[told], rows[told]) for told in ids])
    predictions: list[dict[str, object]] = []
    for done, row in enumerate(pairs.gold):
        house.progress.show(f"{pairs.name}: pairs", done, len(pairs.gold))
        score = await _score(house, home, _name(row["left"]), ids[_told(row["right"])])
        predictions.append({"id": row["id"], "score": round(score, 6)})
    house.progress.clear()
    return Result(pairs.name, metrics.binary(pairs.gold, predictions), predictions)


async def _score(house: House, home: Home, name: str, wanted: str) -> float:
    found = await house.search(home, name, limit=_MOST)
    return max((p["score"] for p in found if home.row_ids[p["document_id"]] == wanted), default=0.0)


def _product(product_id: str, record: Mapping[str, Any]) -> Row:
    attrs = {key: value for key, value in record.items() if key not in _NAMES}
    return {"id": product_id, "title": _name(record), "attrs": attrs}


def _name(record: Mapping[str, Any]) -> str:
    return next((str(record[key]) for key in _NAMES if record.get(key)), "")


def _told(record: Mapping[str, Any]) -> str:
    return repr(sorted(record.items()))
