"""What speaks for a label, part by part."""

import numpy as np

from graphs.labelling.label_regression import Regression
from graphs.labelling.label_sums import Parts, Sums

WIDTH = 16
SAME, ALIKE, AWAY = np.eye(WIDTH, dtype=np.float32)[[0, 1, 15]]


def parts(asked: list[np.ndarray], spread: float) -> Parts:
    """Six examples that say the same, and six of another label that share `spread` of theirs."""
    own = np.eye(WIDTH, dtype=np.float32)[2:8]
    spread_out = np.sqrt(spread) * ALIKE + np.sqrt(1 - spread) * own
    vectors = np.concatenate([np.tile(SAME, (6, 1)), spread_out]).astype(np.float32)
    letters = np.zeros((12, 1), np.float32)
    nothing = Regression(np.zeros((WIDTH + 2, 2), np.float32))
    of = np.repeat([0, 1], 6)
    sums = Sums.of(nothing, vectors, letters, of, np.zeros((0, WIDTH), np.float32))
    requests = np.stack([0.8 * one + 0.6 * AWAY for one in asked]).astype(np.float32)
    return sums.parts(requests, np.zeros((len(asked), 1), np.float32))


def test_beside_a_crowd_a_request_must_be_more_like_the_examples() -> None:
    spread = np.sqrt(0.6) * ALIKE + np.sqrt(0.4) * np.eye(WIDTH, dtype=np.float32)[2]
    found = parts([SAME, spread], spread=0.6)
    best = found.best(1.0)
    assert best.tolist() == [0, 1]
    nearest = found.likenesses[0][[0, 1], best]
    assert np.allclose(nearest, 0.8, atol=1e-5)  # both lie as far from an example
    beside_the_crowd, apart = found.known(best)
    assert beside_the_crowd < apart


def test_where_all_examples_are_as_crowded_it_takes_nothing_away() -> None:
    found = parts([SAME, ALIKE], spread=1.0)
    assert np.allclose(found.crowds, 0, atol=1e-5)
