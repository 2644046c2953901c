"""The short rounds of `make chaos`: servers are killed or asked to go, the database has faults."""

from tests.chaos.program import FAULTS, ROLLING, SHORT, run_apart


def test_a_round_of_kills_loses_and_doubles_nothing() -> None:
    outcome = run_apart(SHORT)
    assert not outcome.broken, f"{outcome.table()}\n{outcome.broken}"
    assert sum(outcome.kills.values()) == (
        7 * SHORT.each_point + SHORT.anywhere + SHORT.database + SHORT.restarts
    )
    assert outcome.findings.messages > 0 and outcome.findings.learnt > 0


def test_rolling_restarts_lose_nothing_and_nobody_is_told_of_a_failure() -> None:
    outcome = run_apart(ROLLING)
    assert not outcome.broken, f"{outcome.table()}\n{outcome.broken}"
    assert sum(outcome.kills.values()) == ROLLING.restarts and outcome.findings.messages > 0


def test_faults_of_the_database_lose_nothing() -> None:
    outcome = run_apart(FAULTS)
    assert not outcome.broken, f"{outcome.table()}\n{outcome.broken}"
    assert outcome.faults == FAULTS.faults and outcome.findings.messages > 0
    assert outcome.looks > 0
