"""The picture of a suite is drawn from its figures alone."""

from pathlib import Path

from evals.plot import draw

FOUND = {"some/asked.jsonl": {"hit@1": 0.82, "mrr@5": 0.9}, "other/asked.jsonl": {"hit@1": 0.5}}
BASELINES = {"some/asked.jsonl": {"bm25": {"hit@1": 0.6}, "unheard of": {"hit@1": 0.1}}}


def test_the_same_figures_give_the_same_file(tmp_path: Path):
    first, second = tmp_path / "a" / "first.svg", tmp_path / "second.svg"
    for path in (first, second):
        assert draw("retrieval", FOUND, BASELINES, ("hit@1", "mrr@5"), path)
    drawn = first.read_text()
    assert drawn == second.read_text()
    assert "bm25" in drawn
    assert "some/asked" in drawn


def test_without_figures_there_is_no_picture(tmp_path: Path):
    path = tmp_path / "none.svg"
    assert not draw("decide", {"pairs.jsonl": {"auroc": 0.9}}, {}, ("hit@1",), path)
    assert not path.exists()
