"""One turn of one conversation, from its messages or its resumption to what it came to."""

import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any, cast
from uuid import UUID

from langchain_core.messages import AnyMessage, HumanMessage, RemoveMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple
from langgraph.types import Command, StateSnapshot

from graphs.checkpoints import Fence, TenantSaver
from graphs.context import TurnContext
from graphs.live import LiveReply, Publish
from graphs.memory import forgetting
from graphs.model_calls import model_calls
from graphs.outcome import RunRecord, silent_end, turn_end
from graphs.phrases import DEFAULT
from graphs.state import ConversationState, Decision, StateUpdate
from graphs.support import GRAPH_VERSION, Graph, Machine
from graphs.without_graph import unknown_version
from tenants.errors import InterruptSpent
from tenants.ids import new_id
from tenants.turn_ends import TurnEnd
from tenants.usage import Usage, thrown_away

STRICT_RESUME = "__pregel_strict_resume"  # LangGraph's own key: a spent interrupt id is an error
_INTERRUPT = "__interrupt__"
_RECURSION_LIMIT = 50


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """A contact's message as the transcript has it."""

    message_id: str
    text: str
    action_id: str = ""  # of the button that was clicked


@dataclass(frozen=True, slots=True)
class TakenUp:
    """A handoff that no graph opened: its folder, and what contact and assistant said before it."""

    folder: dict[str, Any]
    said: Sequence[AnyMessage]


@dataclass(frozen=True, slots=True)
class TurnRequest:
    """What one turn is run with; `handoff_id` is for turns of kind `resume`.

    `handoff_is_open` is False where nobody has the conversation: an interrupt that still stands in
    its state was left there by a run that failed, and a message goes over it.
    """

    context: TurnContext
    messages: Sequence[IncomingMessage] = field(default_factory=tuple[IncomingMessage, ...])
    handoff_id: str | None = None
    taken_up: TakenUp | None = None
    handoff_is_open: bool = True
    graph_version: str = GRAPH_VERSION


@dataclass(slots=True)
class Watch:
    """What whoever runs a turn wants to know: that words are about to be shown (what this raises ends
    the run, and nothing was), that they are, and what a run without an end has cost. `discard` is
    given by the run: from then on it keeps no state.
    """

    before_showing: Callable[[], Awaitable[None]]
    abandoned: Callable[[Sequence[Usage]], None]
    discard: Callable[[], None] = lambda: None
    shown: Callable[[], Awaitable[None]] | None = None


async def run_turn(
    machine: Machine,
    request: TurnRequest,
    *,
    fence: Fence | None,
    publish: Publish,
    watch: Watch | None = None,
) -> TurnEnd:
    """What the turn came to; live frames go to `publish` on the way.

    Runs from the messages, or goes on where the state says that this turn stopped, or only
    reads the outcome when the turn had ended before its end was written.
    Raises: LeaseLost, InterruptSpent.
    """
    began = time.perf_counter()
    run_id = new_id()
    with model_calls() as calls:
        record = RunRecord(
            graph_version=request.graph_version,
            trace_run_id=run_id if machine.tracing.is_on else None,
            live=LiveReply(
                publish,
                began=began,
                held=watch is not None,
                at_once=request.context.streaming == "whole",
            ),
            began=began,
            calls=calls,
        )
        end: TurnEnd | None = None
        try:
            end = await _end_of(machine, request, fence, publish, run_id, record, watch)
            await _show(record, watch)
        except BaseException:  # cancelled as well: what it cost is counted all the same
            if watch is not None:
                watch.abandoned(record.spent() if end is None else thrown_away(end.usage))
            raise
    return replace(end, first_token_ms=record.live.first_token_ms)


async def _end_of(
    machine: Machine,
    request: TurnRequest,
    fence: Fence | None,
    publish: Publish,
    run_id: UUID,
    record: RunRecord,
    watch: Watch | None,
) -> TurnEnd:
    context = request.context
    known = machine.graphs.get(request.graph_version)
    if known is None:
        return await unknown_version(
            machine.desk, context, request.graph_version, request.handoff_id, record.live
        )
    saver = machine.savers.saver(UUID(context.tenant_id), fence)
    if watch is not None and isinstance(saver, TenantSaver):
        watch.discard = saver.discard
    graph = known.copy(update={"checkpointer": saver})
    config = RunnableConfig(
        configurable={"thread_id": context.conversation_id, STRICT_RESUME: True},
        run_id=run_id,
        run_name="turn",
        recursion_limit=_RECURSION_LIMIT,
    )
    start = await _where_to_start(graph, saver, config, request)
    if isinstance(start, _Ended):
        return turn_end(context, start.state, start.interrupt_id, record)
    if isinstance(start, _WaitsForOperator):
        return silent_end(context, record)
    publish("typing", {})
    labels = {"tenant_id": context.tenant_id, "turn_id": context.turn_id, "kind": context.kind}
    with machine.tracing.turn(labels):
        state, interrupt_id = await _run(graph, start.input, config, context, record, watch)
    return turn_end(context, state, interrupt_id, record)


@dataclass(frozen=True, slots=True)
class _Runs:
    """Run the graph with this input; None goes on where it stopped."""

    input: StateUpdate | Command[Any] | None


@dataclass(frozen=True, slots=True)
class _Ended:
    """This turn has been run: only its end was not written."""

    state: ConversationState
    interrupt_id: str | None


@dataclass(frozen=True, slots=True)
class _WaitsForOperator:
    """An operator has the conversation; a message must not run over the interrupt."""


async def _where_to_start(
    graph: Graph, saver: BaseCheckpointSaver[Any], config: RunnableConfig, request: TurnRequest
) -> _Runs | _Ended | _WaitsForOperator:
    context = request.context
    stored = await saver.aget_tuple(config)
    if stored is None:
        if request.taken_up is not None:
            return await _take_up(graph, config, request, request.taken_up)
        return _from_start(request)
    gone = forgetting(stored.checkpoint["channel_values"], context)
    same_turn = stored.checkpoint["channel_values"].get("turn_id") == context.turn_id
    if request.handoff_id is not None:
        return await _to_resume(graph, config, request, request.handoff_id, same_turn)
    waits = _interrupt_pending(stored) and request.handoff_is_open
    if not same_turn:
        return _WaitsForOperator() if waits else _from_start(request, gone)
    snapshot = await graph.aget_state(config)
    known = {str(m.id) for m in snapshot.values.get("messages") or []}
    if request.messages and request.messages[-1].message_id not in known:
        return _afresh(request, snapshot)  # it joined after the run had come to its end
    if snapshot.interrupts:
        return _Ended(_state_of(snapshot), snapshot.interrupts[0].id)
    if snapshot.next:
        return _Runs(None)
    if snapshot.values.get("reply", {}).get("turn_id") != context.turn_id:
        return _from_start(request)
    return _Ended(_state_of(snapshot), None)


def _afresh(request: TurnRequest, snapshot: StateSnapshot) -> _Runs:
    """From the messages, without the reply that the run before left in the state, unseen."""
    reply = snapshot.values.get("reply") or {}
    unseen = [m for m in snapshot.values["messages"] if m.id == reply.get("message_id")]
    if not unseen or reply.get("turn_id") != request.context.turn_id:
        return _from_start(request)
    messages = [
        *(RemoveMessage(str(m.id)) for m in unseen),
        *(_as_message(one) for one in request.messages),
    ]
    return _Runs({"messages": messages, "turn_id": request.context.turn_id})


def _from_start(request: TurnRequest, gone: StateUpdate | None = None) -> _Runs:
    if request.handoff_id is not None:
        raise InterruptSpent("the conversation does not wait for this handoff")
    update = gone or {"messages": []}
    messages = [*update["messages"], *(_as_message(one) for one in request.messages)]
    return _Runs(update | {"messages": messages, "turn_id": request.context.turn_id})


def _as_message(one: IncomingMessage) -> HumanMessage:
    clicked = {"action_id": one.action_id} if one.action_id else {}
    return HumanMessage(one.text, id=one.message_id, additional_kwargs=clicked)


async def _to_resume(
    graph: Graph, config: RunnableConfig, request: TurnRequest, handoff_id: str, same_turn: bool
) -> _Runs | _Ended:
    if request.taken_up is not None and not same_turn:
        return await _take_up(graph, config, request, request.taken_up)
    snapshot = await graph.aget_state(config)
    if snapshot.interrupts:
        resume = {snapshot.interrupts[0].id: {"handoff_id": handoff_id}}
        return _Runs(Command(resume=resume, update={"turn_id": request.context.turn_id}))
    if not same_turn:
        raise InterruptSpent("the conversation does not wait for this handoff")
    return _Runs(None) if snapshot.next else _Ended(_state_of(snapshot), None)


async def _take_up(
    graph: Graph, config: RunnableConfig, request: TurnRequest, taken_up: TakenUp
) -> _Runs:
    """Put the state where it would be, had the graph opened the handoff and been resumed."""
    values = {
        "messages": list(taken_up.said),
        "turn_id": request.context.turn_id,
        "handoff": taken_up.folder | {"handoff_id": request.handoff_id},
        "language": taken_up.folder.get("language") or request.context.locale or DEFAULT,
        "decision": Decision(action="hand_off", reason=taken_up.folder["reason"], confidence=None),
    }
    await graph.aupdate_state(config, values, as_node="hand_off")
    return _Runs(None)


def _state_of(snapshot: StateSnapshot) -> ConversationState:
    return cast(ConversationState, snapshot.values)


def _interrupt_pending(stored: CheckpointTuple) -> bool:
    return any(channel == _INTERRUPT for _, channel, _ in stored.pending_writes or [])


async def _run(
    graph: Graph,
    given: StateUpdate | Command[Any] | None,
    config: RunnableConfig,
    context: TurnContext,
    record: RunRecord,
    watch: Watch | None,
) -> tuple[ConversationState, str | None]:
    """The state at the end, and the interrupt that the run stands at, if it does."""
    state: dict[str, Any] = {}
    interrupt_id: str | None = None
    stream = graph.astream(
        given,
        config,
        context=context,
        stream_mode=["custom", "values"],
        subgraphs=True,
        version="v2",
        durability="exit",
    )
    async with aclosing(cast(AsyncGenerator[Any], stream)):
        async for part in stream:
            if part["type"] == "custom":
                record.take(part["data"])
                await _show(record, watch)
            elif not part["ns"]:
                state = dict(cast(dict[str, Any], part["data"]))
                pending = cast(dict[str, Any], part)["interrupts"]
                interrupt_id = pending[0].id if pending else None
    return cast(ConversationState, state), interrupt_id


async def _show(record: RunRecord, watch: Watch | None) -> None:
    """Let words go out that are ready, once whoever runs the turn has been told."""
    if record.live.waits and watch is not None:
        await watch.before_showing()
        record.live.show()
        if watch.shown is not None:
            await watch.shown()
