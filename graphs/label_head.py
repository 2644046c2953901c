"""Which of a tenant's own intent labels a request has, and how sure it is that it has any.

Trained in seconds on the tenant's examples, in numpy alone: a multinomial logistic regression over
the embedding and the letters (`label_grams`), the nearest example by either, the nearest middle of a
label.
Their sum names the label. Whether there is one at all is judged by another sum, in which the
middles count more; where it stops meaning anything is learnt from the examples themselves: labels
are held back in turn and asked for, as if the tenant had not defined them.
Figures and what was tried: `python -m evals intents`, docs/evals.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from graphs.label_grams import GramIndex, GramSpace, Matrix

Numbers = NDArray[np.int64]

SEEDS = (0, 1, 2)  # three fits, averaged
EPOCHS = 16
BATCH = 1_024
MIN_STEPS = 80
DECAY = 2e-4
STRETCH = 4.0  # the features' length: how far the fit may go in these steps
LOGITS = 0.1  # what a logit counts beside a cosine
LABEL_WEIGHTS = (1.0, 0.5, 0.3)  # nearest vector, middle of the vectors, nearest by letters
KNOWN_WEIGHTS = (1.0, 1.5, 0.3)
MOSTLY_KNOWN = 0.8  # how many of a tenant's requests have one of its labels, if nobody says
HELD_BACK = 4  # one label in so many is held back at a time
HELD_ASIDE = 0.25  # of the other labels' examples
FEWEST_LABELS = 6  # below, and with fewer examples, nothing can be held back
FEWEST_EXAMPLES = 60
# Steepness and middle where a tenant's own cannot be learnt: the middle of the development sets'.
USUAL = (6.0, 2.1)


@dataclass(frozen=True, slots=True)
class Labelled:
    """The best label of a request and the chance, 0 to 1, that it is one of the tenant's at all."""

    label: str
    confidence: float


class LabelHead:
    """A trained head; immutable, used by many turns at once."""

    def __init__(
        self, names: Sequence[str], space: GramSpace, sums: "_Sums", known: tuple[float, float]
    ) -> None:
        self._names = tuple(names)
        self._space = space
        self._sums = sums
        self._known = known

    @classmethod
    def train(cls, texts: Sequence[str], labels: Sequence[str], vectors: Matrix) -> "LabelHead":
        """A head of these examples; the same examples always make the same one.

        Takes seconds of one core for 10,000 examples: call it in a thread. Raises: ValueError
        where there are fewer than two labels.
        """
        names = sorted(set(labels))
        if len(names) < 2:
            raise ValueError("two labels are needed")
        place = {name: index for index, name in enumerate(names)}
        of = np.array([place[label] for label in labels])
        space = GramSpace(texts)
        grams = space.rows(texts)
        sums = _Sums.fit(vectors, grams, of, len(names), seeds=SEEDS)
        return cls(names, space, sums, _where_it_ends(vectors, grams, of))

    def label(self, texts: Sequence[str], vectors: Matrix) -> list[Labelled]:
        """One answer a text, in order."""
        label, known = self._sums.of(vectors, self._space.rows(texts))
        best = label.argmax(axis=1)
        steep, middle = self._known
        chances = 1 / (1 + np.exp(-steep * (known[np.arange(len(best)), best] - middle)))
        return [
            Labelled(self._names[index], float(chance))
            for index, chance in zip(best, chances, strict=True)
        ]


@dataclass(frozen=True)
class _Sums:
    """Everything that is compared with a request."""

    weights: Matrix  # (features, labels) of the regression
    bias: Matrix
    examples: Matrix  # vectors, those of a label side by side
    starts: Numbers  # where each label's begin
    middles: Matrix
    grams: GramIndex  # letters, in the order of `examples`

    @classmethod
    def fit(
        cls, vectors: Matrix, grams: Matrix, of: Numbers, labels: int, *, seeds: Sequence[int]
    ) -> "_Sums":
        features = STRETCH * np.hstack([vectors, grams])
        fits = [_regression(features, of, labels, seed) for seed in seeds]
        order = np.argsort(of, kind="stable")
        return cls(
            weights=np.mean([w for w, _ in fits], axis=0),
            bias=np.mean([b for _, b in fits], axis=0),
            examples=vectors[order],
            starts=np.searchsorted(of[order], np.arange(labels)),
            middles=_middles(vectors, of, labels),
            grams=GramIndex(grams[order]),
        )

    def of(self, vectors: Matrix, grams: Matrix) -> tuple[Matrix, Matrix]:
        """(requests, labels) twice: to choose the label, and to say whether there is one."""
        logits = STRETCH * np.hstack([vectors, grams]) @ self.weights + self.bias
        logits = LOGITS * (logits - logits.mean(axis=1, keepdims=True))
        nearest = np.maximum.reduceat(vectors @ self.examples.T, self.starts, axis=1)
        alike = np.maximum.reduceat(self.grams.products(grams), self.starts, axis=1)
        parts = (nearest, vectors @ self.middles.T, alike)
        label = logits + sum(w * part for w, part in zip(LABEL_WEIGHTS, parts, strict=True))
        known = logits + sum(w * part for w, part in zip(KNOWN_WEIGHTS, parts, strict=True))
        return label, known


def _regression(features: Matrix, of: Numbers, labels: int, seed: int) -> tuple[Matrix, Matrix]:
    """Multinomial logistic regression by Adam over small batches, the step size going to nought."""
    draw = np.random.default_rng(seed)
    batches = -(-len(of) // BATCH)
    epochs = max(EPOCHS, -(-MIN_STEPS // batches))
    weights = np.zeros((features.shape[1] + 1, labels), np.float32)
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    step, steps = 0, epochs * batches
    for _ in range(epochs):
        order = draw.permutation(len(of))
        for start, end in pairwise([*range(0, len(of), BATCH), len(of)]):
            rows = order[start:end]
            given = np.hstack([features[rows], np.ones((len(rows), 1), np.float32)])
            slope = given.T @ _misses(given @ weights, of[rows])
            slope[:-1] += DECAY * weights[:-1]
            step += 1
            mean += 0.1 * (slope - mean)
            square += 0.01 * (slope * slope - square)
            size = 0.1 * (1 - step / steps) + 0.001
            spread = np.sqrt(square / (1 - 0.99**step)) + 1e-8
            weights -= size * (mean / (1 - 0.9**step)) / spread
    return weights[:-1], weights[-1]


def _misses(logits: Matrix, of: Numbers) -> Matrix:
    """What the stated chances are off by, as a mean over the rows."""
    chances = np.exp(logits - logits.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    chances[np.arange(len(of)), of] -= 1
    return chances / len(of)


def _middles(rows: Matrix, of: Numbers, labels: int) -> Matrix:
    sums = np.zeros((labels, rows.shape[1]), np.float32)
    np.add.at(sums, of, rows)
    return sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)


def _where_it_ends(vectors: Matrix, grams: Matrix, of: Numbers) -> tuple[float, float]:
    """(steepness, middle) of the chance that a request has one of the labels at all."""
    labels = int(of.max()) + 1
    if labels < FEWEST_LABELS or len(of) < FEWEST_EXAMPLES:
        return USUAL
    draw = np.random.default_rng(SEEDS[0])
    shuffled = draw.permutation(labels)
    sums: list[NDArray[np.float64]] = []
    known: list[NDArray[np.float64]] = []
    for turn in range(HELD_BACK):
        strange = np.isin(of, shuffled[turn::HELD_BACK])
        aside = ~strange & (draw.random(len(of)) < HELD_ASIDE)
        taught = ~strange & ~aside
        left = np.unique(of[taught])
        aside &= np.isin(of, left)
        if len(left) < 2 or not aside.any():
            continue
        fitted = _Sums.fit(
            vectors[taught], grams[taught], np.searchsorted(left, of[taught]), len(left),
            seeds=SEEDS[:1],
        )  # fmt: skip
        for rows, is_known in ((strange, 0.0), (aside, 1.0)):
            label, total = fitted.of(vectors[rows], grams[rows])
            best = label.argmax(axis=1)
            sums.append(total[np.arange(len(best)), best].astype(float))
            known.append(np.full(len(best), is_known))
    return _logistic(np.concatenate(sums), np.concatenate(known)) if sums else USUAL


def _logistic(sums: NDArray[np.float64], known: NDArray[np.float64]) -> tuple[float, float]:
    """One slope and one middle by Newton's method, the outcomes weighing `MOSTLY_KNOWN` to the rest."""
    share = known.mean()
    if share in (0.0, 1.0):
        return USUAL
    weight = np.where(known > 0, MOSTLY_KNOWN / share, (1 - MOSTLY_KNOWN) / (1 - share))
    centre, spread = sums.mean(), sums.std() + 1e-9
    given = np.stack([(sums - centre) / spread, np.ones_like(sums)], axis=1)
    fitted = np.zeros(2)
    for _ in range(25):
        chance = 1 / (1 + np.exp(-given @ fitted))
        slope = given.T @ (weight * (chance - known)) + np.array([fitted[0], 0.0])
        curve = (given * (weight * chance * (1 - chance))[:, None]).T @ given + np.diag([1.0, 1e-6])
        fitted -= np.linalg.solve(curve, slope)
    if fitted[0] <= 0:
        return USUAL
    return float(fitted[0] / spread), float(centre - spread * fitted[1] / fitted[0])
