from graphs.calibration import Correction, Outcome
from graphs.deciding.risk_coverage import MAX_POINTS, risk_coverage


def test_a_lower_threshold_answers_more_and_counts_what_was_wrong() -> None:
    outcomes = [Outcome(3, True), Outcome(2, True), Outcome(0, False), Outcome(-2, False)]
    points = risk_coverage(outcomes, Correction())
    assert [one["coverage"] for one in points] == [0.25, 0.5, 0.75, 1.0]
    assert [one["risk"] for one in points] == [0, 0, 0.3333, 0.5]
    assert points[2]["threshold"] == 0.5


def test_outcomes_that_state_the_same_stand_at_one_point() -> None:
    outcomes = [Outcome(1, True), Outcome(1, False), Outcome(1, False, 0.5)]
    [point] = risk_coverage(outcomes, Correction())
    assert point["coverage"] == 1 and point["risk"] == 0.6


def test_a_correction_moves_the_thresholds_and_not_the_shares() -> None:
    outcomes = [Outcome(2, True), Outcome(0, False)]
    own, learnt = (risk_coverage(outcomes, c) for c in (Correction(), Correction(shift=-1)))
    assert [one["risk"] for one in own] == [one["risk"] for one in learnt]
    assert all(b["threshold"] < a["threshold"] for a, b in zip(own, learnt, strict=True))


def test_many_outcomes_make_a_curve_that_can_be_drawn() -> None:
    points = risk_coverage([Outcome(n / 100, n % 3 > 0) for n in range(500)], Correction())
    assert len(points) <= MAX_POINTS and points[-1]["coverage"] == 1
    assert risk_coverage([], Correction()) == []
