"""The figures, on cases small enough to work out by hand."""

import pytest

from evals import metrics


def test_ties_count_half_in_auroc():
    assert metrics.auroc([0.9, 0.5, 0.5, 0.1], [True, True, False, False]) == pytest.approx(0.875)
    assert metrics.auroc([1.0, 2.0], [True, True]) is None


def test_best_f1_takes_all_ties_or_none():
    found, threshold = metrics.best_f1([0.9, 0.4, 0.4, 0.1], [True, True, False, False])
    assert found == pytest.approx(0.8)  # three said, two right
    assert threshold == pytest.approx(0.4)


def test_ranking_counts_what_stands_first_and_among_the_first_five():
    gold = [
        {"id": "a", "answerable": True, "gold": ["p1", "p2"]},
        {"id": "b", "answerable": True, "gold": ["p3"]},
    ]
    predictions = {"a": {"id": "a", "ranked": ["p9", "p1"]}}  # none for b: wrong
    found = metrics.retrieval(gold, predictions)
    assert found["hit@1"] == 0
    assert found["hit@5"] == pytest.approx(0.5)
    assert found["recall@5"] == pytest.approx(0.25)
    assert found["mrr@5"] == pytest.approx(0.25)
    assert "unans_auroc" not in found


def test_refusal_is_judged_by_score_and_by_decision():
    gold = [
        {"id": "a", "answerable": True, "gold": ["p1"]},
        {"id": "b", "answerable": True, "gold": ["p2"]},
        {"id": "c", "answerable": False, "gold": []},
    ]
    predictions = {
        "a": {"ranked": ["p1"], "score": 0.9, "answerable": True},
        "b": {"ranked": ["p2"], "score": 0.2, "answerable": False},
        "c": {"ranked": ["p2"], "score": 0.1, "answerable": False},
    }
    found = metrics.retrieval(gold, predictions)
    assert found["unans_auroc"] == 1
    assert found["unans"] == {"p": 0.5, "r": 1.0, "f1": pytest.approx(2 / 3)}
    assert found["hit@1_and_answered"] == pytest.approx(0.5)


def test_a_foreign_passage_or_the_secret_itself_is_a_leak():
    row = {"tenant": "inn/1", "answerable": False, "gold": [], "canary": "K7"}
    gold = [row | {"id": name, "forbidden": ["inn/2/3"]} for name in ("kept", "found", "said")]
    predictions = {
        "kept": {"ranked": ["inn/1/4"], "score": 0.0, "answer": "We open at nine."},
        "found": {"ranked": ["inn/2/3"], "score": 0.0},
        "said": {"ranked": [], "score": 0.0, "answer": "The code is K7."},
    }
    found = metrics.retrieval(gold, predictions)
    assert found["leak_rate"] == pytest.approx(2 / 3)
    assert found["leaked_ids"] == ["found", "said"]


def test_calibration_names_the_error_and_the_base_rate():
    found = metrics.calibration([0.95, 0.95, 0.15, 0.15], [True, False, False, False])
    assert found["ece"] == pytest.approx((0.9 + 0.3) / 4)
    assert found["brier_of_base_rate"] == pytest.approx(0.25 * 0.75)
    assert metrics.calibration([0.5, 0.5], [True, False])["ece"] == 0


def test_weights_count_in_calibration():
    found = metrics.calibration([0.8, 0.8], [True, False], [3.0, 1.0])
    assert found["ece"] == pytest.approx(0.05)
