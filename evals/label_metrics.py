"""Accuracy of labels and refusal of what has none; the definitions are those of `score.py`."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.metrics import Metrics, auroc, best_f1, precision_recall

Row = Mapping[str, Any]

NONE = "OOS"  # the label of what no label fits


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


def many(gold: Sequence[Row], predictions: Sequence[Row]) -> Metrics:
    """Several labels a request: micro F1 over labels, and how often the whole set is right."""
    by_id = {row["id"]: row for row in predictions}
    said = [set(by_id.get(row["id"], {}).get("intents") or []) for row in gold]
    meant = [set(row["intents"]) for row in gold]
    both = sum(len(a & b) for a, b in zip(said, meant, strict=True))
    named = sum(map(len, said)) + sum(map(len, meant))
    return {
        "n": len(gold),
        "micro_f1": 2 * both / max(named, 1),
        "set_acc": _mean([a == b for a, b in zip(said, meant, strict=True)]),
    }


def clusters(gold: Sequence[Row], predictions: Sequence[Row]) -> Metrics:
    """How well groups without names fit the labels: shared information, and purity both ways."""
    by_id = {row["id"]: row for row in predictions}
    groups = [str(by_id.get(row["id"], {}).get("cluster")) for row in gold]
    _, of = np.unique([row["label"] for row in gold], return_inverse=True)
    names, found = np.unique(groups, return_inverse=True)
    counts = np.zeros((len(names), int(of.max()) + 1))
    np.add.at(counts, (found, of), 1)
    share = counts / counts.sum()
    by_group, by_label = share.sum(1), share.sum(0)
    there = share > 0
    shared = (share[there] * np.log(share[there] / np.outer(by_group, by_label)[there])).sum()
    return {
        "n": len(gold),
        "clusters": len(names),
        "nmi": float(2 * shared / max(_entropy(by_group) + _entropy(by_label), 1e-12)),
        "purity": float(share.max(1).sum()),
        "inverse_purity": float(share.max(0).sum()),
    }


def _entropy(shares: NDArray[np.float64]) -> float:
    there = shares[shares > 0]
    return float(-(there * np.log(there)).sum())
