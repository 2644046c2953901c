"""Learning from the operator."""

from typing import Any

from graphs.nodes.update_knowledge import update_knowledge
from graphs.ports import HandoffResolution, SpokenLine
from tenants.ids import new_id
from tests.fakes import FakeDesk
from tests.graphs.nodes.states import Turn, conversation


async def test_running_again_asks_for_the_same_entry_and_adds_no_message_twice() -> None:
    desk, handoff_id = FakeDesk(), new_id()
    lines = [
        SpokenLine("l1", "operator", "One moment."),
        SpokenLine("l2", "operator", "It costs 4 EUR."),
    ]
    desk.resolve(handoff_id, HandoffResolution(str(handoff_id), add_to_knowledge=True, lines=lines))
    folder = {"handoff_id": str(handoff_id), "open_intents": [{"query": "Gift wrap?"}]}
    state = conversation(handoff=folder)
    once = await update_knowledge(state, Turn().runtime, desk=desk)
    twice = await update_knowledge(state, Turn().runtime, desk=desk)
    assert desk.learnt == {handoff_id: ("Gift wrap?", "It costs 4 EUR.")}
    assert [m.id for m in once["messages"]] == [m.id for m in twice["messages"]] == ["l1", "l2"]


async def test_nothing_is_learnt_unasked_or_without_words() -> None:
    unasked: dict[str, Any] = {"lines": [SpokenLine("l1", "operator", "It costs 4 EUR.")]}
    wordless: dict[str, Any] = {"add_to_knowledge": True}
    for resolution in (unasked, wordless):
        desk, handoff_id = FakeDesk(), new_id()
        desk.resolve(handoff_id, HandoffResolution(str(handoff_id), **resolution))
        folder = {"handoff_id": str(handoff_id), "open_intents": [{"query": "Gift wrap?"}]}
        done = await update_knowledge(conversation(handoff=folder), Turn().runtime, desk=desk)
        assert done["learnt"] == {}
        assert desk.calls == 0
