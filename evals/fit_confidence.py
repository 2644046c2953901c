"""Fit the weights of `graphs/deciding/confidence.py`: `python -m evals.fit_confidence [--data FOLDER]`.

A logistic regression over the product's own features on the development sets. Each set weighs the
same; a third of the tenants is kept aside and only judged. Every question is also put as if fewer
passages had been found (a small knowledge base has no others to lead over), and every answerable
one with its gold passages withheld: on topic, but not answered. What is fitted is "the first
passage answers". The printed weights are copied by hand, so that they are reviewed.
"""

import argparse
import asyncio
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals import metrics
from evals.__main__ import DATA, RESULTS
from evals.bench import open_bench
from evals.house import Asked, House
from evals.sets import QuestionSet
from evals.suites import decide
from graphs.deciding.confidence import WEIGHTS, evidence_features, inputs
from graphs.nodes.retrieve import MAX_PASSAGES
from tenants.finding.search import Passage

Array = NDArray[np.float64]

BY_HAND = ("doubt", "unsupported")
NAMES = tuple(name for name in WEIGHTS if name not in BY_HAND)
SETS = (*decide.SETS, "dstc9-grounding")
WITHHELD_WEIGHT = 0.1
FEW = (1, 3)  # passages of a small knowledge base
FEW_WEIGHT = 0.15
FEW_WITHHELD_WEIGHT = 0.03
PENALTY = 1.0
STEPS = 50


@dataclass(frozen=True)
class Case:
    """One question as the gate sees it, and whether an answer would be right."""

    set: str
    tenant: str
    values: list[float]
    right: bool
    weight: float
    as_asked: bool  # neither fewer passages nor any withheld


def cases_of(questions: QuestionSet, asked: list[Asked]) -> list[Case]:
    """The set's questions as they are, of small knowledge bases, and without what answers them."""
    found: list[Case] = []
    for one in asked:
        right = bool(one.ranked) and one.ranked[0] in one.row["gold"]
        found.append(_case(questions, one, one.passages, right=right))
        for few in FEW:
            found.append(_case(questions, one, one.passages[:few], right=right, weight=FEW_WEIGHT))
        if one.row.get("answerable", True) and one.row["gold"]:
            gold = set(one.row["gold"])
            left = [p for p in one.passages if p["source"].get("external_id") not in gold]
            found.append(_case(questions, one, left, right=False, weight=WITHHELD_WEIGHT))
            found.append(_case(questions, one, left[:1], right=False, weight=FEW_WITHHELD_WEIGHT))
    return found


def _case(
    questions: QuestionSet,
    one: Asked,
    passages: list[Passage],
    *,
    right: bool,
    weight: float = 1.0,
) -> Case:
    given = inputs(evidence_features(one.query, passages[:MAX_PASSAGES]))
    values = [given[name] for name in NAMES]
    return Case(questions.name, one.tenant, values, right, weight, weight == 1.0)


def fit(values: Array, right: Array, weights: Array) -> tuple[float, Array]:
    """Bias and weights of a penalised logistic regression, by Newton's method."""
    mean, spread = values.mean(0), values.std(0) + 1e-9
    design = np.c_[np.ones(len(values)), (values - mean) / spread]
    penalty = np.eye(design.shape[1]) * PENALTY
    penalty[0, 0] = 0
    beta = np.zeros(design.shape[1])
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-design @ beta))
        slope = design.T @ (weights * (right - chance)) - penalty @ beta
        curve = (design * (weights * chance * (1 - chance))[:, None]).T @ design + penalty
        step = np.linalg.solve(curve, slope)
        beta += step
        if np.abs(step).max() < 1e-8:
            break
    scaled = beta[1:] / spread
    return float(beta[0] - (mean * scaled).sum()), scaled


def set_weights(cases: list[Case]) -> Array:
    """Each set the same mass, on average 1 a case."""
    mass: dict[str, float] = {}
    for case in cases:
        mass[case.set] = mass.get(case.set, 0.0) + case.weight
    share = sum(case.weight for case in cases) / len(mass)
    return np.array([case.weight * share / mass[case.set] for case in cases])


def chances(cases: list[Case], bias: float, weights: Array) -> Array:
    """The stated confidence of each case."""
    values = np.array([case.values for case in cases])
    return 1 / (1 + np.exp(-(bias + values @ weights)))


def report(cases: list[Case], bias: float, weights: Array) -> None:
    """Print the weights and how well they state their chances on the tenants kept aside."""
    print(f"BIAS = {bias:.2f}")
    for name, weight in zip(NAMES, weights, strict=True):
        print(f'    "{name}": {weight:.2f},')
    aside = [c for c in cases if c.as_asked and decide.is_aside(c.tenant)]
    print(f"\nkept aside{'cases':>28}{'ECE':>8}{'Brier':>8}{'base':>8}{'AUROC':>8}")
    groups = {name: [c for c in aside if c.set == name] for name in sorted({c.set for c in aside})}
    for name, group in {**groups, "all (sets alike)": aside}.items():
        stated = chances(group, bias, weights)
        found = metrics.calibration(
            stated.tolist(), [case.right for case in group], set_weights(group).tolist()
        )
        shown = (found["ece"], found["brier"], found["brier_of_base_rate"], found["auroc"])
        figures = "".join(f"{value:8.3f}" for value in shown)
        print(f"{name:<32}{len(group):6}{figures}")


async def _gather(data: Path) -> list[Case]:
    async with open_bench(data, data, RESULTS) as bench:
        return await _cases(await bench.house(), bench.questions())


async def _cases(house: House, sets: list[QuestionSet]) -> list[Case]:
    found: list[Case] = []
    for questions in sets:
        if questions.name.split("/")[0] in SETS:
            found += cases_of(questions, await house.ask(questions))
    return found


def main() -> None:
    """Gather the cases through the product's search, fit on two thirds, judge on the rest."""
    parser = argparse.ArgumentParser(prog="python -m evals.fit_confidence", description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    cases = asyncio.run(_gather(parser.parse_args().data))
    taught = [case for case in cases if not decide.is_aside(case.tenant)]
    values = np.array([case.values for case in taught])
    right = np.array([float(case.right) for case in taught])
    bias, weights = fit(values, right, set_weights(taught))
    report(cases, bias, weights)


if __name__ == "__main__":
    main()
