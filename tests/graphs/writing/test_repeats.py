"""An answer that only repeats a neighbour's leaves its own request open."""

from tests.fakes import FakeKnowledge
from tests.graphs.conversation import Talk, machine, text_of

HELMETS = "Helmets can be returned unused with the tags on."


async def test_a_request_that_finds_only_its_neighbours_answer_goes_to_a_person() -> None:
    talk = Talk(machine(FakeKnowledge(("How do I return a helmet?", HELMETS))))
    end = await talk.say("How do I return a helmet and when do I get the money?")
    assert [i["status"] for i in end.intents] == ["answered", "handed_off"]
    assert text_of(end).count(HELMETS) == 1
    assert end.handoff is not None
    assert [i["text"] for i in end.handoff.content["open_intents"]] == ["when do I get the money?"]


async def test_one_answer_may_serve_two_requests_that_it_speaks_of() -> None:
    told = "Returning a helmet is free, and we send the money within five days."
    talk = Talk(machine(FakeKnowledge(("How do I return a helmet?", told))))
    end = await talk.say("How do I return a helmet and when do I get the money?")
    assert [i["status"] for i in end.intents] == ["answered", "answered"]
    assert text_of(end).count(told) == 1


async def test_an_answer_with_a_price_tells_what_it_costs() -> None:
    told = "We send parcels to Norway for 15 euro."
    talk = Talk(machine(FakeKnowledge(("Do you deliver to Norway?", told))))
    end = await talk.say("Do you deliver to Norway and what does it cost?")
    assert [i["status"] for i in end.intents] == ["answered", "answered"]
    assert text_of(end).count(told) == 1
