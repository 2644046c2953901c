"""Labels of which a request may have several, or none: where a tenant's examples have several.

Each label is judged by itself, by a logistic regression over the embedding and the letters. The
chance from which a label counts is learnt on examples held aside.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graphs.labelling.label_grams import GramSpace, Matrix
from graphs.labelling.label_head import Labelled
from graphs.labelling.label_regression import Regression

VERSION = 1  # of what is learnt: what another version has stored is learnt anew
TURNS = 4  # one example in so many is held aside at a time
BORDERS = np.arange(-2.0, 1.01, 0.1)  # logits from which a label may count
AS_GOOD = 0.002  # of borders as good as the best one, the middle: it is the surest
FEWEST_EXAMPLES = 60  # below, the border is the usual one
FARTHEST = 0.05  # of the examples lie farther from the others than what is still sure
FAR = 15.0  # what a logit loses a cosine beyond that
SEVERAL = 0.05  # of the texts have more than one label where this head is meant


class ManyLabels:
    """A trained head; immutable, used by many turns at once."""

    def __init__(
        self,
        names: Sequence[str],
        examples: Matrix,
        space: GramSpace,
        regression: Regression,
        borders: "_Borders",
    ) -> None:
        self._names = tuple(names)
        self._examples = examples
        self._space = space
        self._regression = regression
        self._borders = borders

    @classmethod
    def train(
        cls, texts: Sequence[str], sets: Sequence[frozenset[str]], vectors: Matrix
    ) -> "ManyLabels":
        """A head of these examples, each with all its labels. Raises: ValueError without a label."""
        names = sorted(frozenset().union(*sets))
        if not names:
            raise ValueError("a label is needed")
        space = GramSpace(texts)
        grams = space.rows(texts)
        targets = np.array([[name in labels for name in names] for labels in sets], np.float32)
        fitted = Regression.fit(vectors, grams, targets, many=True).rounded()
        return cls(names, vectors, space, fitted, _borders(vectors, grams, targets))

    @classmethod
    def load(
        cls, texts: Sequence[str], sets: Sequence[frozenset[str]], vectors: Matrix, stored: bytes
    ) -> "ManyLabels | None":
        """The head that `dump` stored, beside the same examples; None where it does not fit them."""
        names = sorted(frozenset().union(*sets))
        with np.load(io.BytesIO(stored)) as held:
            if "borders" not in held or int(held["version"]) != VERSION:
                return None
            regression = Regression.unpacked(held["weights"])
            if regression.weights.shape[1] != len(names):
                return None
            borders = _Borders(*map(float, held["borders"]))
            return cls(names, vectors, GramSpace(texts), regression, borders)

    def dump(self) -> bytes:
        """What was learnt, without the examples."""
        out = io.BytesIO()
        np.savez_compressed(
            out,
            version=VERSION,
            weights=self._regression.packed(),
            borders=np.array([self._borders.logit, self._borders.near]),
        )
        return out.getvalue()

    def ranked(self, texts: Sequence[str], vectors: Matrix, *, most: int) -> list[list[Labelled]]:
        """The likeliest labels of each text, best first; those of 0.5 and more are its labels."""
        logits = self._regression.logits(vectors, self._space.rows(texts)) - self._borders.logit
        nearest = (vectors @ self._examples.T).max(axis=1, keepdims=True)
        logits -= FAR * np.maximum(self._borders.near - nearest, 0)
        chances = 1 / (1 + np.exp(-np.clip(logits, -50, 50)))
        order = np.argsort(-chances, axis=1, kind="stable")[:, :most]
        return [
            [Labelled(self._names[place], float(chance[place])) for place in places]
            for places, chance in zip(order, chances, strict=True)
        ]

    takes_several = True  # labels a request

    @property
    def size(self) -> int:
        """Roughly how many bytes it takes in memory."""
        return self._regression.weights.nbytes + self._examples.nbytes


def have_several(sets: Sequence[frozenset[str]]) -> bool:
    """Whether enough examples have more than one label for this head to be the right one."""
    return sum(len(labels) > 1 for labels in sets) > SEVERAL * len(sets)


@dataclass(frozen=True, slots=True)
class _Borders:
    logit: float  # from which a label counts
    near: float  # likeness to an example: below, nothing is sure


USUAL = _Borders(-0.7, 0.4)


def _borders(vectors: Matrix, grams: Matrix, targets: Matrix) -> _Borders:
    """Where right labels and wrong ones on examples aside balance best (micro F1), and how near to
    the others nearly all of those lie.
    """
    if len(targets) < FEWEST_EXAMPLES:
        return USUAL
    turn_of = np.random.default_rng(0).integers(0, TURNS, len(targets))
    logits = np.zeros_like(targets)
    nearest = np.zeros(len(targets))
    for turn in range(TURNS):
        aside = turn_of == turn
        fitted = Regression.fit(vectors[~aside], grams[~aside], targets[~aside], many=True)
        logits[aside] = fitted.logits(vectors[aside], grams[aside])
        nearest[aside] = (vectors[aside] @ vectors[~aside].T).max(axis=1)
    is_right = targets > 0
    scores = [
        2 * (is_right & (logits > border)).sum() / (is_right.sum() + (logits > border).sum())
        for border in BORDERS
    ]
    best = np.flatnonzero(np.array(scores) >= max(scores) - AS_GOOD)
    return _Borders(float(BORDERS[best].mean()), float(np.quantile(nearest, FARTHEST)))
