"""The short round of `make chaos`: servers and the database are killed, and nothing is lost or doubled."""

from pathlib import Path

import pytest

from tests.chaos.program import SHORT, run_apart

SEED = 7


@pytest.mark.slow
def test_a_round_of_kills_loses_and_doubles_nothing(tmp_path: Path) -> None:
    outcome = run_apart(SHORT, seed=SEED, keep=tmp_path / "journal.jsonl")
    print(outcome.table())  # times are told, not judged: the machine may be busy
    assert not outcome.broken_beyond_time, f"{outcome.table()}\n{outcome.broken}"
    assert sum(outcome.kills.values()) >= SHORT.at_least
    assert outcome.findings.messages > 0
