"""The reply leaves."""

from graphs.nodes.deliver import deliver
from tests.graphs.nodes.states import Turn, conversation

REPLY = {"turn_id": "t1", "message_id": "m2", "text": "Yes.", "citations": []}


async def test_the_reply_enters_the_messages_under_its_transcript_id() -> None:
    made = await deliver(conversation(reply=REPLY), Turn().runtime)
    [message] = made["messages"]
    assert (message.id, message.text) == ("m2", "Yes.")


async def test_after_an_operators_words_the_assistant_is_silent() -> None:
    handoff = {"handoff_id": "h", "said": True, "return_to_assistant": True}
    made = await deliver(conversation(reply=REPLY, handoff=handoff), Turn().runtime)
    assert "messages" not in made
    assert made["reply"]["text"] == ""


async def test_a_conversation_that_does_not_return_gets_no_word_of_ours() -> None:
    handoff = {"handoff_id": "h", "said": False, "return_to_assistant": False}
    made = await deliver(conversation(reply=REPLY, handoff=handoff), Turn().runtime)
    assert made["reply"]["text"] == ""
