"""A small graph whose model says twenty words at once: what is measured is what surrounds it.

Five nodes and no language model, no search: `frontdesk` runs it like its own graph, with the same
lease, fence, event log and end (`machine`); the others compile the same nodes by themselves.
"""

from functools import partial
from typing import Any

from echo_model import EchoModel
from langchain_core.messages import AIMessage
from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime

from graphs.context import TurnContext
from graphs.keeping.checkpoints import Savers
from graphs.nodes.remember import remember
from graphs.ports import NO_PACE, Desk, Pace
from graphs.state import ConversationState, Decision, Intent, Reply
from graphs.support import GRAPH_VERSION, Graph, Machine
from graphs.telling import teller
from graphs.tracing import Tracing
from server.admitting.loop_pace import LoopPace
from tenants.ids import new_id

MODEL = EchoModel()


async def intake(state: ConversationState) -> dict[str, Any]:
    """The turn's one intent, shown at once."""
    text = state["messages"][-1].text
    return {"intents": [Intent(index=0, text=text, query=text)]}


async def classify(state: ConversationState, runtime: Runtime[TurnContext]) -> dict[str, Any]:
    """What the product's `split` tells whoever watches: the words that follow belong to one intent."""
    given = {"intents": [{"text": one["text"]} for one in state["intents"]]}
    event = {"kind": "step", "node": "split", "ms": 0.0, "in": {}, "out": given}
    teller(runtime.stream_writer)(event)
    return {"language": "en"}


async def respond(
    state: ConversationState, runtime: Runtime[TurnContext], *, pace: Pace = NO_PACE
) -> dict[str, Any]:
    """Twenty words, each told as it comes; between them the product's pace is kept, where it is given."""
    said, tell = "", teller(runtime.stream_writer)
    async for chunk in MODEL.astream(state["messages"]):
        if not chunk.text:
            continue  # LangChain's own last one
        said += chunk.text
        tell({"kind": "piece", "index": 0, "text": chunk.text})
        await pace.words()
    tell({"kind": "answered", "index": 0})
    reply = Reply(turn_id=state["turn_id"], message_id=str(new_id()), text=said, citations=[])
    return {"reply": reply, "messages": [AIMessage(content=said, id=reply["message_id"])]}


async def decide(state: ConversationState) -> dict[str, Any]:
    """Always delivered."""
    return {"decision": Decision(action="deliver", reason=None, confidence=1.0)}


def graph(pace: Pace = NO_PACE) -> Graph:
    """The compiled graph; its last node is the product's own, which keeps the history short."""
    built = StateGraph(ConversationState, TurnContext)
    nodes = (intake, classify, respond, decide, remember)
    before = START
    for node in nodes:
        built.add_node(node.__name__, partial(respond, pace=pace) if node is respond else node)
        built.add_edge(before, node.__name__)
        before = node.__name__
    built.add_edge(before, END)
    return built.compile(name="echo")


def machine(*, desk: Desk, savers: Savers, tracing: Tracing | None = None, **_: Any) -> Machine:
    """The product's machine with this graph instead of its own."""
    return Machine({GRAPH_VERSION: graph(LoopPace())}, desk, savers, tracing or Tracing.off())
