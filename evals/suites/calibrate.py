"""Calibrate: does a tenant's own correction, learnt from some outcomes, hold for the others?

Every set stands for one tenant. Its questions are split in halves (whole tenants of the set where
it has many, else by question); n outcomes of one half are drawn, the correction that
`frontdesk calibrate` would make is learnt from them, and judged on the other half; both ways, several
draws, the mean. `ece@n` and `brier@n` stand beside the product's own (`ece@0`); `cost@n` is what
the decision at the working threshold costs, where a wrong answer costs 1 and a hand-over ANSWER
less than an answer that is wrong for sure; `harm@n` is the worst draw's loss of Brier score.
"""

import random
import zlib
from collections.abc import AsyncIterator, Sequence

import numpy as np

from evals import metrics
from evals.bench import Bench
from evals.house import Asked
from evals.report import Result
from evals.suites import decide
from graphs.calibration import Correction, Outcome, corrected, learn
from graphs.deciding.confidence import ANSWER, confidence, evidence_log_odds

SETS = decide.SETS
OUTCOMES = (10, 30, 100, 200)
COLUMNS = tuple(f"{name}@{n}" for name in ("ece", "brier", "cost") for n in (0, *OUTCOMES)) + tuple(
    f"harm@{n}" for n in OUTCOMES
)
PLOTTED = ("ece@0", "ece@100", "ece@200")
DRAWS = 10
MANY_TENANTS = 8
SEED = 20261121
_Case = tuple[float, Outcome]  # what the product states, and what came of it


async def run(bench: Bench) -> AsyncIterator[Result]:
    """One result a set that has something to refuse."""
    for questions in bench.questions():
        if questions.is_catalogue or all(row.get("answerable") for row in questions.gold):
            continue
        asked = await (await bench.house()).ask(questions)
        yield Result(questions.name, _measured(asked), [])


def _measured(asked: Sequence[Asked]) -> metrics.Metrics:
    by_tenant = len({one.tenant for one in asked}) >= MANY_TENANTS
    halves: tuple[list[_Case], list[_Case]] = ([], [])
    for one in asked:
        key = one.tenant if by_tenant else str(one.row["id"])
        halves[zlib.crc32(f"half {key}".encode()) % 2].append(_case(one))
    found: metrics.Metrics = {}
    for count in (0, *OUTCOMES):
        draws: list[metrics.Metrics] = []
        for teaching, judged in (halves, halves[::-1]):
            if count <= len(teaching) and judged:
                draws += [_draw(teaching, judged, count, number) for number in range(DRAWS)]
        for name in ("ece", "brier", "cost") if draws else ():
            found[f"{name}@{count}"] = float(np.mean([draw[name] for draw in draws]))
        if draws and count:
            found[f"harm@{count}"] = max(0.0, max(draw["harm"] for draw in draws))
    return found


def _case(one: Asked) -> _Case:
    features = one.features
    right = bool(one.ranked) and one.ranked[0] in one.row["gold"]
    return confidence(features), Outcome(evidence_log_odds(features), right)


def _draw(
    teaching: Sequence[_Case], judged: Sequence[_Case], count: int, number: int
) -> metrics.Metrics:
    drawn = random.Random(f"{SEED} {count} {number}").sample(list(teaching), count)
    correction = learn([outcome for _, outcome in drawn]).correction
    own, now = (_judged(judged, line) for line in (Correction(), correction))
    return now | {"harm": now["brier"] - own["brier"]}


def _judged(cases: Sequence[_Case], correction: Correction) -> metrics.Metrics:
    stated = [corrected(chance, correction) for chance, _ in cases]
    right = [outcome.right for _, outcome in cases]
    costs = [
        (0.0 if good else 1.0) if chance >= ANSWER else 1 - ANSWER
        for chance, good in zip(stated, right, strict=True)
    ]
    return metrics.calibration(stated, right) | {"cost": float(np.mean(costs))}
