"""The first look at the input."""

from langchain_core.messages import AIMessage, HumanMessage

from graphs.nodes.screen import MAX_INPUT_CHARS, screen
from tests.graphs.nodes.states import Turn, conversation


async def test_a_burst_is_read_as_one_text_within_bounds() -> None:
    messages = [
        HumanMessage("old"),
        AIMessage("answered"),
        HumanMessage("one\x00"),
        HumanMessage("two"),
    ]
    seen = await screen(conversation(messages=messages), Turn().runtime)
    assert seen["screened"]["text"] == "one\ntwo"
    long = conversation(text="x" * 20_000)
    assert len((await screen(long, Turn().runtime))["screened"]["text"]) == MAX_INPUT_CHARS


async def test_a_yes_accepts_only_what_was_offered() -> None:
    offered = conversation(text="yes please", decision={"action": "offer"})
    assert (await screen(offered, Turn().runtime))["screened"]["accepts_offer"]
    assert not (await screen(conversation(text="yes"), Turn().runtime))["screened"]["accepts_offer"]


async def test_the_language_is_the_texts_or_else_the_conversations() -> None:
    german = conversation(text="Ich habe eine Frage: wie lange dauert die Lieferung?")
    assert (await screen(german, Turn().runtime))["language"] == "de"
    short = conversation(text="ok", language="fr")
    assert (await screen(short, Turn().runtime))["language"] == "fr"


async def test_studio_gives_no_turn_and_the_message_names_it() -> None:
    seen = await screen(conversation(), Turn(turn_id="").runtime)
    assert seen["turn_id"] == "m1"
