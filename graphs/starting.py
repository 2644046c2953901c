"""Where a turn starts in the state of its conversation, and under which version of the graph."""

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from langchain_core.messages import AnyMessage, HumanMessage, RemoveMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import CheckpointTuple
from langgraph.types import Command, StateSnapshot

from graphs.context import TurnContext
from graphs.remembering.memory import forgetting
from graphs.state import ConversationState, Decision, StateUpdate
from graphs.support import GRAPH_VERSION, Graph
from graphs.words.phrases import DEFAULT
from tenants.errors import InterruptSpent

_INTERRUPT = "__interrupt__"
VERSION_KEY = "graph_version"  # in the metadata of every checkpoint


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
    its state was left there by a run that failed, and a message goes over it. `opens`: this is the
    conversation's first turn and was never tried, so that there is no state to read.
    """

    context: TurnContext
    messages: Sequence[IncomingMessage] = field(default_factory=tuple[IncomingMessage, ...])
    handoff_id: str | None = None
    taken_up: TakenUp | None = None
    handoff_is_open: bool = True
    outcome: Any = (
        None  # graphs.acting.action_outcomes.ActionOutcome, for turns of kind `action_outcome`
    )
    graph_version: str = GRAPH_VERSION
    opens: bool = False


@dataclass(frozen=True, slots=True)
class Runs:
    """Run the graph with this input; None goes on where it stopped."""

    input: StateUpdate | Command[Any] | None


@dataclass(frozen=True, slots=True)
class Ended:
    """This turn has been run: only its end was not written."""

    state: ConversationState
    interrupt_id: str | None


@dataclass(frozen=True, slots=True)
class WaitsForOperator:
    """An operator has the conversation; a message must not run over the interrupt."""


def version_of(request: TurnRequest, stored: CheckpointTuple | None, known: Container[str]) -> str:
    """The graph that this turn needs.

    What stopped in the middle goes on under the version that stopped. A message is for today's
    graph, which reads every state that a known version has left, and none of an unknown one.
    """
    if stored is None:
        return request.graph_version
    written = str(stored.metadata.get(VERSION_KEY) or request.graph_version)
    same_turn = stored.checkpoint["channel_values"].get("turn_id") == request.context.turn_id
    goes_on = request.handoff_id is not None or same_turn
    return written if goes_on or written not in known else request.graph_version


async def where_to_start(
    graph: Graph, stored: CheckpointTuple | None, config: RunnableConfig, request: TurnRequest
) -> Runs | Ended | WaitsForOperator:
    """What is to be done for a turn, by what the conversation's newest checkpoint says of it.

    Raises: InterruptSpent.
    """
    context = request.context
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
        return WaitsForOperator() if waits else _from_start(request, gone)
    snapshot = await graph.aget_state(config)
    known = {str(m.id) for m in snapshot.values.get("messages") or []}
    if request.messages and request.messages[-1].message_id not in known:
        return _afresh(request, snapshot)  # it joined after the run had come to its end
    if snapshot.interrupts:
        return Ended(_state_of(snapshot), snapshot.interrupts[0].id)
    if snapshot.next:
        return Runs(None)
    if snapshot.values.get("reply", {}).get("turn_id") != context.turn_id:
        return _from_start(request)
    return Ended(_state_of(snapshot), None)


def _afresh(request: TurnRequest, snapshot: StateSnapshot) -> Runs:
    """From the messages, without the reply that the run before left in the state, unseen."""
    reply = snapshot.values.get("reply") or {}
    unseen = [m for m in snapshot.values["messages"] if m.id == reply.get("message_id")]
    if not unseen or reply.get("turn_id") != request.context.turn_id:
        return _from_start(request)
    messages = [
        *(RemoveMessage(str(m.id)) for m in unseen),
        *(_as_message(one) for one in request.messages),
    ]
    return Runs({"messages": messages, "turn_id": request.context.turn_id})


def _from_start(request: TurnRequest, gone: StateUpdate | None = None) -> Runs:
    if request.handoff_id is not None:
        raise InterruptSpent("the conversation does not wait for this handoff")
    update = gone or {"messages": []}
    messages = [*update["messages"], *(_as_message(one) for one in request.messages)]
    return Runs(update | {"messages": messages, "turn_id": request.context.turn_id})


def _as_message(one: IncomingMessage) -> HumanMessage:
    clicked = {"action_id": one.action_id} if one.action_id else {}
    return HumanMessage(one.text, id=one.message_id, additional_kwargs=clicked)


async def _to_resume(
    graph: Graph, config: RunnableConfig, request: TurnRequest, handoff_id: str, same_turn: bool
) -> Runs | Ended:
    if request.taken_up is not None and not same_turn:
        return await _take_up(graph, config, request, request.taken_up)
    snapshot = await graph.aget_state(config)
    if snapshot.interrupts:
        resume = {snapshot.interrupts[0].id: {"handoff_id": handoff_id}}
        return Runs(Command(resume=resume, update={"turn_id": request.context.turn_id}))
    if not same_turn:
        raise InterruptSpent("the conversation does not wait for this handoff")
    return Runs(None) if snapshot.next else Ended(_state_of(snapshot), None)


async def _take_up(
    graph: Graph, config: RunnableConfig, request: TurnRequest, taken_up: TakenUp
) -> Runs:
    """Put the state where it would be, had the graph opened the handoff and been resumed."""
    values = {
        "messages": list(taken_up.said),
        "turn_id": request.context.turn_id,
        "handoff": taken_up.folder | {"handoff_id": request.handoff_id},
        "language": taken_up.folder.get("language") or request.context.locale or DEFAULT,
        "decision": Decision(action="hand_off", reason=taken_up.folder["reason"], confidence=None),
    }
    await graph.aupdate_state(config, values, as_node="hand_off")
    return Runs(None)


def _state_of(snapshot: StateSnapshot) -> ConversationState:
    return cast(ConversationState, snapshot.values)


def _interrupt_pending(stored: CheckpointTuple) -> bool:
    return any(channel == _INTERRUPT for _, channel, _ in stored.pending_writes or [])
