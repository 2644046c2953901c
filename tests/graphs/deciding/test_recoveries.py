"""What was mended on the way, counted where it helped."""

from graphs.deciding.recoveries import clarification_helped, mended
from tests.graphs.nodes.states import conversation, resolution, screened, unanswered

ASKED_BACK = {"action": "clarify", "reason": "low_confidence", "confidence": 0.1}


def test_a_recovery_counts_where_something_was_answered() -> None:
    named = ["spelling", "spelling", "of no list"]
    answered, left = resolution(0), unanswered(0)
    assert mended(conversation(answered, recoveries=named), [answered]) == ["spelling"]
    assert mended(conversation(left, recoveries=named), [left]) == []


def test_a_heeded_reminder_is_a_recovery() -> None:
    answered = resolution(0)
    state = conversation(answered, screened=screened("you forgot my question", reminds=True))
    assert mended(state, [answered]) == ["forgotten_request"]


def test_asking_back_is_judged_by_what_it_led_to() -> None:
    answered, left = resolution(0), unanswered(0)
    assert clarification_helped(conversation(answered, decision=ASKED_BACK), [answered]) is True
    assert clarification_helped(conversation(left, decision=ASKED_BACK), [left]) is False
    assert clarification_helped(conversation(decision=ASKED_BACK), []) is False
    assert clarification_helped(conversation(answered), [answered]) is None
    assert mended(conversation(answered, decision=ASKED_BACK), [answered]) == ["clarifying"]
