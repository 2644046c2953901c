"""A correction follows the outcomes, little where they are few, and never for the worse."""

import math
import random

import pytest

from graphs.calibration import MIN_OUTCOMES, Correction, Outcome, corrected, learn, log_odds


def outcomes(count: int, *, shift: float, slope: float = 1.0, seed: int = 1) -> list[Outcome]:
    """Of a tenant whose chances are the stated ones, moved along the log odds."""
    draw = random.Random(seed)
    found: list[Outcome] = []
    for _ in range(count):
        z = draw.gauss(0.5, 1.5)
        true = 1 / (1 + math.exp(-(shift + slope * z)))
        found.append(Outcome(z, draw.random() < true))
    return found


def test_the_default_changes_nothing() -> None:
    assert corrected(0.37, Correction()) == 0.37
    assert Correction.of({}) == Correction()


@pytest.mark.parametrize("shift", [-1.5, 1.5])
def test_many_outcomes_find_how_the_tenant_differs(shift: float) -> None:
    learnt = learn(outcomes(600, shift=shift))
    assert learnt.correction.shift == pytest.approx(shift, abs=0.4)
    assert learnt.after["brier"] < learnt.before["brier"]
    assert learnt.after["ece"] < learnt.before["ece"]


def test_few_outcomes_move_it_less_than_many() -> None:
    few = learn(outcomes(24, shift=2.0), least=20).correction.shift
    many = learn(outcomes(600, shift=2.0)).correction.shift
    assert 0 <= few < many


def test_too_few_outcomes_or_of_one_kind_change_nothing() -> None:
    few = learn(outcomes(MIN_OUTCOMES - 1, shift=2.0))
    assert few.too_few and few.correction == Correction()
    all_right = learn([Outcome(0.0, True)] * 50)
    assert all_right.too_few and all_right.correction == Correction()
    assert learn([]).too_few


def test_a_tenant_that_is_as_the_product_states_keeps_its_reading_or_nearly() -> None:
    moved = [learn(outcomes(100, shift=0.0, seed=seed)).correction for seed in range(8)]
    for one in moved:
        assert abs(corrected(0.5, one) - 0.5) < 0.15


def test_a_risk_that_is_accepted_sets_the_threshold() -> None:
    given = outcomes(400, shift=0.0)
    strict, loose = learn(given, target_risk=0.05), learn(given, target_risk=0.3)
    assert strict.correction.answer is not None and loose.correction.answer is not None
    assert strict.correction.answer > loose.correction.answer
    let = [
        one.right
        for one in given
        if corrected(1 / (1 + math.exp(-one.log_odds)), strict.correction)
        >= strict.correction.answer
    ]
    assert let and 1 - sum(let) / len(let) <= 0.1


def test_what_counts_less_moves_it_less() -> None:
    heavy = outcomes(100, shift=2.0)
    light = [Outcome(one.log_odds, one.right, 0.1) for one in heavy]
    assert learn(light).correction.shift < learn(heavy).correction.shift


def test_corrections_keep_the_order_and_stay_chances() -> None:
    line = Correction(slope=0.6, shift=1.2)
    read = [corrected(p, line) for p in (0.0, 0.1, 0.5, 0.9, 1.0)]
    assert read == sorted(read) and read[0] > 0 and read[-1] < 1
    assert log_odds(0.5) == 0


def test_it_travels_as_plain_data_and_survives_unknown_fields() -> None:
    line = Correction(slope=0.6, shift=1.2, answer=0.4, offer=0.2, target_risk=0.1)
    assert Correction.of(line.plain() | {"revision": 3, "later": 1}) == line
