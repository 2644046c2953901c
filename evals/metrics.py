"""The figures of the suites: how well passages were found, answers refused and chances stated.

The definitions are those of the data folder's `score.py`, so that both print the same numbers.
A gold row without a prediction counts as wrong (empty ranking, score 0).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from graphs.deciding.stated_chances import auroc, calibration

__all__ = ["Metrics", "auroc", "best_f1", "binary", "calibration", "precision_recall", "retrieval"]

Row = Mapping[str, Any]
Metrics = dict[str, Any]


def retrieval(gold: Sequence[Row], predictions: Mapping[str, Row]) -> Metrics:
    """Ranking of the answerable rows, refusal of the others, and leaks between tenants."""
    found: Metrics = _ranking(gold, predictions)
    found |= _refusal(gold, predictions)
    found |= _leaks(gold, predictions)
    return found


def binary(gold: Sequence[Row], predictions: Sequence[Row]) -> Metrics:
    """Telling rows of label 1 from those of label 0 by `score`; the threshold is the best one."""
    by_id = {row["id"]: row for row in predictions}
    scores = [_score(row, by_id) for row in gold]
    positive = [bool(row["label"]) for row in gold]
    best, threshold = best_f1(scores, positive)
    return {
        "n": len(gold),
        "positives": sum(positive),
        "auroc": auroc(scores, positive),
        "f1_oracle": best,
        "oracle_threshold": threshold,
    }


def _ranked(row: Row, predictions: Mapping[str, Row]) -> list[str]:
    return list(predictions.get(row["id"], {}).get("ranked") or [])


def _score(row: Row, predictions: Mapping[str, Row]) -> float:
    return float(predictions.get(row["id"], {}).get("score", 0))


def _ranking(gold: Sequence[Row], predictions: Mapping[str, Row]) -> Metrics:
    rows = [row for row in gold if row.get("answerable") and row["gold"]]
    found: Metrics = {"n_answerable": len(rows)}
    if not rows:
        return found
    ranked = [(_ranked(row, predictions), set(row["gold"])) for row in rows]
    for k in (1, 5, 10):
        shares = [len(set(ids[:k]) & wanted) / len(wanted) for ids, wanted in ranked]
        found[f"recall@{k}"] = float(np.mean(shares))
    for k in (1, 5):
        found[f"hit@{k}"] = float(np.mean([bool(set(ids[:k]) & wanted) for ids, wanted in ranked]))
    found["mrr@5"] = float(np.mean([_reciprocal(ids[:5], wanted) for ids, wanted in ranked]))
    return found


def _reciprocal(ids: Sequence[str], wanted: set[str]) -> float:
    return next((1 / place for place, found in enumerate(ids, 1) if found in wanted), 0.0)


def _refusal(gold: Sequence[Row], predictions: Mapping[str, Row]) -> Metrics:
    """Telling rows that the knowledge does not answer, by `score`; decisions by `answerable`."""
    rows = [row for row in gold if row.get("answerable") is not None]
    refuse = [not row["answerable"] for row in rows]
    known = [predictions.get(row["id"], {}) for row in rows]
    if not any(refuse) or not any("score" in prediction for prediction in known):
        return {}
    doubts = [-_score(row, predictions) for row in rows]
    best, threshold = best_f1(doubts, refuse)
    found: Metrics = {
        "n_unanswerable": sum(refuse),
        "unans_auroc": auroc(doubts, refuse),
        "unans_f1_oracle": best,
        "oracle_threshold": -threshold,
    }
    if not all("answerable" in prediction for prediction in known):
        return found
    refused = [not prediction["answerable"] for prediction in known]
    found["unans"] = precision_recall(refused, refuse)
    found["ans"] = precision_recall([not r for r in refused], [not r for r in refuse])
    right = [
        not said and _ranked(row, predictions)[:1] and _ranked(row, predictions)[0] in row["gold"]
        for row, said, wrong in zip(rows, refused, refuse, strict=True)
        if not wrong
    ]
    if right:
        found["hit@1_and_answered"] = float(np.mean([bool(r) for r in right]))
    return found


def _leaks(gold: Sequence[Row], predictions: Mapping[str, Row]) -> Metrics:
    """Rows where a passage of another tenant, or the secret itself, came back: must be 0."""
    rows = [row for row in gold if "forbidden" in row]
    if not rows:
        return {}
    leaked = [row["id"] for row in rows if _leaks_in(row, predictions)]
    return {
        "n_isolation": len(rows),
        "leak_rate": len(leaked) / len(rows),
        "leaked_ids": leaked[:10],
    }


def _leaks_in(row: Row, predictions: Mapping[str, Row]) -> bool:
    if any(found.rsplit("/", 1)[0] != row["tenant"] for found in _ranked(row, predictions)):
        return True
    answer = predictions.get(row["id"], {}).get("answer") or ""
    return bool(row.get("canary") and row["canary"] in answer)


def best_f1(scores: Sequence[float], positive: Sequence[bool]) -> tuple[float, float]:
    """The best F1 that any threshold on these very rows reaches, and that threshold."""
    values, wanted = np.asarray(scores, float), np.asarray(positive, bool)
    order = np.argsort(-values, kind="stable")
    hits = np.cumsum(wanted[order])
    f1 = 2 * hits / (np.arange(1, len(wanted) + 1) + wanted.sum())
    last_of_ties = np.r_[values[order][1:] != values[order][:-1], True]
    f1 = np.where(last_of_ties, f1, 0)
    best = int(f1.argmax())
    return float(f1[best]), float(values[order][best])


def precision_recall(said: Sequence[bool], true: Sequence[bool]) -> Metrics:
    """Precision, recall and F1 of a yes."""
    claimed, wanted = np.asarray(said, bool), np.asarray(true, bool)
    hits = int((claimed & wanted).sum())
    precision = hits / max(int(claimed.sum()), 1)
    recall = hits / max(int(wanted.sum()), 1)
    return {
        "p": precision,
        "r": recall,
        "f1": 2 * precision * recall / max(precision + recall, 1e-12),
    }
