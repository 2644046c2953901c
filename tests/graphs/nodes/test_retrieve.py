"""Passages for one intent."""

from graphs.nodes.retrieve import MAX_PASSAGES, line_before, retrieve
from tenants.ids import new_id
from tests.fakes import FakeKnowledge
from tests.graphs.nodes.states import Turn, resolving


async def test_at_most_eight_passages_come_best_first_with_their_evidence() -> None:
    knowledge = FakeKnowledge(*[(f"Do you ship to place {n}?", "Yes.") for n in range(20)])
    turn = Turn(knowledge=((str(new_id()), -1),))
    found = await retrieve(resolving("Do you ship to place 7?"), turn.runtime, knowledge=knowledge)
    assert len(found["passages"]) == MAX_PASSAGES
    assert found["passages"][0]["question"] == "Do you ship to place 7?"
    assert 0 < found["evidence"] <= 1


async def test_without_knowledge_nothing_is_searched() -> None:
    knowledge = FakeKnowledge(("a", "b"))
    found = await retrieve(resolving(), Turn().runtime, knowledge=knowledge)
    assert found["passages"] == []
    assert found["evidence"] == 0
    assert knowledge.queries == []


async def test_the_line_said_before_goes_along() -> None:
    knowledge = FakeKnowledge(("Do you ship?", "Yes."))
    turn = Turn(knowledge=((str(new_id()), -1),))
    state = resolving("And abroad?")
    state["history"] = [
        {"author": "assistant", "text": "We ship to Norway."},
        {"author": "contact", "text": "Fine."},
    ]
    await retrieve(state, turn.runtime, knowledge=knowledge)
    assert knowledge.before == ["We ship to Norway."]


def test_a_conversation_that_begins_has_no_line_before() -> None:
    assert line_before([]) == ""
    assert line_before([{"author": "contact", "text": "Hello"}]) == ""
    assert len(line_before([{"author": "assistant", "text": "x" * 9_000}])) <= 300
