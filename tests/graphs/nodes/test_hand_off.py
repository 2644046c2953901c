"""The one interrupt."""

from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.errors import is_invalid_resume
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command
from pydantic import ValidationError

from graphs.context import TurnContext
from graphs.nodes.hand_off import hand_off
from graphs.state import ConversationState


async def test_a_resume_value_is_checked_and_a_wrong_one_leaves_it_waiting() -> None:
    building = StateGraph(ConversationState, TurnContext)
    building.add_node("hand_off", hand_off)
    building.add_edge(START, "hand_off")
    building.add_edge("hand_off", END)
    graph: Any = building.compile(checkpointer=InMemorySaver())
    config: Any = {"configurable": {"thread_id": "t", "__pregel_strict_resume": True}}
    folder: Any = {"handoff": {"reason": "contact_asked"}}
    waiting = await graph.ainvoke(folder, config, context=TurnContext(), version="v2")
    [asked] = waiting.interrupts
    assert asked.value == folder["handoff"]
    wrong = Command(resume={asked.id: {"text": "hello"}})
    with pytest.raises(ValidationError) as refused:
        await graph.ainvoke(wrong, config, context=TurnContext(), version="v2")
    assert is_invalid_resume(refused.value)
    right = Command(resume={asked.id: {"handoff_id": "h1"}})
    done = await graph.ainvoke(right, config, context=TurnContext(), version="v2")
    assert done.interrupts == ()
    assert done.value["handoff"] == folder["handoff"] | {"handoff_id": "h1"}
