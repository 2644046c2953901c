"""The figures of the split suite, on rows made up here."""

import random

import pytest

from evals.fit_split import joined
from evals.suites.split import split_metrics


def test_the_figures_tell_cuts_too_many_from_cuts_missed() -> None:
    gold = [
        {"segments": ["Where is it?", "How much?"]},
        {"segments": ["one", "two"]},
        {"segments": ["whole"]},
        {"segments": ["salt and pepper"]},
    ]
    cut = [["where is it", "How much"], ["one two"], ["whole"], ["salt", "pepper"]]
    found = split_metrics(gold, cut)
    assert found["count_acc"] == found["exact"] == 0.5
    assert found["oversplit_rate"] == found["missed_split_rate"] == 0.5
    assert found["segment_f1"] == pytest.approx(6 / 12)


def test_made_joins_say_where_each_turn_begins() -> None:
    draw = random.Random(1)
    for _ in range(50):
        text, starts = joined(["Where is it?", "how much is that?", "who pays?"], draw)
        begun = [text[start:].lower() for start in starts]
        assert begun[0].startswith("how much")
        assert begun[1].startswith("who pays")
