"""The curves say what the figures say, and the picture depends on them alone."""

from pathlib import Path

import numpy as np
import pytest

from evals.curves import Curve, area_under_risk, calibration, draw, risk_coverage, roc
from evals.metrics import auroc

STATED = [0.9, 0.8, 0.8, 0.4, 0.1]
RIGHT = [True, True, False, True, False]
CURVE = Curve("made up", STATED, RIGHT)


def test_risk_grows_as_less_sure_answers_are_given():
    share, wrong = risk_coverage(CURVE)
    assert share == pytest.approx([0.2, 0.6, 0.8, 1.0])  # the two at 0.8 come together
    assert wrong == pytest.approx([0, 1 / 3, 1 / 4, 2 / 5])


def test_a_model_that_is_never_wrong_has_no_risk():
    assert area_under_risk(Curve("", [0.9, 0.2], [True, True])) == 0
    assert area_under_risk(CURVE) > 0


def test_the_area_under_the_roc_is_the_auroc():
    across, up = roc(CURVE)
    assert np.trapezoid(up, across) == pytest.approx(auroc(STATED, RIGHT))


def test_a_calibrated_model_lies_on_the_diagonal():
    stated = [0.25] * 20 + [0.75] * 20
    right = [i % 4 == 0 for i in range(20)] + [i % 4 != 0 for i in range(20)]
    across, up = calibration(Curve("", stated, right))
    assert across == pytest.approx(up)


def test_tenths_with_hardly_a_case_are_not_drawn():
    across, _ = calibration(Curve("", [0.25] * 20 + [0.95], [True] * 21))
    assert across == pytest.approx([0.25])


def test_the_same_figures_draw_the_same_bytes(tmp_path: Path):
    one = draw("made up", [CURVE], tmp_path / "one.svg", threshold=0.5)
    other = draw("made up", [CURVE], tmp_path / "other.svg", threshold=0.5)
    assert one.read_bytes() == other.read_bytes()
    assert "ROC" in one.read_text()
