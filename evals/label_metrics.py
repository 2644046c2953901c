"""Accuracy of labels and refusal of what has none; the definitions are those of `score.py`."""

from collections.abc import Mapping, Sequence
from typing import Any

from evals.label_sets import NONE
from evals.metrics import Metrics, auroc, best_f1, precision_recall

Row = Mapping[str, Any]


def classify(gold: Sequence[Row], predictions: Sequence[Row], border: float) -> Metrics:
    """Labels where nothing may be refused, then with everything refused that is not above `border`."""
    by_id = {row["id"]: row for row in predictions}
    said = [by_id.get(row["id"], {}).get("label") for row in gold]
    scores = [float(by_id.get(row["id"], {}).get("score", 0)) for row in gold]
    strange = [row["label"] == NONE for row in gold]
    right = [
        label == row["label"]
        for label, row, is_strange in zip(said, gold, strange, strict=True)
        if not is_strange
    ]
    found: Metrics = {"n": len(gold), "n_oos": sum(strange), "in_scope_acc_forced": _mean(right)}
    if not any(strange):
        return found
    best, threshold = best_f1([-score for score in scores], strange)
    decided = [label if score > border else NONE for label, score in zip(said, scores, strict=True)]
    refused = precision_recall([label == NONE for label in decided], strange)
    kept = [
        label == row["label"]
        for label, row, is_strange in zip(decided, gold, strange, strict=True)
        if not is_strange
    ]
    return found | {
        "oos_auroc": auroc([-score for score in scores], strange),
        "oos_f1_oracle": best,
        "oracle_threshold": -threshold,
        "in_scope_acc": _mean(kept),
        "oos_recall": refused["r"],
        "oos_f1": refused["f1"],
        "acc_all": _mean([d == row["label"] for d, row in zip(decided, gold, strict=True)]),
    }


def _mean(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else 0.0
