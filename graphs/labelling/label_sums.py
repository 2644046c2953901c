"""What speaks for each label of a request: the regression, the nearest examples, the middles."""

from dataclasses import dataclass

import numpy as np

from graphs.labelling.label_grams import GramIndex, Matrix
from graphs.labelling.label_regression import Numbers, Regression

LOGITS = 0.08  # what a logit counts beside a cosine
LABEL_WEIGHTS = (1.0, 0.5, 0.3)  # nearest vector, middle of the vectors, nearest by letters
KNOWN_WEIGHTS = (1.5, 2.0, 0.6)
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
    strange: Matrix  # vectors of what has no label

    @classmethod
    def of(
        cls, regression: Regression, vectors: Matrix, grams: Matrix, of: Numbers, strange: Matrix
    ) -> "Sums":
        """The sums of these examples; `of` says which label each has."""
        order = np.argsort(of, kind="stable")
        labels = regression.weights.shape[1]
        return cls(
            regression=regression,
            examples=vectors[order],
            starts=np.searchsorted(of[order], np.arange(labels)),
            middles=_middles(vectors, of, labels),
            grams=GramIndex(grams[order]),
            strange=strange,
        )

    @property
    def size(self) -> int:
        """Roughly its bytes in memory."""
        held = (self.regression.weights, self.examples, self.middles, self.strange)
        return sum(one.nbytes for one in held) + self.grams.size

    def parts(self, vectors: Matrix, grams: Matrix) -> "Parts":
        """What speaks for each label of each request."""
        logits = self.regression.logits(vectors, grams)
        alike = self.grams.products(grams)
        likenesses = (
            np.maximum.reduceat(vectors @ self.examples.T, self.starts, axis=1),
            vectors @ self.middles.T,
            np.maximum.reduceat(alike, self.starts, axis=1),
        )
        none = np.zeros(len(vectors), np.float32) - 1
        if len(self.strange):
            none = (vectors @ self.strange.T).max(axis=1)
        centred = LOGITS * (logits - logits.mean(axis=1, keepdims=True))
        return Parts(centred, likenesses, none)


@dataclass(frozen=True)
class Parts:
    """What speaks for each label, (requests, labels), by what speaks."""

    logits: Matrix
    likenesses: tuple[Matrix, Matrix, Matrix]
    none: Matrix  # (requests,): likeness to what has no label

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
        found = self.logits[row, best]
        for weight, part in zip(KNOWN_WEIGHTS, self.likenesses, strict=True):
            found = found + weight * part[row, best]
        much, behind = UNLIKE
        unlike = np.maximum(self.none - self.likenesses[0][row, best] + behind, 0)
        return (found - much * unlike).astype(np.float32)


def _middles(rows: Matrix, of: Numbers, labels: int) -> Matrix:
    sums = np.zeros((labels, rows.shape[1]), np.float32)
    np.add.at(sums, of, rows)
    return sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
