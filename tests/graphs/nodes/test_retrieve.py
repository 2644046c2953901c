"""Passages for one intent."""

from collections.abc import Sequence
from uuid import UUID

from graphs.nodes.retrieve import MAX_PASSAGES, line_before, retrieve
from graphs.ports import KnowledgeVersion, Passage
from tenants.ids import new_id
from tests.fakes import FakeKnowledge, passage
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


async def test_a_named_things_record_gives_way_to_what_speaks_of_the_question() -> None:
    record = passage(
        "name: Fjell tent\nprice eur: 349", n=9, kind="json", title="Tents › tents › Fjell tent"
    )
    knowledge = WithRecord(record, ("How do I return something?", "Within 30 days."))
    turn = Turn(knowledge=((str(new_id()), -1),))
    state = resolving("How do I return the Fjell tent?")
    found = await retrieve(state, turn.runtime, knowledge=knowledge)
    assert knowledge.queries == [
        "How do I return the Fjell tent?",
        "How do I return the tent?",
    ]
    assert found["passages"][0]["text"] == "Within 30 days."
    assert found["passages"][-1]["passage_id"] == record["passage_id"]
    assert found["asked_of"]["words"] == "return"


async def test_a_record_that_speaks_of_the_question_is_searched_for_once() -> None:
    record = passage(
        "name: Fjell tent\nprice eur: 349", n=9, kind="json", title="Tents › tents › Fjell tent"
    )
    knowledge = WithRecord(record, ("How do I return something?", "Within 30 days."))
    turn = Turn(knowledge=((str(new_id()), -1),))
    state = resolving("What does the Fjell tent cost?")
    found = await retrieve(state, turn.runtime, knowledge=knowledge)
    assert len(knowledge.queries) == 1
    assert found["passages"][0]["passage_id"] == record["passage_id"]


class WithRecord(FakeKnowledge):
    """A record that is found first by every question, and pairs."""

    def __init__(self, record: Passage, *entries: tuple[str, str]) -> None:
        super().__init__(*entries)
        self._record = record

    async def search(
        self,
        tenant_id: UUID,
        versions: Sequence[KnowledgeVersion],
        query: str,
        *,
        limit: int,
        before: str = "",
    ) -> list[Passage]:
        """The record, then the entries."""
        found = await super().search(tenant_id, versions, query, limit=limit, before=before)
        return [self._record, *found][:limit]


def test_a_conversation_that_begins_has_no_line_before() -> None:
    assert line_before([]) == ""
    assert line_before([{"author": "contact", "text": "Hello"}]) == ""
    assert len(line_before([{"author": "assistant", "text": "x" * 9_000}])) <= 300


MEALS = (
    (
        "Can I eat before a blood test?",
        "Do not eat before a blood test; drink water only, no coffee.",
    ),
    ("Can I pay by card?", "Pay by card at the desk."),
    ("Where can I drink coffee?", "Coffee is in the hall."),
)


async def _followed(own: str) -> str:
    """The question whose pair is found for "and …" behind one about a blood test."""
    turn = Turn(knowledge=((str(new_id()), -1),))
    state = resolving(own)
    state["intent"]["query"] = f"Can I eat before a blood test {own.rstrip('?')}"
    found = await retrieve(state, turn.runtime, knowledge=FakeKnowledge(*MEALS))
    return found["passages"][0]["question"]


async def test_a_follow_up_stays_with_its_matter_and_may_leave_it() -> None:
    assert await _followed("can I drink coffee?") == "Can I eat before a blood test?"
    assert await _followed("can I pay by card?") == "Can I pay by card?"
