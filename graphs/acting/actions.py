"""The state machine of one action: thread_id = action_id, durability `sync`.

    START → weigh ─┬→ ask_approval ⟂ ─┬→ act → settle → END
                   ├→ act             └→ settle
                   └→ settle

An action never stands in its conversation's graph: a chat line cannot destroy an approval, and an
approval mutes no chat. What happened stands in the rows of `actions`; the graph only knows where it is.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, cast
from uuid import UUID

from langchain_core.runnables import RunnableConfig
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command

from graphs.acting.action_state import ActionContext, ActionDesk, ActionState
from graphs.keeping.checkpoints import DeliveryFence, Savers
from graphs.nodes.act import act
from graphs.nodes.ask_approval import ask_approval
from graphs.nodes.settle import settle
from graphs.nodes.weigh import weigh
from tenants.database.connection import Pool, tenant_transaction
from tenants.errors import NotFound
from tenants.outside import action_moves, actions

ACTION_GRAPH_VERSION = "action@1"
STRICT_RESUME = "__pregel_strict_resume"  # LangGraph's own key: a spent interrupt id is an error
ActionGraph = CompiledStateGraph[ActionState, ActionContext, Any, Any]
_DECIDED = frozenset({"approved", "edited"})


def build_action_graph(desk: ActionDesk) -> ActionGraph:
    """The compiled graph without a checkpointer."""
    graph = StateGraph(ActionState, ActionContext)
    nodes: dict[str, Callable[..., Any]] = {"weigh": weigh, "act": act, "settle": settle}
    for name, node in nodes.items():
        graph.add_node(name, partial(node, desk=desk))
    graph.add_node("ask_approval", ask_approval)
    graph.add_edge(START, "weigh")
    graph.add_conditional_edges("weigh", _way, ["ask_approval", "act", "settle"])
    graph.add_conditional_edges("ask_approval", _decided, ["act", "settle"])
    graph.add_edge("act", "settle")
    graph.add_edge("settle", END)
    return graph.compile(name="action")


ACTION_GRAPHS = {ACTION_GRAPH_VERSION: build_action_graph}


def _way(state: ActionState) -> str:
    way = state.get("way") or "settle"
    return "ask_approval" if way == "ask" else way


def _decided(state: ActionState) -> str:
    return "act" if state.get("decision") in _DECIDED else "settle"


class ActionRuns:
    """Has actions go on from where they stand; whoever claimed one calls it."""

    def __init__(self, pool: Pool, desk: ActionDesk, savers: Savers) -> None:
        self._pool = pool
        self._graph = build_action_graph(desk)
        self._savers = savers

    async def advance(
        self,
        tenant_id: UUID,
        action_id: UUID,
        *,
        is_last: bool,
        fence: DeliveryFence | None = None,
    ) -> UUID | None:
        """Run an action until it waits or ends; the turn that tells its outcome, where one is due.

        Nothing happens to what is erased, waits, or has ended. Raises: ToolUnavailable where it is
        to be tried again; LeaseLost where another process holds its delivery by now.
        """
        try:
            return await self._advance(tenant_id, action_id, is_last=is_last, fence=fence)
        except NotFound:
            return None  # erased with its conversation

    async def _advance(
        self, tenant_id: UUID, action_id: UUID, *, is_last: bool, fence: DeliveryFence | None
    ) -> UUID | None:
        graph = self._graph.copy(update={"checkpointer": self._savers.saver(tenant_id, fence)})
        config = RunnableConfig(
            configurable={"thread_id": str(action_id), STRICT_RESUME: True},
            metadata={"graph_version": ACTION_GRAPH_VERSION},
            run_name="action",
        )
        async with tenant_transaction(self._pool, tenant_id) as conn:
            action = await actions.get(conn, action_id)
        snapshot = await graph.aget_state(config)
        if snapshot.interrupts and action.decision is None:
            await self._wait(tenant_id, action_id, snapshot.interrupts[0].id)
            return None
        given: dict[str, Any] | Command[Any] | None = None
        if snapshot.interrupts:
            given = Command(resume={snapshot.interrupts[0].id: {"decision": action.decision}})
        elif not snapshot.next:
            if action.outcome_turn_id is not None:
                return action.outcome_turn_id
            given = {"action_id": str(action_id)}
        context = ActionContext(str(tenant_id), is_last)
        came = cast(
            Any,
            await graph.ainvoke(
                cast(Any, given), config, context=context, durability="sync", version="v2"
            ),
        )
        if came.interrupts:
            await self._wait(tenant_id, action_id, came.interrupts[0].id)
            return None
        turn_id = came.value.get("outcome_turn_id")
        return UUID(turn_id) if turn_id else None

    async def _wait(self, tenant_id: UUID, action_id: UUID, interrupt_id: str) -> None:
        async with tenant_transaction(self._pool, tenant_id) as conn:
            await action_moves.ask(conn, action_id, interrupt_id)
