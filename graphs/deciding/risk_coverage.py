"""What a threshold costs: the share of answers that would be given, and how many of those were wrong."""

from collections.abc import Sequence

import numpy as np

from graphs.calibration import MAX_LOG_ODDS, Correction, Outcome, corrected

MAX_POINTS = 60


def risk_coverage(outcomes: Sequence[Outcome], correction: Correction) -> list[dict[str, float]]:
    """`threshold`, `coverage` and `risk`, the highest threshold first, for a threshold at each of
    at most 60 stated chances; outcomes count by their weight."""
    if not outcomes:
        return []
    stated = np.array([_stated(one, correction) for one in outcomes])
    weight = np.array([one.weight for one in outcomes])
    wrong = np.array([0.0 if one.right else one.weight for one in outcomes])
    order = np.argsort(-stated, kind="stable")
    mass, missed, sure = np.cumsum(weight[order]), np.cumsum(wrong[order]), stated[order]
    last = np.flatnonzero(np.append(sure[1:] < sure[:-1], True))  # of those that state the same
    kept = last[np.unique(np.linspace(0, len(last) - 1, MAX_POINTS).round().astype(int))]
    return [
        {
            "threshold": round(float(sure[at]), 4),
            "coverage": round(float(mass[at] / mass[-1]), 4),
            "risk": round(float(missed[at] / mass[at]), 4),
        }
        for at in kept
    ]


def _stated(one: Outcome, correction: Correction) -> float:
    bounded = min(max(one.log_odds, -MAX_LOG_ODDS), MAX_LOG_ODDS)
    return corrected(1 / (1 + np.exp(-bounded)), correction)
