"""Where a sum of evidence stops meaning that a request has one of the labels: learnt, as a chance."""

import numpy as np
from numpy.typing import NDArray

Sums = NDArray[np.floating]
Border = tuple[float, float]  # steepness and middle of the chance

# Where a tenant's own cannot be learnt: the middle of the development sets'.
USUAL: Border = (2.2, 2.75)


def chances(sums: Sums, border: Border) -> Sums:
    """The chance, 0 to 1, that a request has one of the labels at all."""
    steep, middle = border
    return 1 / (1 + np.exp(-np.clip(steep * (sums - middle), -50, 50)))


def learn(known: Sums, strange: Sums, *, known_share: float) -> Border:
    """The border between the sums of requests with a label and of those without."""
    if not len(known) or not len(strange):
        return USUAL
    sums = np.concatenate([known, strange]).astype(float)
    is_known = np.concatenate([np.ones(len(known)), np.zeros(len(strange))])
    weight = np.concatenate([
        np.full(len(known), known_share / len(known)),
        np.full(len(strange), (1 - known_share) / len(strange)),
    ]) * len(sums)  # fmt: skip
    centre, spread = sums.mean(), sums.std() + 1e-9
    given = np.stack([(sums - centre) / spread, np.ones_like(sums)], axis=1)
    fitted = np.zeros(2)
    for _ in range(25):  # Newton's method
        chance = 1 / (1 + np.exp(-np.clip(given @ fitted, -50, 50)))
        slope = given.T @ (weight * (chance - is_known)) + np.array([fitted[0], 0.0])
        curve = (given * (weight * chance * (1 - chance))[:, None]).T @ given + np.diag([1.0, 1e-6])
        fitted -= np.linalg.solve(curve, slope)
    if not np.isfinite(fitted).all() or fitted[0] <= 0:
        return USUAL
    return float(fitted[0] / spread), float(centre - spread * fitted[1] / fitted[0])
