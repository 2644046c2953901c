"""The short form of `python -m tests.canaries`: no word of one tenant reaches the other, or a log."""

import pytest

from tests.canaries.program import run
from tests.canaries.watching import Watcher

OPERATIONS = 120


@pytest.mark.slow
def test_no_word_crosses_to_another_tenant_a_log_a_trace_or_a_figure() -> None:
    outcome = run(OPERATIONS)
    assert outcome.leaks == [], "\n".join(outcome.leaks[:20])
    assert outcome.operations.total() == OPERATIONS and len(outcome.operations) > 20
    assert {"http", "sse", "ws", "webhook", "log", "trace", "metrics"} <= outcome.bytes_seen.keys()
    assert min(outcome.words_seen.values()) > 100, "the words were there to be seen"


def test_a_crossing_word_is_found_wherever_it_stands() -> None:
    watcher = Watcher()
    amber, cobalt = watcher.word("amber", "x"), watcher.word("cobalt", "x")
    watcher.sent_to("amber", "http", f'{{"text": "{amber}"}}'.encode())
    assert watcher.leaks == []
    watcher.sent_to("amber", "http", cobalt.upper().encode())
    watcher.told_to_nobody("log", amber.encode())
    watcher.told_to_nobody("log", b"Bearer fd_abc", ["fd_abc"])
    assert len(watcher.leaks) == 3
