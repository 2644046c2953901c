"""One turn of one conversation, from its messages or its resumption to what it came to."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from copy import copy
from dataclasses import dataclass, replace
from typing import Any, cast
from uuid import UUID

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple
from langgraph.types import Command

from graphs.acting.action_outcomes import tell_outcome
from graphs.asking.model_calls import model_calls
from graphs.context import TurnContext
from graphs.keeping.checkpoints import Fence, TenantSaver
from graphs.keeping.recording import recording
from graphs.keeping.tape import Player, Recorder, tape, tape_of_turn
from graphs.live import LiveReply, Publish
from graphs.outcome import RunRecord, silent_end, turn_end, with_figures
from graphs.starting import (
    VERSION_KEY,
    Ended,
    IncomingMessage,
    TakenUp,
    TurnRequest,
    WaitsForOperator,
    version_of,
    where_to_start,
)
from graphs.state import ConversationState, StateUpdate
from graphs.support import Graph, Machine
from graphs.telling import listening
from graphs.without_graph import unknown_version
from tenants.ids import new_id
from tenants.running.turn_ends import TurnEnd
from tenants.running.turn_results import KeptState
from tenants.running.usage import Usage, thrown_away

__all__ = ["IncomingMessage", "TakenUp", "TurnRequest", "Watch", "run_turn"]
STRICT_RESUME = "__pregel_strict_resume"  # LangGraph's own key: a spent interrupt id is an error
_RECURSION_LIMIT = 50


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
                later=asyncio.get_running_loop().call_later,
            ),
            began=began,
            calls=calls,
        )
        end: TurnEnd | None = None
        try:
            with tape(tape_of_turn() or (Recorder() if request.context.records else None)):
                end = await _end_of(machine, request, fence, publish, run_id, record, watch)
            await _show(record, watch)
            record.live.let_out()
        except BaseException:  # cancelled as well: what it cost is counted all the same
            record.live.stop()
            if watch is not None:
                watch.abandoned(record.spent() if end is None else thrown_away(end.usage))
            raise
    if end.first_token_ms == record.live.first_token_ms:
        return end
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
    saver = machine.savers.saver(UUID(context.tenant_id), fence)
    if isinstance(saver, TenantSaver):
        saver.is_empty = request.opens
        if watch is not None:
            watch.discard = saver.discard
    config = RunnableConfig(
        configurable={"thread_id": context.conversation_id, STRICT_RESUME: True},
        run_id=run_id,
        run_name="turn",
        recursion_limit=_RECURSION_LIMIT,
    )
    stored = await saver.aget_tuple(config)
    version = version_of(request, stored, machine.graphs)
    known = machine.graphs.get(version)
    if known is None:
        return await unknown_version(
            machine.desk, context, version, request.handoff_id, record.live
        )
    record.graph_version = version
    config["metadata"] = {VERSION_KEY: version, "turn_id": context.turn_id}
    graph = _keeping_in(saver, known)
    if context.kind == "action_outcome":
        told = await tell_outcome(
            graph, config, stored, context, request.outcome, record.live, graph_version=version
        )
        told = with_figures(told, context, record)
        return replace(told, kept=_kept(saver, None, waits=False))
    start = await where_to_start(graph, stored, config, request)
    if isinstance(start, Ended):
        end = turn_end(context, start.state, start.interrupt_id, record)
        return replace(end, kept=_kept(saver, stored, waits=start.interrupt_id is not None))
    if isinstance(start, WaitsForOperator):
        return silent_end(context, record)
    publish("typing", {})
    labels = {
        "tenant_id": context.tenant_id,
        "conversation_id": context.conversation_id,
        "turn_id": context.turn_id,
        "kind": context.kind,
    }
    with machine.tracing.turn(labels), listening(record.hear):
        state, interrupt_id = await _run(graph, start.input, config, context, record, watch)
    end = turn_end(context, state, interrupt_id, record)
    taped, recorded = tape_of_turn(), None
    if isinstance(taped, Player):
        taped.state = cast(dict[str, Any], state)
    elif isinstance(taped, Recorder) and (start.input is not None or request.taken_up is not None):
        recorded = recording(request, stored, taped, state, end)
    kept = _kept(saver, stored, waits=interrupt_id is not None)
    return replace(end, kept=kept, recording=recorded)


def _keeping_in(saver: BaseCheckpointSaver[Any], known: Graph) -> Graph:
    """The graph with a checkpointer of this run; `Pregel.copy` would build and check it anew, which
    takes longer than a node.
    """
    graph = copy(known)
    graph.checkpointer = saver
    return graph


def _kept(
    saver: BaseCheckpointSaver[Any], stored: CheckpointTuple | None, *, waits: bool
) -> KeptState | None:
    """What must be in the database for the end to be true: what was put, else what was read."""
    if not isinstance(saver, TenantSaver):
        return None
    if saver.kept_id is not None:
        return KeptState(saver.kept_id, waits)
    read = stored.config.get("configurable", {}) if stored is not None else {}
    return KeptState(read["checkpoint_id"], waits) if read else None


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
