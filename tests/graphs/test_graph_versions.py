"""Versions of the graph: in every checkpoint, kept for those who wait, and none taken for another."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import CheckpointTuple
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from graphs.context import TurnContext
from graphs.nodes.hand_off import hand_off
from graphs.ports import HandoffResolution
from graphs.starting import VERSION_KEY, TurnRequest
from graphs.state import ConversationState, TurnInput
from graphs.support import GRAPH_VERSION, Machine
from tenants.ids import new_id
from tests.fakes import FakeDesk
from tests.graphs.conversation import Talk, machine, text_of

VIOLIN = "Can you engrave a violin?"


async def stored(talk: Talk) -> CheckpointTuple:
    saver = talk.machine.savers.saver(UUID(talk.context.tenant_id), None)
    config: RunnableConfig = {"configurable": {"thread_id": talk.context.conversation_id}}
    found = await saver.aget_tuple(config)
    assert found is not None
    return found


def renamed(made: Machine, old: str, new: str) -> Machine:
    """The machine with its graph under another version."""
    graphs = {new if version == old else version: graph for version, graph in made.graphs.items()}
    return replace(made, graphs=graphs)


def other_graph() -> CompiledStateGraph[Any, Any, Any, Any]:
    """A graph without the node that a conversation waits in."""
    graph = StateGraph(ConversationState, TurnContext, input_schema=TurnInput)
    graph.add_node("wait", hand_off)
    graph.add_edge(START, "wait")
    graph.add_edge("wait", END)
    return graph.compile()


async def test_every_checkpoint_names_its_version_and_its_turn() -> None:
    talk = Talk(machine())
    for question in ("Do you ship to Switzerland?", VIOLIN):
        await talk.say(question)
        found = await stored(talk)
        assert found.metadata.get(VERSION_KEY) == GRAPH_VERSION
        assert found.metadata.get("turn_id") == found.checkpoint["channel_values"]["turn_id"]


async def test_who_waits_under_an_older_version_resumes_under_it() -> None:
    desk, handoff_id = FakeDesk(), new_id()
    talk = Talk(machine(desk=desk))
    assert (await talk.say(VIOLIN)).status == "waiting_for_operator"
    graphs = {**talk.machine.graphs, "support@9": other_graph()}
    talk.machine = replace(talk.machine, graphs=graphs)
    desk.resolve(handoff_id, HandoffResolution(str(handoff_id)))
    context = replace(talk.context, turn_id=str(new_id()), kind="resume")
    request = TurnRequest(context, handoff_id=str(handoff_id), graph_version="support@9")
    end = await talk.run(request)
    assert (end.status, end.graph_version) == ("completed", GRAPH_VERSION)
    assert text_of(end)


async def test_a_state_of_an_unknown_version_is_given_to_a_person() -> None:
    talk = Talk(machine())
    await talk.say("Do you ship to Switzerland?")
    before = await stored(talk)
    talk.machine = renamed(talk.machine, GRAPH_VERSION, "support@9")
    request = TurnRequest(replace(talk.context, turn_id=str(new_id())), graph_version="support@9")
    end = await talk.run(request)
    assert (end.status, end.reason) == ("waiting_for_operator", "unknown_version")
    assert end.graph_version == GRAPH_VERSION and end.handoff is not None
    assert (await stored(talk)).checkpoint["id"] == before.checkpoint["id"]


async def test_an_interrupt_of_an_unknown_version_is_not_resumed() -> None:
    desk, handoff_id = FakeDesk(), new_id()
    talk = Talk(machine(desk=desk))
    await talk.say(VIOLIN)
    before = await stored(talk)
    talk.machine = renamed(talk.machine, GRAPH_VERSION, "support@9")
    desk.resolve(handoff_id, HandoffResolution(str(handoff_id)))
    context = replace(talk.context, turn_id=str(new_id()), kind="resume")
    request = TurnRequest(context, handoff_id=str(handoff_id), graph_version="support@9")
    end = await talk.run(request)
    assert end.graph_version == GRAPH_VERSION and end.reply is None
    assert (await stored(talk)).checkpoint["id"] == before.checkpoint["id"]


async def test_a_message_is_for_todays_graph_whatever_known_version_wrote_before() -> None:
    talk = Talk(machine())
    await talk.say("Do you ship to Switzerland?")
    today = talk.machine.graphs[GRAPH_VERSION]
    talk.machine = replace(talk.machine, graphs={GRAPH_VERSION: other_graph(), "support@9": today})
    context = replace(talk.context, turn_id=str(new_id()))
    end = await talk.run(TurnRequest(context, graph_version="support@9"))
    assert end.graph_version == "support@9" and end.reason != "unknown_version"
    assert (await stored(talk)).metadata.get(VERSION_KEY) == "support@9"
