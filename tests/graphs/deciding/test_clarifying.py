"""Questions that we ask back."""

from dataclasses import replace

from graphs.deciding.clarifying import labels
from graphs.nodes.compose import compose
from tests.fakes import FakeKnowledge
from tests.graphs.conversation import Talk, machine, text_of
from tests.graphs.nodes.states import Turn, conversation, resolution, unanswered

DELIVERY = (
    ("How long does delivery within the country take?", "Within the country it takes two days."),
    ("How long does delivery abroad take?", "Abroad it takes seven days."),
    ("How are bicycles repaired?", "Our workshop repairs bicycles."),
)


PRICES = (
    ("Workshop prices › workshop prices › Raku firing", "Raku costs nine pounds."),
    ("Workshop prices › workshop prices › Salt firing", "Salt costs twelve pounds."),
    ("How are bicycles repaired?", "Our workshop repairs bicycles."),
)


def talk(*, sure: bool = True) -> Talk:
    """Where it is `sure` the request alone is what keeps it from answering."""
    made = Talk(machine(FakeKnowledge(*DELIVERY)))
    made.context = replace(made.context, thresholds={} if sure else {"answer": 1.0, "offer": 1.0})
    return made


async def test_what_fits_several_entries_is_asked_back_with_them_as_buttons() -> None:
    end = await talk().say("delivery take long")
    assert (end.decision, end.reason) == ("clarify", "low_confidence")
    assert end.reply is not None
    [asked] = end.reply["content"]
    assert asked["type"] == "buttons"
    assert [b["label"] for b in asked["buttons"]] == [DELIVERY[0][0], DELIVERY[1][0]]
    assert asked["text"] == f"Which of these do you mean: “{DELIVERY[0][0]}” or “{DELIVERY[1][0]}”?"


async def test_the_choice_is_searched_as_the_question_and_the_asking_was_worth_it() -> None:
    asking = talk()
    await asking.say("delivery take long")
    end = await asking.say(DELIVERY[1][0])
    assert text_of(end) == "Abroad it takes seven days."
    assert end.clarification_helped is True
    assert end.recoveries == ["clarifying"]


async def test_a_number_is_a_choice_as_well() -> None:
    asking = talk()
    await asking.say("delivery take long")
    assert text_of(await asking.say("1.")) == "Within the country it takes two days."


async def test_who_does_not_choose_is_answered_with_the_nearest() -> None:
    asking = talk()
    first, second = [await asking.say("delivery take long") for _ in range(2)]
    assert (first.decision, second.decision) == ("clarify", "deliver")
    assert text_of(second) == "Within the country it takes two days."


async def test_what_was_chosen_is_no_longer_open() -> None:
    asking = talk()
    await asking.say("delivery take long")
    await asking.say("1")
    end = await asking.say("Did you forget my question?")
    assert end.intents == []


async def test_the_same_choices_are_not_given_twice() -> None:
    asking = talk(sure=False)
    first, second = [await asking.say("delivery take long") for _ in range(2)]
    assert first.decision == "clarify"
    assert second.decision == "hand_off"
    assert second.clarification_helped is False


async def test_words_that_tell_entries_apart_are_not_asked_about() -> None:
    end = await talk().say("delivery abroad take long")
    assert (end.decision, text_of(end)) == ("deliver", "Abroad it takes seven days.")
    end = await talk(sure=False).say("delivery abroad take long")
    assert end.decision == "hand_off"


async def test_what_nothing_fits_is_not_asked_about() -> None:
    end = await Talk(machine()).say("Can you engrave a violin?")
    assert end.decision == "hand_off"


async def test_what_is_known_is_answered_beside_the_question() -> None:
    topics = [entry[0] for entry in DELIVERY]
    tried = [{"passage_id": "p", "title": t, "score": 0.5, "topic": t} for t in topics]
    vague = unanswered(1, text="how long?", query="delivery take long", passages=tried)
    made = await compose(conversation(resolution(0), vague), Turn().runtime)
    assert made["decision"]["action"] == "clarify"
    assert made["reply"]["text"].startswith("Answer number 0.\n\nWhich of these do you mean")
    assert [b["label"] for b in made["reply"]["buttons"]] == topics[:2]
    assert made["asked_back"] == {
        "text": "how long?",
        "query": "delivery take long",
        "choices": topics[:2],
    }


async def test_entries_that_speak_of_another_thing_are_no_choice() -> None:
    tried = [
        {"passage_id": "p", "title": t, "score": 0.5, "topic": t}
        for t in ("Warranty and repairs", "Puncture repairs")
    ]
    asked = unanswered(
        0, text="Do you repair skateboards?", query="repair skateboards", passages=tried
    )
    made = await compose(conversation(asked), Turn().runtime)
    assert made["decision"]["action"] == "clarify"
    asked["features"] = {"other_thing": 0.9}
    made = await compose(conversation(asked), Turn().runtime)
    assert made["decision"]["action"] == "hand_off"


def test_choices_are_told_apart_by_the_parts_of_their_paths_that_differ() -> None:
    assert labels(["Prices › prices › Raku", "Prices › prices › Salt"]) == ["Raku", "Salt"]
    assert labels(["Pots › Prices", "Bowls › PRICES"]) == ["Pots", "Bowls"]
    assert labels(["Prices › prices", "Prices › Raku"]) == ["Prices", "Prices › Raku"]
    assert labels(["Shop › Pots › Raku", "Bowls › Raku"]) == ["Shop › Pots", "Bowls"]
    assert labels(["Is it dear?", "How dear is it?"]) == ["Is it dear?", "How dear is it?"]
    same = ["Prices › Raku", "Prices › raku"]
    assert labels(same) == same
    assert labels([]) == []


async def test_a_choice_that_is_shown_in_short_is_searched_as_the_whole() -> None:
    asking = Talk(machine(FakeKnowledge(*PRICES)))
    first = await asking.say("firing prices")
    assert first.reply is not None
    [asked] = first.reply["content"]
    assert [b["label"] for b in asked["buttons"]] == ["Raku firing", "Salt firing"]
    assert asked["text"] == "Which of these do you mean: “Raku firing” or “Salt firing”?"
    assert text_of(await asking.say("Salt firing")) == "Salt costs twelve pounds."
