"""What is kept for the next turn."""

from langchain_core.messages import AIMessage, HumanMessage

from graphs.nodes.remember import KEPT_MESSAGES, MAX_FACTS, MAX_SUMMARY_CHARS, remember
from tests.graphs.nodes.states import Turn, conversation


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


async def test_key_facts_are_kept_once_and_bounded() -> None:
    said = [
        HumanMessage(f"My name is Ada. order number A-{1000 + n}", id=f"m{n}") for n in range(20)
    ]
    facts = (await remember(conversation(messages=said), Turn().runtime))["key_facts"]
    assert len(facts) == MAX_FACTS
    assert len(set(facts)) == len(facts)


async def test_a_short_conversation_is_left_alone() -> None:
    assert await remember(conversation(), Turn().runtime) == {"handoff": {}}
