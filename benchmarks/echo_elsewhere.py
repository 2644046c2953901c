"""The echo graph for other servers of graphs: the same five steps and the same words.

As their users would write it: no pace, no recording, a state of LangGraph's own kind, and words that
leave as the model says them. Needs LangGraph alone; `echo_peers.py` puts it beside its model.
"""

from typing import Any

from echo_model import EchoModel
from langgraph.graph import END, START, MessagesState, StateGraph


class State(MessagesState, total=False):
    """What a conversation keeps."""

    intents: list[dict[str, Any]]
    language: str
    reply: dict[str, Any]
    decision: dict[str, Any]


MODEL = EchoModel()


async def intake(state: State) -> dict[str, Any]:
    """The turn's one intent."""
    text = state["messages"][-1].text
    return {"intents": [{"index": 0, "text": text, "query": text}]}


async def classify(state: State) -> dict[str, Any]:
    """The language."""
    return {"language": "en"}


async def respond(state: State) -> dict[str, Any]:
    """Twenty words; whoever watches `messages` gets each as it comes."""
    said = await MODEL.ainvoke(state["messages"])
    return {"messages": [said], "reply": {"text": said.text, "citations": []}}


async def decide(state: State) -> dict[str, Any]:
    """Always delivered."""
    return {"decision": {"action": "deliver", "reason": None, "confidence": 1.0}}


async def remember(state: State) -> dict[str, Any]:
    """Nothing: LangGraph's own state forgets nothing."""
    return {}


def _graph() -> Any:
    built = StateGraph(State)
    before = START
    for node in (intake, classify, respond, decide, remember):
        built.add_node(node.__name__, node)
        built.add_edge(before, node.__name__)
        before = node.__name__
    built.add_edge(before, END)
    return built.compile(name="echo")


graph = _graph()
