"""One assistant's own reading of the product's confidence, learnt from what its answers came to.

The product's confidence is fitted on public sets; what 0.6 means differs from one knowledge base
to the next. A correction is a straight line over the confidence's log odds, drawn towards "leave
it as it is" so that few outcomes move it little (a Gaussian prior on shift and log slope, the
most likely line under it), and optionally a threshold for the risk that the tenant accepts. It is
kept only where, outcome by outcome held aside, it states chances better than what it replaces.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphs.deciding.stated_chances import calibration

Array = NDArray[np.float64]

# How far a tenant is believed to differ before it has said anything (`python -m evals calibrate`: wider
# gains 0.2 points of calibration error at 30 outcomes and doubles the worst draw's loss).
SHIFT_SPREAD = 0.6
LOG_SLOPE_SPREAD = 0.2
FOLDS = 5
MIN_OUTCOMES = 20  # fewer change nothing
MIN_OF_EACH = 4  # right ones and wrong ones: one kind alone says nothing of the other
MAX_OUTCOMES = 5_000
MAX_LOG_ODDS = 6.0  # surer is not told apart
RISK_PRIOR = 20.0  # outcomes that the stated chances count for beside the real ones
STEPS = 40
OFFER_TO_ANSWER = 0.43  # the product's own thresholds stand so to each other


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the product stated, as log odds, and what it came to; `weight` up to 1."""

    log_odds: float
    right: bool
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Correction:
    """The line, and thresholds where the tenant's risk sets them; the default changes nothing."""

    slope: float = 1.0
    shift: float = 0.0
    answer: float | None = None
    offer: float | None = None
    target_risk: float | None = None  # the share of answers that may be wrong

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Correction":
        """A stored correction; what is missing changes nothing."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in given.items() if name in known})

    def plain(self) -> dict[str, Any]:
        """As it is stored and travels with a turn."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True)
class Learnt:
    """What the outcomes ask for, with figures of outcomes that were held aside in turn.

    `before` is the product's own reading; `why` says in what way nothing better was found.
    """

    correction: Correction
    outcomes: int
    right: int
    before: dict[str, Any]
    after: dict[str, Any]
    too_few: bool = False
    why: str = ""

    def figures(self) -> dict[str, Any]:
        """As they are kept with a revision."""
        return {
            "outcomes": self.outcomes,
            "right": self.right,
            "before": self.before,
            "after": self.after,
        }


def log_odds(chance: float) -> float:
    """Of a chance, within bounds."""
    inside = min(max(chance, 1e-6), 1 - 1e-6)
    return math.log(inside / (1 - inside))


def corrected(stated: float, correction: Correction) -> float:
    """The chance as this assistant's outcomes read it."""
    if correction.slope == 1.0 and correction.shift == 0.0:
        return stated
    z = min(max(log_odds(stated), -MAX_LOG_ODDS), MAX_LOG_ODDS)
    return 1 / (1 + math.exp(-(correction.shift + correction.slope * z)))


def learn(
    outcomes: Sequence[Outcome], *, target_risk: float | None = None, least: int = MIN_OUTCOMES
) -> Learnt:
    """The correction these outcomes ask for; the product's own reading where that is better."""
    z, y, w = _arrays(outcomes[:MAX_OUTCOMES])
    right = int(y.sum())
    own = Correction()
    before = _figures(_read(z, own), y, w)
    if len(y) < least or min(right, len(y) - right) < MIN_OF_EACH:
        why = f"{least} outcomes are needed, {MIN_OF_EACH} of each kind"
        return Learnt(own, len(y), right, before, before, too_few=True, why=why)
    aside = np.empty(len(y))
    for fold in range(FOLDS):
        out = np.arange(len(y)) % FOLDS == fold
        aside[out] = _read(z[out], _fitted(z[~out], y[~out], w[~out]))
    after = _figures(aside, y, w)
    better = after["brier"] < before["brier"]
    found = _fitted(z, y, w) if better else own
    why = "" if better else "the product's own reading states chances better"
    if target_risk is not None:
        found = _with_threshold(found, z, y, w, target_risk)
    return Learnt(found, len(y), right, before, after, why=why)


def _arrays(outcomes: Sequence[Outcome]) -> tuple[Array, Array, Array]:
    z = np.array([one.log_odds for one in outcomes], float)
    return (
        np.clip(z, -MAX_LOG_ODDS, MAX_LOG_ODDS),
        np.array([float(one.right) for one in outcomes], float),
        np.array([one.weight for one in outcomes], float),
    )


def _figures(stated: Array, y: Array, w: Array) -> dict[str, Any]:
    return calibration(stated.tolist(), (y > 0).tolist(), w.tolist()) if len(y) else {}


def _read(z: Array, correction: Correction) -> Array:
    return 1 / (1 + np.exp(-(correction.shift + correction.slope * z)))


def _fitted(z: Array, y: Array, w: Array) -> Correction:
    """The most likely line under the prior, by scored steps that never lose ground."""
    shift, log_slope = 0.0, 0.0
    loss = _loss(z, y, w, shift, log_slope)
    for _ in range(STEPS):
        slope = math.exp(log_slope)
        p = 1 / (1 + np.exp(-(shift + slope * z)))
        miss, curve, along = w * (p - y), w * p * (1 - p), slope * z
        slopes = np.array(
            [
                miss.sum() + shift / SHIFT_SPREAD**2,
                (miss * along).sum() + log_slope / LOG_SLOPE_SPREAD**2,
            ]
        )
        cross = (curve * along).sum()
        curves = np.array(
            [
                [curve.sum() + 1 / SHIFT_SPREAD**2, cross],
                [cross, (curve * along**2).sum() + 1 / LOG_SLOPE_SPREAD**2],
            ]
        )
        step = np.linalg.solve(curves, slopes)
        size = 1.0
        while size > 1e-4:
            tried = (shift - size * float(step[0]), log_slope - size * float(step[1]))
            found = _loss(z, y, w, *tried)
            if found <= loss:
                break
            size /= 2
        else:
            break
        moved = abs(tried[0] - shift) + abs(tried[1] - log_slope)
        (shift, log_slope), loss = tried, found
        if moved < 1e-7:
            break
    return Correction(round(math.exp(log_slope), 4), round(shift, 4))


def _loss(z: Array, y: Array, w: Array, shift: float, log_slope: float) -> float:
    line = shift + math.exp(log_slope) * z
    missed = np.logaddexp(0, line) - y * line
    prior = (shift / SHIFT_SPREAD) ** 2 + (log_slope / LOG_SLOPE_SPREAD) ** 2
    return float((w * missed).sum() + prior / 2)


def _with_threshold(
    correction: Correction, z: Array, y: Array, w: Array, risk: float
) -> Correction:
    """The lowest threshold whose answers are wrong at most as often as the tenant accepts.

    What the chances state counts beside what came true, so that few outcomes decide little.
    """
    stated = _read(z, correction)
    order = np.argsort(-stated, kind="stable")
    p, right, mass = stated[order], y[order], np.cumsum(w[order])
    wrong = np.cumsum(w[order] * (1 - right))
    expected = np.cumsum(w[order] * (1 - p)) / mass
    share = (wrong + RISK_PRIOR * expected) / (mass + RISK_PRIOR)
    within = np.flatnonzero(share <= risk)
    threshold = float(p[within[-1]]) if len(within) else 1.0
    answer = round(min(max(threshold, 0.01), 1.0), 4)
    return replace(
        correction, answer=answer, offer=round(answer * OFFER_TO_ANSWER, 4), target_risk=risk
    )
