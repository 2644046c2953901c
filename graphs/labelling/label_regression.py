"""The linear part of the label heads: logistic regression over vectors and letters, in numpy.

Fitted by Adam over small batches with a step that goes to nought, always in the same order. One
label of many (softmax), or each label by itself (sigmoid) where a request may have several.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from graphs.labelling.label_grams import Matrix

Numbers = NDArray[np.int64]

EPOCHS = 16
BATCH = 1_024
MIN_STEPS = 80
DECAY = 2e-4
STRETCH = 4.0  # the features' length: how far a fit may go in these steps
GRAMS = 0.6  # what letters count beside the vector


@dataclass(frozen=True)
class Regression:
    """A fitted one: logits of (requests, labels)."""

    weights: Matrix  # (features and a last one that is always there, labels)

    @classmethod
    def fit(cls, vectors: Matrix, grams: Matrix, targets: Matrix, *, many: bool) -> "Regression":
        """The same one for the same examples; `targets` is (examples, labels) of nought and one."""
        return cls(_descend(_features(vectors, grams), targets, many))

    @classmethod
    def unpacked(cls, packed: NDArray[np.float16]) -> "Regression":
        """The one that `packed` laid down."""
        return cls(packed.astype(np.float32))

    def packed(self) -> NDArray[np.float16]:
        """Its weights in half their room."""
        return self.weights.astype(np.float16)

    def rounded(self) -> "Regression":
        """Itself as it will be read again, so that who fitted it and who reads it agree."""
        return Regression.unpacked(self.packed())

    def logits(self, vectors: Matrix, grams: Matrix) -> Matrix:
        """(requests, labels)."""
        return _features(vectors, grams) @ self.weights


def one_of(of: Numbers, labels: int) -> Matrix:
    """The targets where each example has one label."""
    targets = np.zeros((len(of), labels), np.float32)
    targets[np.arange(len(of)), of] = 1
    return targets


def _features(vectors: Matrix, grams: Matrix) -> Matrix:
    made = np.ones((len(vectors), vectors.shape[1] + grams.shape[1] + 1), np.float32)
    made[:, : vectors.shape[1]] = STRETCH * vectors
    made[:, vectors.shape[1] : -1] = STRETCH * GRAMS * grams
    return made


def _descend(features: Matrix, targets: Matrix, many: bool) -> Matrix:
    draw = np.random.default_rng(0)
    size = len(features)
    batches = -(-size // BATCH)
    epochs = max(EPOCHS, -(-MIN_STEPS // batches))
    weights = np.zeros((features.shape[1], targets.shape[1]), np.float32)
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    step, steps = 0, epochs * batches
    for _ in range(epochs):
        order = draw.permutation(size)
        for start, end in pairwise([*range(0, size, BATCH), size]):
            rows = order[start:end] if batches > 1 else slice(None)  # a copy less
            given = features[rows]
            slope = given.T @ _misses(given @ weights, targets[rows], many)
            slope[:-1] += DECAY * weights[:-1]
            step += 1
            mean += 0.1 * (slope - mean)
            square += 0.01 * (slope * slope - square)
            stride = 0.1 * (1 - step / steps) + 0.001
            spread = np.sqrt(square / (1 - 0.99**step)) + 1e-8
            weights -= stride * (mean / (1 - 0.9**step)) / spread
    return weights


def _misses(logits: Matrix, targets: Matrix, many: bool) -> Matrix:
    """What the stated chances are off by, as a mean over the rows."""
    if many:
        chances = 1 / (1 + np.exp(-np.clip(logits, -50, 50)))
    else:
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        chances = powers / powers.sum(axis=1, keepdims=True)
    return ((chances - targets) / len(targets)).astype(np.float32)
