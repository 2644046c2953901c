"""What is searched is mended and spelt out; the contact's words stay; doubt is asked about."""

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

import pytest

from graphs.deciding.recoveries import mended
from graphs.nodes.compose import compose
from graphs.ports import KnowledgeVersion, NoWords, Words
from graphs.state import Intent
from graphs.understanding.dialogue import did_you_mean, steer
from graphs.words.common_words import CommonEnglish, read_english
from graphs.words.lexicon import Lexicon
from graphs.words.spelling import Speller
from graphs.words.wording import worded
from tests.fakes import FakeKnowledge
from tests.graphs.conversation import Talk, machine, text_of
from tests.graphs.nodes.states import Turn, conversation, resolution, screened, unanswered


@pytest.fixture(scope="module")
def english() -> CommonEnglish:
    return read_english()


class FixedWords:
    """One speller for every tenant."""

    def __init__(self, speller: Speller) -> None:
        self._speller = speller

    async def speller(
        self, tenant_id: UUID, versions: Sequence[KnowledgeVersion], language: str
    ) -> Speller:
        return self._speller


async def asked(
    text: str, house: Words | None = None, *, language: str = "en", **context: Any
) -> dict[str, Any]:
    intents = [Intent(index=0, text=text, query=text)]
    state = conversation(text=text, language=language)
    turn = Turn(**context)
    return await worded(state, {"intents": intents}, turn.runtime.context, house or NoWords())


async def test_a_slip_is_mended_in_the_query_alone_and_named(english: CommonEnglish) -> None:
    found = await asked("where is my parcle", FixedWords(Speller(english)))
    [intent] = found["intents"]
    assert (intent["text"], intent["query"]) == ("where is my parcle", "where is my parcel")
    assert found["spelling"]["mended"] == ["parcle → parcel"]
    assert found["recoveries"] == ["spelling"]


async def test_a_right_message_and_an_unsafe_one_stay(english: CommonEnglish) -> None:
    found = await asked("where is my parcel", FixedWords(Speller(english)))
    assert found["intents"][0]["query"] == "where is my parcel"
    assert "recoveries" not in found
    unsafe = conversation(text="parcle", screened=screened("parcle", unsafe=True))
    given = {"intents": [Intent(index=0, text="parcle", query="parcle")]}
    kept = await worded(unsafe, given, Turn().runtime.context, FixedWords(Speller(english)))
    assert kept["intents"] == given["intents"]


async def test_short_and_informal_names_are_spelt_out_for_the_search() -> None:
    words = {"abbreviations": {"RMA": "return number"}, "also_called": {"the duck": "Zephyrix 3"}}
    found = await asked("need an rma for the  Duck, not the Zephyrix 3 or karma", words=words)
    query = found["intents"][0]["query"]
    assert query == "need an rma (return number) for the  Duck, not the Zephyrix 3 or karma"
    assert found["intents"][0]["text"].startswith("need an rma for")
    plain = await asked("is the duck in stock", words=words)
    assert plain["intents"][0]["query"] == "is the duck (Zephyrix 3) in stock"


async def test_a_name_of_the_tenants_is_no_slip(english: CommonEnglish) -> None:
    words = {"abbreviations": {"parcle": "parcel club"}}
    found = await asked("join parcle", FixedWords(Speller(english)), words=words)
    assert found["intents"][0]["query"] == "join parcle (parcel club)"


def doubtful(**more: Any) -> Any:
    doubt = {"text": "do you sell zephyrix", "query": "do you sell zephyrix"}
    return conversation(
        unanswered(text="do you sell zefirx", query="do you sell zefirx items today"),
        text="do you sell zefirx",
        spelling={"mended": [], "doubt": doubt},
        **more,
    )


async def test_a_doubt_is_asked_about_where_nothing_was_found() -> None:
    composed = await compose(doubtful(), Turn().runtime)
    assert composed["decision"]["action"] == "clarify"
    assert composed["reply"]["text"] == "Did you mean “do you sell zephyrix”?"
    assert [b["action_id"] for b in composed["reply"]["buttons"]] == ["meant", "not_meant"]
    assert composed["did_you_mean"]["query"] == "do you sell zephyrix"


async def test_an_answer_or_a_third_question_in_a_row_asks_no_more() -> None:
    spelt = {"mended": [], "doubt": {"text": "a", "query": "b"}}
    answered = await compose(conversation(resolution(), spelling=spelt), Turn().runtime)
    assert answered["decision"]["action"] == "deliver"
    assert answered["did_you_mean"] == {}
    third = await compose(doubtful(clarified=2), Turn().runtime)
    assert third["decision"]["action"] != "clarify"
    again = doubtful(did_you_mean={"text": "a", "query": "do you sell zephyrix"})
    assert did_you_mean(again) is None


@pytest.mark.parametrize(
    ("text", "clicked"), [("yes", ""), ("Yes", "meant"), ("ja", ""), ("yes please", "")]
)
def test_a_yes_searches_what_was_meant(text: str, clicked: str) -> None:
    state = conversation(
        text=text,
        screened=screened(text, action_id=clicked),
        did_you_mean={"text": "do you sell zephyrix", "query": "do you sell zephyrix"},
    )
    steered = steer(state)
    assert steered is not None
    assert [i["query"] for i in steered["intents"]] == ["do you sell zephyrix"]
    assert steered["recoveries"] == ["spelling"]


def test_a_no_asks_for_other_words_and_anything_else_is_read_as_usual() -> None:
    topic = {"text": "do you sell zephyrix", "query": "do you sell zephyrix"}
    no = steer(conversation(text="no", screened=screened("no"), did_you_mean=topic))
    assert no is not None
    assert no["intents"] == []
    assert no["lead"]["alone"]
    other = "how much is delivery?"
    assert steer(conversation(text=other, screened=screened(other), did_you_mean=topic)) is None


def test_a_confirmed_word_counts_as_spelling_alone() -> None:
    state = conversation(
        resolution(),
        recoveries=["spelling"],
        decision={"action": "clarify", "reason": "low_confidence", "confidence": 0.1},
        did_you_mean={"text": "a", "query": "a"},
    )
    assert mended(state, [resolution()]) == ["spelling"]
    del cast(dict[str, Any], state)["did_you_mean"]
    assert mended(state, [resolution()]) == ["spelling", "clarifying"]


async def test_a_conversation_asks_hears_yes_and_answers(english: CommonEnglish) -> None:
    shop = FakeKnowledge(
        ("What is the zephyrix made of?", "The zephyrix is made of cork."),
        ("What is the zephyrox made of?", "The zephyrox is made of cork."),
    )
    speller = Speller(english, Lexicon({"zephyrix": 6, "zephyrox": 5}))
    talk = Talk(machine(shop, words=FixedWords(speller)))
    asked_back = await talk.say("zephyrax?")
    assert text_of(asked_back).startswith("Did you mean “zephyr")
    answered = await talk.say("yes")
    assert "cork" in text_of(answered)
    assert answered.recoveries == ["spelling"]
    mended_now = await talk.say("what is the zephyyrix made of?")
    assert "The zephyrix is made of cork" in text_of(mended_now)
    assert mended_now.recoveries == ["spelling"]


async def test_a_follow_up_with_slips_leans_on_the_question_before(english: CommonEnglish) -> None:
    shop = FakeKnowledge(
        ("What is the Tern city bike made of?", "The Tern city bike is made of steel."),
        ("How much is the Tern city bike?", "The Tern city bike costs 529 euros."),
        ("How much is the lamp?", "The lamp costs 20 euros."),
    )
    talk = Talk(machine(shop, words=FixedWords(Speller(english))))
    await talk.say("What is the Tern city bike made of?")
    answered = await talk.say("hw mch is it")
    [intent] = answered.intents
    assert intent["text"] == "hw mch is it"
    assert "529 euros" in text_of(answered)
    assert answered.recoveries == ["spelling"]


async def test_a_weak_match_with_the_tenants_word_is_in_doubt(english: CommonEnglish) -> None:
    speller = Speller(english, Lexicon({"zephyrix": 5, "zephyros": 5}))
    found = await asked("do you sell zephyris", FixedWords(speller))
    assert found["intents"][0]["query"] == "do you sell zephyris"
    assert found["spelling"]["doubt"]["query"] in ("do you sell zephyrix", "do you sell zephyros")
