"""The state machine of a support conversation, put together.

    START → screen → split → resolve (one per intent) → compose → deliver → remember → END
                           answer ⇄ call_tools                    deliver → hand_off ⟂
                                 hand_off → update_knowledge → deliver → remember → END

Old versions stay in `GRAPHS`: a conversation that waits under one resumes under it.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import Send

from graphs.acting.tool_calls import NoTools, Tools
from graphs.context import TurnContext
from graphs.deciding.clarifying import may_ask_back
from graphs.keeping.checkpoints import Savers
from graphs.keeping.tape import enter_node, tape_of_turn
from graphs.keeping.taped_ports import (
    TapedDesk,
    TapedKnowledge,
    TapedLabels,
    TapedModels,
    TapedWords,
)
from graphs.keeping.taped_tools import TapedTools
from graphs.nodes.answer import answer
from graphs.nodes.call_tools import call_tools
from graphs.nodes.compose import compose
from graphs.nodes.deliver import deliver
from graphs.nodes.hand_off import hand_off
from graphs.nodes.remember import remember
from graphs.nodes.retrieve import retrieve
from graphs.nodes.score import score
from graphs.nodes.screen import screen
from graphs.nodes.split import split
from graphs.nodes.update_knowledge import update_knowledge
from graphs.ports import (
    Desk,
    Knowledge,
    Labels,
    LanguageModels,
    NoLabels,
    NoWords,
    Words,
)
from graphs.remembering.memory import recollection
from graphs.state import ConversationState, Resolved, ResolveState, TurnInput
from graphs.summaries import summary_of
from graphs.telling import teller
from graphs.tracing import Tracing

GRAPH_VERSION = "support@1"

Node = Callable[..., Awaitable[dict[str, Any]]]
FillContext = Callable[[TurnContext | None], Awaitable[TurnContext]]
Graph = CompiledStateGraph[ConversationState, TurnContext, Any, Any]


@dataclass(frozen=True)
class Machine:
    """The graphs of this process by version, and what a turn needs beside them."""

    graphs: Mapping[str, Graph]
    desk: Desk
    savers: Savers
    tracing: Tracing


def build_machine(
    *,
    knowledge: Knowledge,
    desk: Desk,
    models: LanguageModels,
    savers: Savers,
    tracing: Tracing | None = None,
    labels: Labels | None = None,
    words: Words | None = None,
    tools: Tools | None = None,
) -> Machine:
    """Everything that `run_turn` needs, built once a process."""
    graphs = {
        version: build(
            knowledge=TapedKnowledge(knowledge),
            desk=TapedDesk(desk),
            models=TapedModels(models),
            labels=TapedLabels(labels or NoLabels()),
            words=TapedWords(words or NoWords()),
            tools=TapedTools(tools or NoTools()),
        )
        for version, build in GRAPHS.items()
    }
    return Machine(graphs, desk, savers, tracing or Tracing.off())


def build_graph(
    *,
    knowledge: Knowledge,
    desk: Desk,
    models: LanguageModels,
    labels: Labels | None = None,
    words: Words | None = None,
    tools: Tools | None = None,
    fill: FillContext | None = None,
) -> Graph:
    """The compiled graph without a checkpointer; `fill` completes the context where none comes."""
    resolving = StateGraph(ResolveState, TurnContext, output_schema=Resolved)
    add = partial(_add_node, resolving, fill=fill)
    add("retrieve", partial(retrieve, knowledge=knowledge, labels=labels or NoLabels()))
    add("answer", partial(answer, models=models, tools=tools or NoTools()))
    add("call_tools", partial(call_tools, tools=tools or NoTools()))
    add("score", score)
    resolving.add_edge(START, "retrieve")
    resolving.add_edge("retrieve", "answer")
    resolving.add_conditional_edges("answer", _calls_or_ends, ["call_tools", "score"])
    resolving.add_edge("call_tools", "answer")
    resolving.add_edge("score", END)

    graph = StateGraph(ConversationState, TurnContext, input_schema=TurnInput)
    add = partial(_add_node, graph, fill=fill)
    add("screen", screen)
    add("split", partial(split, models=models, words=words or NoWords()))
    graph.add_node("resolve", resolving.compile(checkpointer=False, name="resolve"))
    add("compose", compose)
    add("deliver", deliver)
    add("hand_off", hand_off)
    add("update_knowledge", partial(update_knowledge, desk=desk))
    add("remember", remember)
    graph.add_edge(START, "screen")
    graph.add_edge("screen", "split")
    graph.add_conditional_edges("split", _each_intent, ["resolve", "compose"])
    graph.add_edge("resolve", "compose")
    graph.add_edge("compose", "deliver")
    graph.add_conditional_edges("deliver", _waits_or_ends, ["hand_off", "remember"])
    graph.add_edge("hand_off", "update_knowledge")
    graph.add_edge("update_knowledge", "deliver")
    graph.add_edge("remember", END)
    return graph.compile(name="support")


GRAPHS: Mapping[str, Callable[..., Graph]] = {GRAPH_VERSION: build_graph}


def _each_intent(state: ConversationState, runtime: Runtime[TurnContext]) -> list[Send] | str:
    """One branch for every intent; none where there is nothing to look up."""
    screened = state["screened"]
    if not state.get("intents") or screened["accepts_offer"]:
        return "compose"
    shared = {
        "turn_id": state["turn_id"],
        "language": state["language"],
        "unsafe": screened["unsafe"],
        "withheld": state.get("withheld", False),
        "may_ask_back": len(state["intents"]) == 1 and may_ask_back(state),
        "operator_said": state.get("operator_said") or [],
        "pending_action": state.get("pending_action") or {},
        "viewed": state.get("viewed") or [],
        "sentiment": state.get("sentiment") or "neutral",
        **recollection(state, runtime.context or TurnContext()),  # Studio has no context here
    }
    return [Send("resolve", shared | {"intent": intent}) for intent in state["intents"]]


def _calls_or_ends(state: ResolveState) -> str:
    return "call_tools" if state.get("tool_calls") else "score"


def _waits_or_ends(state: ConversationState) -> str:
    handoff = state.get("handoff") or {}
    waits = state["decision"]["action"] == "hand_off" and not handoff.get("handoff_id")
    return "hand_off" if waits else "remember"


def _add_node(
    graph: StateGraph[Any, TurnContext, Any, Any],
    name: str,
    node: Node,
    *,
    fill: FillContext | None,
) -> None:
    async def run(state: Any, runtime: Runtime[TurnContext]) -> dict[str, Any]:
        if fill is not None:
            runtime = runtime.override(context=await fill(runtime.context))
        runtime = runtime.override(stream_writer=teller(runtime.stream_writer))
        place = enter_node(name, state)
        started = time.perf_counter()
        update = await node(state, runtime)
        milliseconds = (time.perf_counter() - started) * 1_000
        if (running := tape_of_turn()) is not None:
            running.step(place, update)
        runtime.stream_writer(
            {"kind": "step", "node": name, "ms": milliseconds, **summary_of(name, state, update)}
        )
        return update

    graph.add_node(name, run)
