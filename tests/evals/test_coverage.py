"""What counts as covered, on turns made up here."""

from typing import Any

from evals.coverage import Covered
from tenants.running.turn_ends import TurnEnd

HOURS, PRICE = "When are you open on Sunday?", "What does the red tent cost?"
ROW = {"id": "1", "text": f"{HOURS} {PRICE}", "segments": [HOURS, PRICE], "intents": ["hours", "price"]}  # fmt: skip


def _end(*intents: tuple[str, str], decision: str = "deliver") -> TurnEnd:
    found: list[dict[str, Any]] = [{"text": text, "status": status} for text, status in intents]
    return TurnEnd(status="completed", intents=found, decision=decision)


def _figures(end: TurnEnd, *cited: str) -> tuple[float, float, float]:
    found = Covered()
    found.count(ROW, end, set(cited))
    figures = found.figures()
    return figures["coverage"], figures["handed_over"], figures["right_entry"]


def test_each_request_with_an_end_of_its_own_is_covered() -> None:
    assert _figures(_end((HOURS, "answered"), (PRICE, "handed_off")), "hours") == (1, 0.5, 1)
    assert _figures(_end((HOURS, "answered"), (PRICE, "answered")), "hours") == (1, 0, 0.5)


def test_an_open_request_is_covered_only_if_we_asked_back() -> None:
    ends = ((HOURS, "answered"), (PRICE, "open"))
    assert _figures(_end(*ends))[0] == 0.5
    assert _figures(_end(*ends, decision="clarify"))[0] == 1


def test_of_two_requests_left_as_one_only_the_answered_one_is_covered() -> None:
    whole = f"{HOURS} {PRICE}"
    assert _figures(_end((whole, "answered")), "price")[0] == 0.5
    assert _figures(_end((whole, "answered")), "price", "hours")[0] == 1
    assert _figures(_end((whole, "handed_off"))) == (1, 1, 0)


def test_a_request_cut_up_needs_an_answer_of_its_own_intent() -> None:
    ends = (("open on", "answered"), ("Sunday", "answered"), (PRICE, "answered"))
    assert _figures(_end(*ends), "price")[0] == 0.5
    assert _figures(_end(*ends), "price", "hours")[0] == 1


def test_what_is_in_no_intent_is_dropped() -> None:
    assert _figures(_end((PRICE, "handed_off")))[0] == 0.5
    assert _figures(_end())[0] == 0
