"""What is kept for the next turn."""

from langchain_core.messages import AIMessage, HumanMessage

from graphs.nodes.remember import KEPT_MESSAGES, MAX_ENTITIES, MAX_SUMMARY_CHARS, remember
from graphs.state import Citation
from tests.graphs.nodes.states import Turn, conversation, resolution


async def test_the_last_messages_stay_and_older_ones_leave_a_line() -> None:
    messages = [HumanMessage(f"question {n} " + "x" * 400, id=f"m{n}") for n in range(30)]
    kept = await remember(conversation(messages=messages), Turn().runtime)
    assert [m.id for m in kept["messages"].value] == [f"m{n}" for n in range(22, 30)]
    assert len(kept["messages"].value) == KEPT_MESSAGES
    assert "contact: question 21" in kept["summary"]
    assert len(kept["summary"]) <= MAX_SUMMARY_CHARS


async def test_long_messages_are_clipped_and_keep_their_id() -> None:
    long = AIMessage("y" * 5_000, id="m1", name="operator")
    [short] = (await remember(conversation(messages=[long]), Turn().runtime))["messages"].value
    assert len(short.text) < 1_100
    assert (short.id, short.name) == ("m1", "operator")


async def test_a_forgotten_message_leaves_the_summary() -> None:
    messages = [HumanMessage(f"line {n}", id=f"m{n}") for n in range(12)]
    kept = await remember(conversation(messages=messages), Turn().runtime)
    assert "line 2" in kept["summary"]
    turn = Turn(memory={"forgotten": ["m2"]})
    held = conversation(
        messages=messages[-2:], summary=kept["summary"], summary_lines=kept["summary_lines"]
    )
    later = await remember(held, turn.runtime)
    assert "line 2" not in later["summary"] and "line 3" in later["summary"]


async def test_a_summary_from_before_is_kept() -> None:
    kept = await remember(conversation(summary="contact: hello"), Turn().runtime)
    assert kept["summary"] == "contact: hello"


async def test_what_answers_leant_on_is_kept_bounded_the_newest_last() -> None:
    cited = Citation(passage_id="p", document_id="d", title="Tarn 2", quote="It is green.")
    answered = resolution(answer="It is green.", citations=[cited])
    state = conversation(answered, entities=[f"Lamp {n}" for n in range(MAX_ENTITIES)])
    kept = await remember(state, Turn().runtime)
    assert kept["last_viewed"] == "Tarn 2"
    assert kept["entities"] == [*(f"Lamp {n}" for n in range(1, MAX_ENTITIES)), "Tarn 2"]


async def test_a_short_conversation_is_left_alone() -> None:
    assert await remember(conversation(), Turn().runtime) == {"handoff": {}}
