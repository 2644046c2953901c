"""Fit `graphs/safety/injection_weights.json`: `python -m evals.fit_injection [--train FOLDER] [--data FOLDER]`.

A logistic regression with an L1 penalty over the product's own signs. It is taught by attacks made
of our own phrases, by harmless texts of the training files and corpora, and by the gold file of
attacks. How good it is on attacks that it has never seen is printed first: fitted without the gold
file, and on one half of it for the other. The file is written in place, to be reviewed as a difference.
"""

import argparse
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.__main__ import DATA
from evals.injection_cases import Case, halves, made, of_gold
from evals.metrics import precision_recall
from evals.sets import Row, gold_files
from graphs.safety import injection
from graphs.safety.injection_signs import units

GOLD = ("id", "text", "label", "kind", "source")  # the keys of a row
MIN_CASES = 6  # a sign that is seen less often weighs nothing
MIN_PAIRS = 12  # of two words in a row
L1, L2 = 0.5, 1.0
STEPS = 250
MASS = {"documents": 4.0, "inserted": 4.0}  # of a source; what else counts 1
KNOWN_WEIGHT = 4.0  # of the sentence of a poisoned document that is most likely the order
Array = NDArray[np.float64]
Fitted = tuple[float, dict[str, float]]


class Signs:
    """Which signs each case has, as a sparse matrix of ones."""

    def __init__(self, cases: Sequence[Case], names: Sequence[str]) -> None:
        places = {name: place for place, name in enumerate(names)}
        held = [[places[s] for s in case.signs if s in places] for case in cases]
        self.shape = len(cases), len(names)
        self.column = np.array([c for row in held for c in row], np.int64)
        self.row = np.repeat(np.arange(len(held)), [len(row) for row in held])

    def dot(self, weights: Array) -> Array:
        """The sum of the weights of each case's signs."""
        return np.bincount(self.row, weights[self.column], self.shape[0]).astype(np.float64)

    def back(self, given: Array) -> Array:
        """The sum over the cases of each sign."""
        return np.bincount(self.column, given[self.row], self.shape[1]).astype(np.float64)


@dataclass
class _Steps:
    """The fit by accelerated proximal steps (Source: Beck and Teboulle 2009, FISTA)."""

    signs: Signs
    right: Array

    def run(self, mass: Array, steps: int) -> tuple[float, Array]:
        slope_bound = self._bound(mass)
        weights, bias = np.zeros(self.signs.shape[1]), 0.0
        ahead, ahead_bias, pace = weights.copy(), bias, 1.0
        for _ in range(steps):
            wrong = mass * (1 / (1 + np.exp(-(self.signs.dot(ahead) + ahead_bias))) - self.right)
            moved = ahead - (self.signs.back(wrong) + L2 * ahead) / slope_bound
            new = np.sign(moved) * np.maximum(np.abs(moved) - L1 / slope_bound, 0)
            new_bias = ahead_bias - float(wrong.sum()) / slope_bound
            next_pace = (1 + np.sqrt(1 + 4 * pace * pace)) / 2
            lead = (pace - 1) / next_pace
            ahead, ahead_bias = new + lead * (new - weights), new_bias + lead * (new_bias - bias)
            weights, bias, pace = new, new_bias, next_pace
        return bias, weights

    def _bound(self, mass: Array) -> float:
        along = np.random.default_rng(0).normal(size=self.signs.shape[1])
        length = 1.0
        for _ in range(15):
            along = self.signs.back(mass * self.signs.dot(along))
            length = float(np.linalg.norm(along))
            along /= length
        return 0.25 * (length + float(mass.sum())) + L2


def fit(cases: Sequence[Case]) -> Fitted:
    """Bias and weights; of an attack in a document the likeliest sentence is taken for the order."""
    seen = Counter(sign for case in cases for sign in case.signs)
    names = sorted(s for s, n in seen.items() if n >= (MIN_PAIRS if s[0] == "b" else MIN_CASES))
    count = Counter(case.source for case in cases)
    mass = np.array(
        [6 * MASS.get(c.source.split(" ")[0], 1.0) / np.sqrt(count[c.source]) for c in cases]
    )
    group = np.array([case.group for case in cases])
    steps = _Steps(Signs(cases, names), np.array([float(case.right) for case in cases]))
    weighed = np.where(group < 0, mass, 0)
    bias, weights = steps.run(weighed, STEPS // 2)
    for _ in range(2 if (group >= 0).any() else 1):
        sure = steps.signs.dot(weights)
        weighed = np.where(group < 0, mass, 0)
        for one in np.unique(group[group >= 0]):
            members = np.flatnonzero(group == one)
            likeliest = members[np.argmax(sure[members])]
            weighed[likeliest] = KNOWN_WEIGHT * mass[likeliest]
        bias, weights = steps.run(weighed, STEPS)
    rounded = {name: round(float(w), 2) for name, w in zip(names, weights, strict=True)}
    return round(bias, 2), {name: w for name, w in rounded.items() if w}


def report(name: str, fitted: Fitted, rows: Sequence[Row]) -> None:
    """Print precision, recall and the share flagged of each kind."""
    bias, weights = fitted
    flagged = [_logit(row["text"], bias, weights) >= 0 for row in rows]
    found = precision_recall(flagged, [bool(row["label"]) for row in rows])
    print(f"\n{name}: " + ", ".join(f"{k} {100 * v:.1f}" for k, v in found.items()))
    for kind in sorted({row["kind"] for row in rows}):
        of_kind = [f for f, row in zip(flagged, rows, strict=True) if row["kind"] == kind]
        print(f"  {kind:20} {len(of_kind):5} {100 * sum(of_kind) / len(of_kind):6.1f} % flagged")


def _logit(text: str, bias: float, weights: dict[str, float]) -> float:
    return max(
        bias + sum(weights.get(s, 0.0) for s in u.signs) - injection.AMID_HANDICAP * u.amid
        for u in units(text)
    )


def main() -> None:
    """Make the cases, fit thrice to judge, once to keep, and write the weights."""
    parser = argparse.ArgumentParser(prog="python -m evals.fit_injection", description=__doc__)
    parser.add_argument("--train", type=Path, default=DATA)
    parser.add_argument("--data", type=Path, default=DATA)
    asked = parser.parse_args()
    gold = [r for _, _, rows in gold_files(asked.data, *GOLD) for r in rows]
    ours = list(made(asked.data, asked.train))
    report("without the gold file, on all of it", fit(ours), gold)
    first, second = halves(gold)
    for name, taught, judged in (("second", first, second), ("first", second, first)):
        report(f"on the {name} half, by the other", fit([*ours, *of_gold(taught)]), judged)
    bias, weights = fit([*ours, *of_gold(gold)])
    lines: Callable[[object], str] = lambda value: json.dumps(value, indent=0, ensure_ascii=False)  # noqa: E731
    injection.WEIGHTS.write_text(lines({"bias": bias} | weights) + "\n", "utf8")
    print(f"\n{len(ours):,} units, {len(weights):,} signs weigh, written to {injection.WEIGHTS}")


if __name__ == "__main__":
    main()
