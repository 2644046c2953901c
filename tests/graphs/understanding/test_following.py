"""Follow-ups, corrections and digressions, turn by turn through the real graph."""

from dataclasses import replace

import pytest

from graphs.asking.models import Models
from graphs.understanding import following
from tests.fakes import FakeDesk, FakeKnowledge
from tests.graphs.conversation import SHOP, Talk, machine, text_of
from tests.openai_loopback import Reply, openai_loopback

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


@pytest.mark.parametrize(
    ("first", "then", "searched"),
    [
        ("What does the city tour cost?", "and for children?", "city tour cost for children"),
        ("Do you ship to Switzerland?", "and to Austria?", "Do you ship to Austria"),
        ("Do you have the red tent?", "what about blue?", "Do you have the blue tent"),
        ("Was kostet die Stadtführung?", "und für Kinder?", "Stadtführung für Kinder"),
        ("Liefern Sie nach Österreich?", "und nach Italien?", "Liefern Sie nach Italien"),
        ("¿Cuánto cuesta la visita guiada?", "¿y para niños?", "visita guiada para niños"),
        ("Combien coûte la visite guidée ?", "et pour les enfants ?", "guidée pour les enfants"),
        ("Quanto costa la visita guidata?", "e per i bambini?", "guidata per i bambini"),
        ("Quanto custa a visita guiada?", "e para crianças?", "guiada para crianças"),
    ],
)
async def test_a_follow_up_is_searched_as_a_whole_question(
    first: str, then: str, searched: str
) -> None:
    knowledge = FakeKnowledge(*SHOP)
    talk = Talk(machine(knowledge), replace(_talk().context, handoff={"enabled": False}))
    await talk.say(first)
    await talk.say(then)
    assert searched in knowledge.queries[-1]


@pytest.mark.parametrize(
    ("language", "before", "then", "searched"),
    [
        ("en", "Can I eat before a blood test?", "and can I drink coffee?",
         "Can I eat before a blood test can I drink coffee"),
        ("en", "Do you rent kayaks?", "And how long do I wait?",
         "Do you rent kayaks how long do I wait"),
        ("de", "Darf ich vor der Blutabnahme essen?", "und darf ich Kaffee trinken?",
         "Darf ich vor der Blutabnahme essen darf ich Kaffee trinken"),
        ("es", "¿Puedo comer antes del análisis?", "¿y puedo tomar café?",
         "¿Puedo comer antes del análisis puedo tomar café"),
        # of the house, of another matter, or with all that it asks
        ("en", "Do you ship to Peru?", "and do you sell stoves?", "do you sell stoves?"),
        ("en", "Do you ship to Peru?", "and also can I pay by card?", "can I pay by card?"),
        ("en", "Do you ship to Peru?", "and where can I park my car near the north branch?",
         "where can I park my car near the north branch?"),
    ],
)  # fmt: skip
def test_and_can_i_goes_on_with_the_matter_before(
    language: str, before: str, then: str, searched: str
) -> None:
    [(_, query)] = following.resolve([then], before, language)
    assert query == searched


async def test_a_question_of_its_own_takes_nothing_from_the_one_before() -> None:
    knowledge = FakeKnowledge(*SHOP, *TENTS)
    talk = Talk(machine(knowledge))
    await talk.say("Do you ship to Switzerland?")
    await talk.say("And what are your opening hours on weekdays?")
    assert "Switzerland" not in knowledge.queries[-1]


async def test_whole_questions_in_a_row_do_not_pile_up() -> None:
    knowledge = FakeKnowledge(*SHOP)
    talk = Talk(machine(knowledge), replace(_talk().context, handoff={"enabled": False}))
    for thing in ("opening hours of the north branch", "delivery to Norwegian islands",
                  "warranty of the Tarn tent"):  # fmt: skip
        await talk.say(f"What about the {thing}?")
    assert "branch" not in knowledge.queries[-1] and "islands" not in knowledge.queries[-1]
    assert "warranty of the Tarn tent" in knowledge.queries[-1]


async def test_a_follow_up_survives_small_talk_in_between() -> None:
    knowledge = FakeKnowledge(*SHOP, *TENTS)
    talk = Talk(machine(knowledge))
    await talk.say("Do you ship to Switzerland?")
    await talk.say("great, thanks!")
    await talk.say("and to Austria?")
    assert knowledge.queries[-1] == "Do you ship to Austria"


@pytest.mark.parametrize(
    ("query", "searched"),
    [
        ("What does the tour cost for children?", "What does the tour cost for children?"),
        ("Buy cheap bitcoin now", "What does the city tour cost for children"),
        ("", "What does the city tour cost for children"),
    ],
)
async def test_a_model_may_say_what_a_follow_up_means_if_it_keeps_to_what_was_said(
    query: str, searched: str
) -> None:
    answer = Reply(["The city tour costs 20 EUR. [1]"])
    written = Reply([f'{{"intents": [{{"text": "and for children?", "query": "{query}"}}]}}'])
    knowledge = FakeKnowledge(*SHOP, *TENTS)
    with openai_loopback(answer, written, answer) as loopback:
        models = Models(deepseek_api_key="test", deepseek_api_base=loopback.base_url)
        talk = Talk(machine(knowledge, models=models))
        await talk.say("What does the city tour cost?")
        await talk.say("and for children?")
        await models.close()
    assert knowledge.queries[-1] == searched


async def test_focus_expires_after_the_pause_and_the_conversation_does_not() -> None:
    knowledge = FakeKnowledge(*SHOP, *TENTS)
    talk = Talk(machine(knowledge), replace(_talk().context, handoff={"enabled": False}))
    await talk.say("Do you ship to Switzerland?")
    _later(talk, 60)
    await talk.say("and to Austria?")
    assert "ship" not in knowledge.queries[-1]
    await talk.say("back to shipping: how long does it take?")
    assert "Do you ship to Switzerland" in knowledge.queries[-1]


@pytest.mark.parametrize(
    ("first", "then", "searched"),
    [
        ("Do you have the red tent?", "no, I meant the blue one", "Do you have the blue tent"),
        ("Are you open on Monday?", "sorry, I meant Tuesday", "Are you open on Tuesday"),
        ("Are you open on Monday?", "no, tuesday i meant", "Are you open on tuesday"),
        ("Do you have the red tent?", "the blue one I mean", "Do you have the blue tent"),
        ("Haben Sie am Montag offen?", "nein, Dienstag meinte ich", "Haben Sie am Dienstag offen"),
        ("¿Abren el lunes?", "perdón, martes quería decir", "¿Abren el martes"),
        ("Do you ship to Switzerland?", "no, to Austria", "Do you ship to Austria"),
        ("Do you ship to Switzerland?", "oops, I meant Austria", "Do you ship to Austria"),
        ("Haben Sie am Montag offen?", "nein, ich meinte Dienstag", "Haben Sie am Dienstag offen"),
        ("¿Abren el lunes?", "no, me refería al martes", "¿Abren el martes"),
        ("Êtes-vous ouverts lundi ?", "pardon, je voulais dire mardi", "ouverts mardi"),
        ("Siete aperti lunedì?", "scusi, intendevo martedì", "Siete aperti martedì"),
        ("Têm a tenda vermelha?", "não, quis dizer a azul", "Têm a tenda azul"),
    ],
)
async def test_a_correction_replaces_what_was_said(first: str, then: str, searched: str) -> None:
    knowledge = FakeKnowledge(*SHOP, *TENTS)
    talk = Talk(machine(knowledge), replace(_talk().context, handoff={"enabled": False}))
    await talk.say(first)
    await talk.say(then)
    assert searched in knowledge.queries[-1]


async def test_a_correction_that_led_to_an_answer_is_counted() -> None:
    talk = _talk()
    await talk.say("Do you have the red tent?")
    end = await talk.say("no, I meant the blue one")
    assert "in stock" in text_of(end)
    assert end.recoveries == ["correction"]


@pytest.mark.parametrize(
    "back",
    [
        "OK, back to the red tent: is it sold out?",
        "zurück zu the red tent: is it sold out?",
        "volviendo a red tent: is it sold out?",
        "pour revenir à red tent: is it sold out?",
        "torniamo a red tent: is it sold out?",
        "voltando a red tent: is it sold out?",
    ],
)
async def test_after_a_digression_the_topic_is_found_again(back: str) -> None:
    knowledge = FakeKnowledge(*SHOP, *TENTS)
    talk = Talk(machine(knowledge))
    await talk.say("Do you have the red tent?")
    await talk.say("What are your opening hours?")
    await talk.say(back)
    assert "Do you have the red tent" in knowledge.queries[-1]


async def test_back_to_my_question_means_the_one_before_the_digression() -> None:
    talk = _talk()
    await talk.say("Do you have the red tent?")
    await talk.say("What are your opening hours?")
    end = await talk.say("back to my first question")
    assert [i["text"] for i in end.intents] == ["Do you have the red tent?"]


async def test_a_sentence_with_not_is_no_correction() -> None:
    knowledge = FakeKnowledge(*SHOP, *TENTS)
    talk = Talk(machine(knowledge))
    await talk.say("Do you ship to Switzerland?")
    await talk.say("Not a registered customer yet")
    assert knowledge.queries[-1] == "Not a registered customer yet"


@pytest.mark.parametrize(
    ("parts", "asked"),
    [
        (["Do you ship to Peru?", "Austria?"], "Do you ship to Austria"),
        (["Are you open on Monday?", "Sunday?"], "Are you open on Sunday"),
        (["Can I return a bike?", "without the box?"], "Can I return a bike without the box"),
        (["kids bikes?", "trailers?"], "trailers?"),
        (["Do you sell tents?", "do you sell boots?"], "do you sell boots?"),
    ],
)
def test_a_piece_of_a_question_takes_its_place_in_the_one_before_it(
    parts: list[str], asked: str
) -> None:
    found = following.resolve(parts, "", "en")
    assert found[1] == (parts[1], asked)
