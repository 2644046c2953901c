"""How sure we are."""

from typing import Any

from graphs.nodes.score import score
from graphs.state import Resolution
from tests.fakes import passage
from tests.graphs.nodes.states import Turn, resolving


async def _score(turn: Turn, features: dict[str, Any], **written: Any) -> Resolution:
    plain: dict[str, Any] = {
        "text": "We ship.", "sentences": ["We ship."], "shown": True, "citations": [],
        "supported": 1.0, "doubt": False, "failures": [], "usage": [],
    }  # fmt: skip
    state = resolving(passages=[passage("We ship.")], features=features, written=plain | written)
    return (await score(state, turn.runtime))["resolutions"]["0"]


NEAR, FAR = {"cosine": 0.9, "lexical": 0.9}, {"cosine": 0.1}


async def test_what_was_shown_is_never_taken_back() -> None:
    assert (await _score(Turn(), NEAR))["status"] == "answered"
    doubtful = await _score(Turn(), FAR)
    assert (doubtful["status"], doubtful["answer"]) == ("unsure", "We ship.")
    assert doubtful["reason"] == "low_confidence"


async def test_what_was_not_shown_stays_a_draft_for_the_operator() -> None:
    held = await _score(Turn(), FAR, shown=False)
    assert (held["status"], held["answer"], held["draft"]) == ("unanswered", "", "We ship.")
    assert held["reason"] == "not_in_knowledge"


async def test_doubt_and_unsupported_sentences_cost_confidence() -> None:
    sure = (await _score(Turn(), NEAR))["confidence"]
    assert (await _score(Turn(), NEAR, doubt=True))["confidence"] < sure
    assert (await _score(Turn(), NEAR, supported=0.5))["confidence"] < sure


async def test_a_model_that_is_away_is_the_reason() -> None:
    silent = await _score(Turn(), NEAR, text="", shown=False, failures=["m: X"], doubt=True)
    assert silent["reason"] == "model_unavailable"
