"""The short round of `make chaos`: servers and the database are killed under load."""

from tests.chaos.program import SHORT, run_apart


def test_a_round_of_kills_loses_and_doubles_nothing() -> None:
    outcome = run_apart(SHORT)
    assert not outcome.broken, f"{outcome.table()}\n{outcome.broken}"
    assert sum(outcome.kills.values()) == (
        7 * SHORT.each_point + SHORT.anywhere + SHORT.database + SHORT.restarts
    )
    assert outcome.findings.messages > 0 and outcome.findings.learnt > 0
