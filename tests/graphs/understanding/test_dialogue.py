"""What people do in a conversation besides asking, turn by turn through the real graph."""

from dataclasses import replace

import pytest

from graphs.ports import HandoffResolution, SpokenLine
from graphs.run import IncomingMessage, TurnRequest
from tenants.ids import new_id
from tenants.running.turn_ends import TurnEnd
from tests.fakes import FakeDesk, FakeKnowledge
from tests.graphs.conversation import SHOP, Talk, machine, text_of

TENTS = (
    ("Do you have the red tent?", "The red tent is sold out until May."),
    ("Do you have the blue tent?", "The blue tent is in stock and weighs 2 kg."),
    ("What does the city tour cost?", "The city tour costs 20 EUR for adults."),
    ("What does the city tour cost for children?", "Children pay 8 EUR for the city tour."),
    ("Do you ship to Austria?", "Shipping to Austria takes 2 days."),
)


def _talk(*entries: tuple[str, str], desk: FakeDesk | None = None, **handoff: bool) -> Talk:
    """A conversation of a shop; people are offered first unless told otherwise."""
    made = Talk(machine(FakeKnowledge(*(entries or (*SHOP, *TENTS))), desk=desk))
    settings = {"enabled": True, "offer_first": True} | handoff
    made.context = replace(made.context, handoff=settings, now="2026-03-02T09:00:00+00:00")
    return made


def _later(talk: Talk, minutes: int) -> None:
    """The next turn comes that long after nine o'clock."""
    now = f"2026-03-02T{9 + minutes // 60:02}:{minutes % 60:02}:00+00:00"
    talk.context = replace(talk.context, now=now)


async def _click(talk: Talk, action_id: str, label: str) -> TurnEnd:
    context = replace(talk.context, turn_id=str(new_id()))
    message = IncomingMessage(str(new_id()), label, action_id)
    return await talk.run(TurnRequest(context, messages=[message]))


REMINDERS = [
    "Did you forget my other question?",
    "Sie haben meine andere Frage nicht beantwortet",
    "¿Se le olvidó mi otra pregunta?",
    "Vous n'avez pas répondu à mon autre question",
    "Non ha risposto alla mia altra domanda",
    "Você esqueceu a minha outra pergunta",
]


@pytest.mark.parametrize("reminder", REMINDERS)
async def test_a_reminder_finds_the_open_request_across_turns(reminder: str) -> None:
    talk = _talk()
    await talk.say("Can you engrave a violin?")
    await talk.say("What are your opening hours?")
    await talk.say("thanks!")
    end = await talk.say(reminder)
    assert "“Can you engrave a violin?”" in text_of(end) or "engrave a violin" in text_of(end)
    assert [i["text"] for i in end.intents] == ["Can you engrave a violin?"]
    assert end.intents[0]["status"] in ("open", "handed_off")


async def test_a_reminded_request_is_answered_once_the_knowledge_can() -> None:
    knowledge = FakeKnowledge(*SHOP)
    talk = Talk(machine(knowledge), replace(_talk().context))
    await talk.say("Can you engrave a violin?")
    knowledge.entries.append(("Can you engrave a violin?", "Yes, we engrave a violin for 30 EUR."))
    end = await talk.say("You forgot my question about the violin")
    assert text_of(end).startswith("You asked earlier: “Can you engrave a violin?”.")
    assert "30 EUR" in text_of(end)
    assert end.recoveries == ["forgotten_request"]
    again = await talk.say("did you forget my question?")
    assert text_of(again).startswith("I see no question of yours that is still open")


async def test_a_reminder_says_what_an_operator_answered_meanwhile() -> None:
    desk = FakeDesk()
    talk = _talk(desk=desk, offer_first=False)
    end = await talk.say("Can you engrave a violin?")
    assert end.handoff is not None
    handoff_id = new_id()
    lines = [SpokenLine(str(new_id()), "operator", "Yes, for 30 EUR.")]
    desk.resolve(
        handoff_id, HandoffResolution(str(handoff_id), lines=lines, return_to_assistant=True)
    )
    await talk.resume(handoff_id)
    end = await talk.say("did you forget my question?")
    assert end.status == "completed"
    assert "A colleague has answered that meanwhile: “Yes, for 30 EUR.”" in text_of(end)


async def test_a_reminder_of_nothing_is_told_so() -> None:
    talk = _talk()
    await talk.say("What are your opening hours?")
    end = await talk.say("You ignored my other question")
    assert text_of(end).startswith("I see no question of yours that is still open")
    assert end.intents == []


async def test_a_returning_contact_is_asked_once_whether_to_go_on() -> None:
    talk = _talk()
    await talk.say("Can you engrave a violin?")
    _later(talk, 31)
    end = await talk.say("Hello again!")
    assert "We spoke about “Can you engrave a violin?”" in text_of(end)
    assert end.reply is not None
    [block] = end.reply["content"]
    assert [b["action_id"] for b in block["buttons"]] == ["go_on", "start_afresh"]
    assert text_of(await talk.say("hello?")).startswith("Hello!")


@pytest.mark.parametrize(
    "yes", ["go on", "ja, weiter bitte", "sí, continuar", "oui", "continuiamo", "sim, continuar"]
)
async def test_going_on_takes_the_open_request_up(yes: str) -> None:
    talk = _talk()
    await talk.say("Can you engrave a violin?")
    _later(talk, 45)
    await talk.say("hi")
    end = await talk.say(yes)
    assert [i["text"] for i in end.intents] == ["Can you engrave a violin?"]


@pytest.mark.parametrize(
    "new",
    ["start afresh", "neu anfangen", "empezar de nuevo", "recommencer", "da capo", "recomeçar"],
)
async def test_starting_afresh_drops_what_was_open(new: str) -> None:
    talk = _talk()
    await talk.say("Can you engrave a violin?")
    _later(talk, 45)
    await talk.say("hi")
    end = await talk.say(new)
    assert (end.status, end.intents) == ("completed", [])
    forgotten = await talk.say("did you forget my question?")
    assert text_of(forgotten).startswith("I see no question")


async def test_the_buttons_answer_too() -> None:
    talk = _talk()
    await talk.say("Can you engrave a violin?")
    _later(talk, 45)
    await talk.say("hi")
    end = await _click(talk, "go_on", "Go on")
    assert [i["text"] for i in end.intents] == ["Can you engrave a violin?"]
    _later(talk, 100)
    await talk.say("hi")
    end = await _click(talk, "start_afresh", "Start afresh")
    assert text_of(end).startswith("All right, let's start afresh")


async def test_who_asks_something_new_after_a_pause_is_just_answered() -> None:
    talk = _talk()
    await talk.say("Can you engrave a violin?")
    _later(talk, 45)
    end = await talk.say("Hi! What are your opening hours?")
    assert text_of(end).startswith("We are open")
    assert "violin" not in text_of(end)


async def test_nobody_is_asked_where_nothing_is_open_or_no_pause_was_made() -> None:
    answered, soon = _talk(), _talk()
    await answered.say("What are your opening hours?")
    _later(answered, 45)
    assert text_of(await answered.say("hi")).startswith("Hello!")
    await soon.say("Can you engrave a violin?")
    _later(soon, 29)
    assert text_of(await soon.say("hi")).startswith("Hello!")


async def test_the_pause_is_the_tenants() -> None:
    talk = _talk()
    talk.context = replace(talk.context, dialogue={"pause_minutes": 5})
    await talk.say("Can you engrave a violin?")
    _later(talk, 6)
    assert text_of(await talk.say("hi")).startswith("Welcome back!")


async def test_an_old_handoff_is_not_brought_up_again() -> None:
    desk = FakeDesk()
    talk = _talk(desk=desk, offer_first=False)
    await talk.say("Can you engrave a violin?")
    handoff_id = new_id()
    lines = [SpokenLine(str(new_id()), "operator", "Yes, for 30 EUR.")]
    desk.resolve(
        handoff_id, HandoffResolution(str(handoff_id), lines=lines, return_to_assistant=True)
    )
    await talk.resume(handoff_id)
    _later(talk, 90)
    end = await talk.say("hi")
    assert (end.status, text_of(end)[:6]) == ("completed", "Hello!")


@pytest.mark.parametrize(
    "cancel",
    ["never mind", "vergessen Sie es", "olvídelo", "laissez tomber", "lascia perdere", "esqueça"],
)
async def test_what_is_cancelled_is_dropped(cancel: str) -> None:
    talk = _talk()
    offered = await talk.say("Can you engrave a violin?")
    assert offered.decision == "offer"
    end = await talk.say(cancel)
    assert (end.status, end.decision, end.intents) == ("completed", "deliver", [])
    yes = await talk.say("yes")
    assert yes.status == "completed"
    forgotten = await talk.say("did you forget my question?")
    assert "violin" not in text_of(forgotten)


async def test_who_is_upset_is_offered_a_person_and_may_say_yes() -> None:
    talk = _talk()
    await talk.say("What are your opening hours?")
    end = await talk.say("this is ridiculous!!")
    assert "Shall I pass it to a colleague?" in text_of(end)
    assert (await talk.say("yes please")).status == "waiting_for_operator"
    alone = _talk(enabled=False)
    assert "colleague" not in text_of(await alone.say("this is ridiculous!!"))


async def test_a_greeting_with_a_question_is_answered_as_the_question() -> None:
    for text in (
        "Hi, what are your opening hours?",
        "Hello there! How are you? What are your opening hours?",
        "thanks! and what are your opening hours?",
    ):
        assert text_of(await _talk().say(text)).startswith("We are open"), text


async def test_an_operator_is_given_what_the_upset_contact_had_asked() -> None:
    talk = _talk()
    await talk.say("Can you engrave a violin?")
    await talk.say("never mind the rest")
    await talk.say("you are useless")
    end = await talk.say("yes please")
    assert end.handoff is not None
    assert "Can you engrave a violin?" in [i["text"] for i in end.handoff.content["open_intents"]]


async def test_a_cancellation_beside_a_question_drops_the_one_and_answers_the_other() -> None:
    talk = _talk()
    await talk.say("Can you engrave a violin?")
    end = await talk.say("Never mind, what are your opening hours?")
    assert text_of(end).startswith("We are open")
    forgotten = await talk.say("did you forget my question?")
    assert "violin" not in text_of(forgotten)


async def test_who_asks_for_a_person_hands_over_what_is_open() -> None:
    talk = _talk()
    await talk.say("Can you engrave a violin?")
    await talk.say("What are your opening hours?")
    end = await talk.say("agent!!")
    assert end.handoff is not None
    assert [i["text"] for i in end.handoff.content["open_intents"]] == ["Can you engrave a violin?"]
