"""How well stated chances hold against what came true."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

BINS = 10


def calibration(
    chances: Sequence[float], outcomes: Sequence[bool], weights: Sequence[float] | None = None
) -> dict[str, Any]:
    """Expected calibration error (10 equal bins), Brier score, that of the base rate, and AUROC."""
    p, y = np.asarray(chances, float), np.asarray(outcomes, float)
    w: NDArray[np.float64] = np.asarray(weights if weights is not None else np.ones(len(p)), float)
    w = w / w.sum()
    bins = np.minimum((p * BINS).astype(int), BINS - 1)
    error = sum(abs(float((w * (p - y))[bins == b].sum())) for b in range(BINS))
    base = float((w * y).sum())
    return {
        "ece": error,
        "brier": float((w * (p - y) ** 2).sum()),
        "brier_of_base_rate": base * (1 - base),
        "auroc": auroc(p.tolist(), [bool(v) for v in y]),
    }


def auroc(scores: Sequence[float], positive: Sequence[bool]) -> float | None:
    """The chance that a positive scores above a negative, ties half; None with one class only."""
    wanted = np.asarray(positive, bool)
    if wanted.all() or not wanted.any():
        return None
    _, places, counts = np.unique(
        np.asarray(scores, float), return_inverse=True, return_counts=True
    )
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]
    n = int(wanted.sum())
    return float((ranks[wanted].sum() - n * (n + 1) / 2) / (n * (len(wanted) - n)))
