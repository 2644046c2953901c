"""What a conversation remembers, turn by turn through the real graph."""

from dataclasses import dataclass, field, replace
from typing import Any

from langchain_core.messages import AIMessage, HumanMessage

from graphs.remembering.memory import recollection
from tenants.running.turn_ends import TurnEnd
from tests.fakes import FakeKnowledge
from tests.graphs.conversation import Talk, machine, text_of
from tests.graphs.nodes.states import Turn, conversation

SIZES = (
    ("Which boots come in size 42?", "The Fell boots come in size 42 and cost 129 EUR."),
    ("Which boots come in size 38?", "The Moor boots come in size 38 and cost 99 EUR."),
    ("What are your opening hours?", "We are open Monday to Friday from 9:00 to 18:00."),
)


@dataclass
class Contact:
    """A talk whose facts are kept between its turns, as the tables keep them."""

    talk: Talk = field(default_factory=lambda: Talk(machine(FakeKnowledge(*SIZES))))
    facts: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    forgotten: list[str] = field(default_factory=list[str])
    settings: dict[str, Any] = field(default_factory=dict[str, Any])

    async def say(self, text: str) -> TurnEnd:
        memory = self.settings | {"facts": self.facts, "forgotten": self.forgotten}
        self.talk.context = replace(self.talk.context, memory=memory)
        end = await self.talk.say(text)
        self.facts += [
            {"fact_id": str(len(self.facts)), "kind": told.kind, "value": told.value,
             "quote": told.quote, "turn_id": "t"}
            for told in end.facts
        ]  # fmt: skip
        return end


async def test_a_fact_is_told_back_in_the_contacts_own_words() -> None:
    ada = Contact()
    await ada.say("Hi! My order number is 4711-B.")
    for _ in range(12):
        await ada.say("What are your opening hours?")
    end = await ada.say("What was my order number again?")
    assert text_of(end) == "You told me: “My order number is 4711-B.”"
    assert end.status == "completed"


async def test_a_fact_decides_what_is_found() -> None:
    ada = Contact()
    await ada.say("I wear size 42.")
    assert "Fell boots" in text_of(await ada.say("Which boots come in my size?"))
    await ada.say("Sorry, my size is 38.")
    assert "Moor boots" in text_of(await ada.say("Which boots come in my size?"))


async def test_what_is_said_in_the_same_message_counts() -> None:
    end = await Contact().say("My size is 42. Which boots come in my size?")
    assert "Fell boots" in text_of(end)


async def test_nothing_is_kept_where_the_tenant_does_not_want_it() -> None:
    ada = Contact(settings={"keeps_facts": False})
    await ada.say("My order number is 4711-B.")
    assert ada.facts == []
    end = await ada.say("What was my order number again?")
    assert "4711" not in text_of(end)


async def test_what_is_forgotten_is_in_no_later_turn() -> None:
    ada = Contact()
    told = "My order number is 4711-B."
    await ada.say(told)
    saver = ada.talk.machine.savers.saver(None, None)  # type: ignore[arg-type]
    config: Any = {"configurable": {"thread_id": ada.talk.context.conversation_id}}
    held = await saver.aget_tuple(config)
    assert held is not None
    messages = held.checkpoint["channel_values"]["messages"]
    ada.forgotten = [str(m.id) for m in messages if "4711" in m.text]
    ada.facts = []
    end = await ada.say("What was my order number again?")
    assert "4711" not in text_of(end)
    for _ in range(10):
        await ada.say("What are your opening hours?")
    held = await saver.aget_tuple(config)
    assert held is not None and "4711" not in str(held.checkpoint["channel_values"])


def test_a_budget_keeps_facts_first_and_says_what_was_cut() -> None:
    lines = [
        (HumanMessage if n % 2 == 0 else AIMessage)("word " * 60 + str(n), id=f"m{n}")
        for n in range(6)
    ]
    state = conversation(messages=[*lines, HumanMessage("Hi", id="last")], summary="a line\n" * 20)
    size = {"fact_id": "", "kind": "size", "value": "42", "quote": "x", "turn_id": "t"}
    wide = recollection(
        state, Turn(memory={"facts": [size], "budget_tokens": 5_000}).runtime.context
    )
    assert wide["context"]["cut"] == {} and len(wide["history"]) == 6
    tight = recollection(
        state, Turn(memory={"facts": [size], "budget_tokens": 200}).runtime.context
    )
    assert "size: 42" in tight["summary"]
    assert [line["text"][-1] for line in tight["history"]] == ["4", "5"]
    assert tight["context"]["tokens"] <= 200 and tight["context"]["cut"]["lines"] == 4
