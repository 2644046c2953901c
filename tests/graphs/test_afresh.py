"""A turn that starts afresh, over whatever state a run before has left of it."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import pytest
from langchain_core.messages import BaseMessage, HumanMessage

from graphs.asking.model_calls import model_calls
from graphs.asking.models import Models, Wrote
from graphs.context import TurnContext
from graphs.ports import HandoffResolution, SpokenLine
from graphs.run import IncomingMessage, TurnRequest, Watch, run_turn
from graphs.support import GRAPH_VERSION
from tenants.ids import new_id
from tenants.running.usage import THROWN_AWAY, Usage
from tenants.transcripts.bursts import MessagesJoined
from tests.fakes import FakeDesk, ScriptedModel
from tests.graphs.conversation import SHOP, Talk, machine, text_of

SWISS, HOURS, _ = (question for question, _ in SHOP)
VIOLIN = "Can you engrave a violin?"


@dataclass
class Burst:
    """One turn whose messages come one by one."""

    talk: Talk
    context: TurnContext = field(init=False)
    said: list[IncomingMessage] = field(default_factory=list[IncomingMessage])

    def __post_init__(self) -> None:
        self.context = replace(self.talk.context, turn_id=str(new_id()))

    def with_more(self, *texts: str) -> TurnRequest:
        """The turn as it is run once these have come as well."""
        self.said += [IncomingMessage(str(new_id()), text) for text in texts]
        return TurnRequest(self.context, messages=tuple(self.said))


async def state_of(talk: Talk) -> dict[str, Any]:
    saver = talk.machine.savers.saver(UUID(talk.context.tenant_id), None)
    graph = talk.machine.graphs[GRAPH_VERSION].copy(update={"checkpointer": saver})
    found = await graph.aget_state({"configurable": {"thread_id": talk.context.conversation_id}})
    return dict(found.values)


async def lines(talk: Talk) -> list[str]:
    return [message.text for message in (await state_of(talk))["messages"]]


async def test_a_reply_that_nobody_has_seen_is_not_in_the_state_of_the_next() -> None:
    talk = Talk(machine())
    await talk.say("How can I return worn shoes?")
    burst = Burst(talk)
    unseen = text_of(await talk.run(burst.with_more(SWISS)))
    end = await talk.run(burst.with_more(HOURS))
    assert [i["text"] for i in end.intents] == [SWISS, HOURS]
    kept = await lines(talk)
    assert kept[-3:] == [SWISS, HOURS, text_of(end)]
    assert unseen not in kept and len(kept) == 5


async def test_a_handoff_that_nobody_has_seen_is_forgotten_with_its_interrupt() -> None:
    desk = FakeDesk()
    talk = Talk(machine(desk=desk))
    burst = Burst(talk)
    before = await talk.run(burst.with_more(VIOLIN))
    assert before.handoff is not None
    end = await talk.run(burst.with_more(SWISS))
    assert end.status == "waiting_for_operator" and end.handoff is not None
    assert [i["status"] for i in end.intents] == ["handed_off", "answered"]
    assert [i["text"] for i in end.handoff.content["open_intents"]] == [VIOLIN]
    assert (await lines(talk))[:2] == [VIOLIN, SWISS]
    handoff_id = new_id()
    said = [SpokenLine(str(new_id()), "operator", "Yes, for 40 EUR.")]
    desk.resolve(handoff_id, HandoffResolution(str(handoff_id), lines=said))
    assert (await talk.resume(handoff_id)).status == "completed"
    assert "9:00" in text_of(await talk.say(HOURS))


async def test_nothing_is_shown_before_whoever_runs_it_agrees_and_the_cost_is_told() -> None:
    frames: list[tuple[str, dict[str, Any]]] = []
    spent: list[Usage] = []
    asked: list[int] = []

    async def refuse() -> None:
        asked.append(len(frames))
        raise MessagesJoined

    model = ScriptedModel(pieces=["Yes, we ship to Switzerland. [1]", " It takes 3 to 5 days. [1]"])
    models = Models(default="fake:one", factories={"fake:one": lambda: model})
    talk = Talk(machine(models=models))
    request = Burst(talk).with_more(SWISS)
    with pytest.raises(MessagesJoined):
        await run_turn(
            talk.machine,
            request,
            fence=None,
            publish=lambda kind, data: frames.append((kind, data)),
            watch=Watch(refuse, spent.extend),
        )
    assert len(asked) == 1
    assert not [kind for kind, _ in frames if kind in ("message_delta", "sources")]
    assert {one.node for one in spent} == {THROWN_AWAY} and spent[0].model == "fake:one"
    assert spent[0].input_tokens > 0


async def test_what_is_read_from_the_state_is_not_shown_before_either() -> None:
    frames: list[str] = []
    spent: list[Usage] = []

    async def refuse() -> None:
        raise MessagesJoined

    talk = Talk(machine())
    request = Burst(talk).with_more(SWISS)
    end = await talk.run(request)
    with pytest.raises(MessagesJoined):
        await run_turn(
            talk.machine,
            request,
            fence=None,
            publish=lambda kind, _data: frames.append(kind),
            watch=Watch(refuse, spent.extend),
        )
    assert frames == []
    assert sum(one.input_tokens for one in spent) == sum(one.input_tokens for one in end.usage)


async def test_a_call_that_is_stopped_is_counted_by_what_it_was_asked_and_has_said() -> None:
    model = ScriptedModel(pieces=["Worn shoes ", "for ever."], waits_seconds=0.1)
    models = Models(default="fake:one", factories={"fake:one": lambda: model})
    talk = TurnContext()
    said: list[str] = []

    async def read() -> None:
        asked: list[BaseMessage] = [HumanMessage("Can I return worn shoes?")]
        async for event in models.write(
            ["fake:one"], asked, context=talk, node="answer", shown=lambda: True
        ):
            if isinstance(event, Wrote):
                said.append(event.text)

    with model_calls() as calls:
        reading = asyncio.ensure_future(read())
        while not said:
            await asyncio.sleep(0.01)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    [stopped] = calls
    assert (stopped["input_tokens"], stopped["output_tokens"]) == (6, 3)
