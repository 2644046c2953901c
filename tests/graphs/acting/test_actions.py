"""The graph of one action: where it stands still, what resumes it, and that it goes on where it stopped."""

from typing import Any
from uuid import UUID

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from graphs.acting.action_state import ActionContext, ApprovalAsked, Way, WeighedAction
from graphs.acting.actions import STRICT_RESUME, build_action_graph
from graphs.keeping.checkpoints import strict_serializer
from tenants.ids import new_id
from tools.errors import ToolUnavailable


class FakeActionDesk:
    """Weighs as the test says; remembers what was sent and told."""

    def __init__(self, way: Way, *, failures: int = 0) -> None:
        self.way: Way = way
        self.failures = failures
        self.sent = 0
        self.told = 0

    async def weigh(self, tenant_id: UUID, action_id: UUID) -> WeighedAction:
        """As the test says."""
        asked = ApprovalAsked(
            kind="approval", approval_id=str(action_id), tool="refund_order", title="Refund",
            what="a refund", arguments={"number": "1"}, amount=None, currency=None,
            reason="always", asked="", passages=[],
        )  # fmt: skip
        return WeighedAction(self.way, asked if self.way == "ask" else None)

    async def send(self, tenant_id: UUID, action_id: UUID, *, is_last: bool) -> str:
        """Fails as often as it should. Raises: ToolUnavailable."""
        self.sent += 1
        if self.sent <= self.failures:
            raise ToolUnavailable("not now")
        return "done"

    async def tell(self, tenant_id: UUID, action_id: UUID) -> str:
        """A turn's id."""
        self.told += 1
        return str(new_id())


class Action:
    """One thread over a desk."""

    def __init__(self, desk: FakeActionDesk) -> None:
        saver = InMemorySaver(serde=strict_serializer())
        self.graph = build_action_graph(desk).copy(update={"checkpointer": saver})
        self.id = str(new_id())
        self.config = RunnableConfig(configurable={"thread_id": self.id, STRICT_RESUME: True})

    async def run(self, given: Any) -> Any:
        return await self.graph.ainvoke(
            given,
            self.config,
            context=ActionContext(str(new_id())),
            durability="sync",
            version="v2",
        )

    async def begin(self) -> Any:
        return await self.run({"action_id": self.id})


async def test_an_approval_stands_still_with_the_exact_call_and_is_resumed_once() -> None:
    desk = FakeActionDesk("ask")
    action = Action(desk)
    came = await action.begin()
    [waits] = came.interrupts
    assert waits.value["kind"] == "approval" and waits.value["arguments"] == {"number": "1"}
    assert desk.sent == 0
    resume = Command(resume={waits.id: {"decision": "approved"}})
    ended = await action.run(resume)
    assert ended.value["came_to"] == "done" and (desk.sent, desk.told) == (1, 1)
    with pytest.raises(Exception, match="consumed"):
        await action.run(resume)
    assert desk.sent == 1


@pytest.mark.parametrize("decision", ["denied", "expired"])
async def test_what_is_denied_or_expired_is_told_and_not_sent(decision: str) -> None:
    desk = FakeActionDesk("ask")
    action = Action(desk)
    [waits] = (await action.begin()).interrupts
    await action.run(Command(resume={waits.id: {"decision": decision}}))
    assert (desk.sent, desk.told) == (0, 1)


async def test_a_decision_that_is_none_leaves_the_approval_open() -> None:
    desk = FakeActionDesk("ask")
    action = Action(desk)
    [waits] = (await action.begin()).interrupts
    with pytest.raises(Exception, match="decision"):
        await action.run(Command(resume={waits.id: {"decision": "do it"}}))
    [still] = (await action.graph.aget_state(action.config)).interrupts
    assert still.id == waits.id and desk.sent == 0


async def test_where_nobody_must_agree_it_is_done_at_once() -> None:
    desk = FakeActionDesk("act")
    assert not (await Action(desk).begin()).interrupts
    assert (desk.sent, desk.told) == (1, 1)


async def test_a_failed_sending_goes_on_at_the_sending() -> None:
    desk = FakeActionDesk("act", failures=1)
    action = Action(desk)
    with pytest.raises(ToolUnavailable):
        await action.begin()
    ended = await action.run(None)
    assert ended.value["came_to"] == "done" and (desk.sent, desk.told) == (2, 1)


async def test_what_has_ended_is_only_told() -> None:
    desk = FakeActionDesk("settle")
    await Action(desk).begin()
    assert (desk.sent, desk.told) == (0, 1)
