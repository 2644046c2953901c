"""The command's options and how it ends."""

from pathlib import Path

import pytest

from evals.__main__ import main
from evals.report import Result, losses, table, write_predictions
from evals.sets import read_rows


def test_a_folder_without_sets_ends_cleanly(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    found = tmp_path / "found.json"
    assert main(["retrieval", "--data", str(tmp_path), "--json", str(found)]) == 0
    assert "xquad is absent" in capsys.readouterr().out
    assert '"retrieval": {}' in found.read_text()


def test_an_unknown_suite_is_refused(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        main(["poetry"])
    assert "invalid choice" in capsys.readouterr().err


def test_predictions_lie_where_the_gold_file_lies(tmp_path: Path):
    rows = [{"id": "q1", "ranked": ["a/1"]}]
    write_predictions(tmp_path, Result("xquad/en.queries.jsonl.gz", {}, rows))
    assert read_rows(tmp_path / "xquad" / "en.queries.jsonl.gz") == rows


def test_the_table_stands_beside_baselines_and_names_losses():
    result = Result("some/asked.jsonl", {"hit@1": 0.5, "ece": 0.2}, [])
    accepted = {"some/asked.jsonl": {"accepted": {"hit@1": 0.6, "ece": 0.1}}}
    lines = table(result, ("hit@1", "mrr@5"), accepted)
    assert [line.split() for line in lines[1:]] == [
        ["hit@1"],
        ["frontdesk", "50.0"],
        ["accepted", "60.0"],
    ]
    assert losses(result, ("hit@1", "ece"), accepted) == [
        "some/asked.jsonl hit@1: 60.0 → 50.0",
        "some/asked.jsonl ece: 10.0 → 20.0",
    ]
