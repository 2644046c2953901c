"""What speaks for each label of a request: the regression, the nearest examples, the middles.

Where a tenant wrote the same thing a dozen times over, everything about that thing is near one of
them: how crowded the examples around a request are counts against its having any label.
"""

from dataclasses import dataclass

import numpy as np

from graphs.labelling.label_grams import GramIndex, Matrix
from graphs.labelling.label_regression import Numbers, Regression

LOGITS = 0.08  # what a logit counts beside a cosine
LABEL_WEIGHTS = (1.0, 0.5, 0.3)  # nearest vector, middle of the vectors, nearest by letters
KNOWN_WEIGHTS = (1.5, 2.0, 0.6)
CROWD = 1.5  # against any label: how much more alike the examples around a request are than most
NEIGHBOURS = 5  # of a request, and of each example
AT_ONCE = 512  # examples that are compared with all others
# An example of what has no label counts against one, the nearer it is beside the label's nearest.
UNLIKE = (3.0, 0.1)  # how much, from how far behind


@dataclass(frozen=True)
class Sums:
    """Everything that is compared with a request."""

    regression: Regression
    examples: Matrix  # vectors, those of a label side by side
    starts: Numbers  # where each label's begin
    middles: Matrix
    grams: GramIndex  # letters, in the order of `examples`
    crowds: Matrix  # how like its neighbours each of `examples` is, beside the mean of them all
    strange: Matrix  # vectors of what has no label

    @classmethod
    def of(
        cls, regression: Regression, vectors: Matrix, grams: Matrix, of: Numbers, strange: Matrix
    ) -> "Sums":
        """The sums of these examples; `of` says which label each has."""
        order = np.argsort(of, kind="stable")
        labels = regression.weights.shape[1]
        examples = vectors[order]
        return cls(
            regression=regression,
            examples=examples,
            starts=np.searchsorted(of[order], np.arange(labels)),
            middles=_middles(vectors, of, labels),
            grams=GramIndex(grams[order]),
            crowds=_crowds(examples),
            strange=strange,
        )

    @property
    def size(self) -> int:
        """Roughly its bytes in memory."""
        held = (self.regression.weights, self.examples, self.middles, self.strange, self.crowds)
        return sum(one.nbytes for one in held) + self.grams.size

    def parts(self, vectors: Matrix, grams: Matrix) -> "Parts":
        """What speaks for each label of each request."""
        logits = self.regression.logits(vectors, grams)
        alike = vectors @ self.examples.T
        likenesses = (
            np.maximum.reduceat(alike, self.starts, axis=1),
            vectors @ self.middles.T,
            np.maximum.reduceat(self.grams.products(grams), self.starts, axis=1),
        )
        near = min(NEIGHBOURS, len(self.examples))
        around = np.argpartition(alike, -near, axis=1)[:, -near:]
        none = np.zeros(len(vectors), np.float32) - 1
        if len(self.strange):
            none = (vectors @ self.strange.T).max(axis=1)
        centred = LOGITS * (logits - logits.mean(axis=1, keepdims=True))
        return Parts(centred, likenesses, none, self.crowds[around].mean(axis=1))


@dataclass(frozen=True)
class Parts:
    """What speaks for each label, (requests, labels), by what speaks."""

    logits: Matrix
    likenesses: tuple[Matrix, Matrix, Matrix]
    none: Matrix  # (requests,): likeness to what has no label
    crowds: Matrix  # (requests,): how crowded the examples around it are

    def totals(self, strength: float) -> Matrix:
        """What the label is chosen by; the regression counts `strength` times."""
        found = strength * self.logits
        for weight, part in zip(LABEL_WEIGHTS, self.likenesses, strict=True):
            found = found + weight * part
        return found

    def best(self, strength: float) -> Numbers:
        """Each request's label."""
        return self.totals(strength).argmax(axis=1)

    def known(self, best: Numbers) -> Matrix:
        """What speaks for each request's having that label, and with it any at all."""
        row = np.arange(len(best))
        found = self.logits[row, best] - CROWD * self.crowds
        for weight, part in zip(KNOWN_WEIGHTS, self.likenesses, strict=True):
            found = found + weight * part[row, best]
        much, behind = UNLIKE
        unlike = np.maximum(self.none - self.likenesses[0][row, best] + behind, 0)
        return (found - much * unlike).astype(np.float32)


def _crowds(examples: Matrix) -> Matrix:
    """How like its neighbours each example is, of whatever labels, beside the mean of them all."""
    found = np.zeros(len(examples), np.float32)
    for start in range(0, len(examples), AT_ONCE):
        alike = examples[start : start + AT_ONCE] @ examples.T
        row = np.arange(len(alike))
        alike[row, start + row] = -1  # itself
        near = min(NEIGHBOURS, len(examples) - 1)
        found[start : start + AT_ONCE] = np.partition(alike, -near, axis=1)[:, -near:].mean(axis=1)
    return found - found.mean()


def _middles(rows: Matrix, of: Numbers, labels: int) -> Matrix:
    sums = np.zeros((labels, rows.shape[1]), np.float32)
    np.add.at(sums, of, rows)
    return sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
