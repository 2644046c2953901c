"""The eval of grouping counts as B-cubed does, through the product's own functions."""

import numpy as np
import pytest

from evals.grouping import group, judge
from tenants.lessons.question_groups import wording


def test_perfect_groups_are_perfect() -> None:
    result = judge([0, 0, 1], ["a", "a", "b"])
    assert (result.precision, result.recall, result.groups) == (1, 1, 2)


def test_one_group_of_everything_has_recall_alone() -> None:
    result = judge([0, 0, 0, 0], ["a", "a", "b", "b"])
    assert (result.precision, result.recall) == (0.5, 1)


def test_a_split_label_costs_recall() -> None:
    result = judge([0, 1, 2, 2], ["a", "a", "b", "b"])
    assert (result.precision, result.recall) == (1, pytest.approx(0.75))


def test_questions_join_as_in_the_product() -> None:
    vectors = np.array([[1, 0], [0, 1], [0.9, 0.436]], np.float32)
    wordings = [wording(text) for text in ("parking here?", "lunch menu?", "where to park?")]
    assert group(vectors, wordings, same=0.62, model_id="local:minilm") == [0, 1, 0]
