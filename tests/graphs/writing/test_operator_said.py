"""What a colleague said, when the assistant speaks again."""

from dataclasses import replace
from uuid import UUID

from langgraph.checkpoint.memory import InMemorySaver

from graphs.keeping.checkpoints import OneSaver, strict_serializer
from graphs.ports import HandoffResolution, SpokenLine
from graphs.writing.operator_said import MAX_SAID, before_knowledge, remembered
from tenants.ids import new_id
from tests.fakes import FakeDesk, FakeKnowledge, passage
from tests.graphs.conversation import SHOP, Talk, machine, text_of


def line(text: str, author: str = "operator") -> SpokenLine:
    return SpokenLine(str(new_id()), author, text)


async def after_handoff(talk: Talk, desk: FakeDesk, question: str, *lines: SpokenLine) -> UUID:
    """A question that was handed off, and what was said until it was resolved."""
    handoff_id = new_id()
    asked = await talk.say(question)
    assert asked.status == "waiting_for_operator"
    desk.resolve(handoff_id, HandoffResolution(str(handoff_id), lines=list(lines)))
    assert (await talk.resume(handoff_id)).status == "completed"
    return handoff_id


async def test_the_assistant_speaks_again_with_the_operators_words() -> None:
    desk = FakeDesk()
    talk = Talk(machine(desk=desk))
    said = line("Your parcel comes on Tuesday.")
    await after_handoff(talk, desk, "Where is my blue parcel?", line("One moment."), said)
    end = await talk.say("When does it come?")
    assert (end.status, end.decision) == ("completed", "deliver")
    assert text_of(end) == "My colleague told you: Your parcel comes on Tuesday."
    assert end.citations == [
        {
            "passage_id": f"message:{said.message_id}",
            "document_id": "",
            "title": "Said by a colleague in this conversation",
            "quote": "Your parcel comes on Tuesday.",
        }
    ]
    assert end.recoveries == ["operator_said"]
    assert end.knowledge_hit is False


async def test_it_stands_before_the_knowledge_where_it_speaks_to_the_question() -> None:
    desk = FakeDesk()
    knowledge = FakeKnowledge(*SHOP, ("When do parcels come?", "Parcels come within 5 days."))
    talk = Talk(machine(knowledge, desk=desk))
    await after_handoff(
        talk, desk, "I want to talk to a human", line("Your parcel comes on Tuesday.")
    )
    assert "Tuesday" in text_of(await talk.say("When does my parcel come?"))
    assert text_of(await talk.say("What are your opening hours?")).startswith("We are open")


async def test_another_process_and_another_handoff_keep_it() -> None:
    desk = FakeDesk()
    savers = OneSaver(InMemorySaver(serde=strict_serializer()))
    talk = Talk(machine(desk=desk, savers=savers))
    await after_handoff(
        talk, desk, "Where is my blue parcel?", line("Your parcel comes on Tuesday.")
    )
    talk.machine = machine(desk=desk, savers=savers)
    await after_handoff(talk, desk, "Can you engrave a violin?", line("Engraving costs 40 EUR."))
    talk.machine = machine(desk=desk, savers=savers)
    assert "40 EUR" in text_of(await talk.say("How much does engraving cost?"))
    assert "Tuesday" in text_of(await talk.say("When does my parcel come?"))


async def test_nobody_elses_conversation_knows_it() -> None:
    desk = FakeDesk()
    both = machine(desk=desk)
    one = Talk(both)
    await after_handoff(
        one, desk, "Where is my blue parcel?", line("Your parcel comes on Tuesday.")
    )
    other = Talk(both, context=replace(one.context, conversation_id=str(new_id())))
    end = await other.say("When does my parcel come?")
    assert end.status == "waiting_for_operator"
    assert "Tuesday" not in text_of(end)


async def test_it_answers_where_the_assistant_has_no_knowledge_at_all() -> None:
    desk = FakeDesk()
    talk = Talk(machine(desk=desk))
    talk.context = replace(talk.context, knowledge=())
    await after_handoff(
        talk, desk, "Where is my blue parcel?", line("Your parcel comes on Tuesday.")
    )
    assert "Tuesday" in text_of(await talk.say("When does my parcel come?"))


def test_only_statements_are_remembered_and_no_more_than_ten() -> None:
    lines = [line("One moment."), line("Is it blue?", "contact"), line("Yes, it is dark blue.")]
    [kept] = remembered([], [{"query": "Which colour has the tent?"}], lines)
    assert kept["text"] == "Yes, it is dark blue."
    assert kept["asked"] == "Which colour has the tent? Is it blue?"
    many = [line(f"Statement number {n} of ours.") for n in range(MAX_SAID + 5)]
    newest = remembered([kept], [], many)
    assert len(newest) == MAX_SAID
    assert newest[-1]["text"] == many[-1].text
    once = remembered([kept], [], many[:2])
    assert remembered(once, [], many[:2]) == once  # running again adds nothing


def test_what_does_not_speak_to_the_question_leaves_the_knowledge_alone() -> None:
    said = remembered([], [], [line("Your parcel comes on Tuesday.")])
    found = [passage("Worn shoes can be returned.", question="Can I return worn shoes?")]
    same = before_knowledge(
        "Can I return worn shoes?", said, [0.1, 0.1], found, language="en", enough=0.28
    )
    assert same == found
