"""An answer without a conversation: the same machine over a memory that is gone afterwards."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver

from graphs.context import TurnContext
from graphs.keeping.checkpoints import OneSaver, strict_serializer
from graphs.live import Publish
from graphs.run import IncomingMessage, TurnRequest, Watch, run_turn
from graphs.support import GRAPH_VERSION, Machine
from tenants.ids import new_id
from tenants.running.turn_ends import TurnEnd

MAX_HISTORY = 20


def _unheard(_kind: str, _data: dict[str, Any]) -> None:
    """Nobody listens to the live frames."""


async def answer_once(
    machine: Machine,
    context: TurnContext,
    text: str,
    history: Sequence[tuple[str, str]] = (),
    *,
    publish: Publish = _unheard,
    watch: Watch | None = None,
) -> TurnEnd:
    """What a turn would come to; `history` is (author, text), author contact or assistant.

    `context` brings a conversation's and a turn's id that nothing else uses.
    """
    saver = InMemorySaver(serde=strict_serializer())
    if history:
        graph = machine.graphs[GRAPH_VERSION].copy(update={"checkpointer": saver})
        config = RunnableConfig(configurable={"thread_id": context.conversation_id})
        lines = [_message(author, said) for author, said in history[-MAX_HISTORY:]]
        seed = {"messages": lines, "turn_id": str(new_id())}
        await graph.aupdate_state(config, seed, as_node="remember")
    apart = replace(machine, savers=OneSaver(saver))
    message = IncomingMessage(str(new_id()), text)
    request = TurnRequest(context, messages=[message])
    return await run_turn(apart, request, fence=None, publish=publish, watch=watch)


def _message(author: str, text: str) -> AnyMessage:
    if author == "assistant":
        return AIMessage(text, id=str(new_id()))
    return HumanMessage(text, id=str(new_id()))
