"""Does a text give orders to the machine that reads it? A chance, and which of its sentences do.

A logistic regression over the signs of `graphs/safety/injection_signs.py`; its weights are fitted by
`python -m evals.fit_injection` and say how sure it is of a text that is about as likely an attack
as not. It looks at contacts' words and at the text of documents, pages and tools alike, and is a
second lock only: what a turn may do never rests on it alone (docs/safety.md).
"""

import json
import math
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from graphs.safety.injection_signs import Unit, units
from tenants.keeping.kept_texts import forgettable

THRESHOLD = 0.5  # false alarms: evals/suites/injection.py
AMID_HANDICAP = 1.0  # a document has many sentences, and any of them could be a false alarm
WEIGHTS = Path(__file__).with_name("injection_weights.json")


@dataclass(frozen=True, slots=True)
class Suspect:
    """How likely a text gives orders, and the sentences that do, as they stand in it."""

    chance: float
    sentences: tuple[str, ...] = ()

    @property
    def gives_orders(self) -> bool:
        """Whether it is to be treated as an attack."""
        return self.chance >= THRESHOLD


@forgettable
@lru_cache(maxsize=2_000)
def suspect(text: str) -> Suspect:
    """What the text looks like; kept for texts that come again, as passages do."""
    bias, weights = _fitted()
    found = units(text)
    logits = [_logit(unit, bias, weights) for unit in found]
    amid = [
        unit.text.strip()
        for unit, logit in zip(found, logits, strict=True)
        if unit.amid and _chance(logit) >= THRESHOLD
    ]
    return Suspect(_chance(max(logits)), tuple(amid))


def _logit(unit: Unit, bias: float, weights: dict[str, float]) -> float:
    given = sum(weights.get(sign, 0.0) for sign in unit.signs)
    return bias + given - (AMID_HANDICAP if unit.amid else 0.0)


def _chance(logit: float) -> float:
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, logit))))


@cache
def _fitted() -> tuple[float, dict[str, float]]:
    weights: dict[str, float] = json.loads(WEIGHTS.read_text("utf8"))
    return weights.pop("bias"), weights
