"""What an answer may do: all that the assistant allows, or less where orders to the machine were seen.

A flag never silences a contact. Whose words look like an attack is answered without a language model,
sentence by sentence, and without links; orders in passages are kept from the model and never said.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from graphs.asking.models import EXTRACTIVE
from graphs.context import TurnContext
from graphs.ports import Passage
from graphs.safety.orders import Orders
from graphs.state import ResolveState


@dataclass(frozen=True)
class Leave:
    """The models that may write, how their words are shown, which hosts they may link to."""

    names: list[str]
    streaming: str
    hosts: tuple[str, ...]
    orders: Orders
    tightened: tuple[str, ...]  # why less is allowed: unsafe_input, orders_in_passages

    @classmethod
    def of(
        cls,
        state: ResolveState,
        context: TurnContext,
        passages: Sequence[Passage],
        names: Sequence[str],
    ) -> "Leave":
        """What holds for one intent; `names` are the models that would write."""
        orders = Orders.found_in(passages)
        why = ["unsafe_input"] if state["unsafe"] else []
        if orders:
            why.append("orders_in_passages")
        streaming = "sentences" if why and context.streaming == "tokens" else context.streaming
        if state["unsafe"]:
            return cls([EXTRACTIVE], streaming, (), orders, tuple(why))
        return cls(list(names), streaming, context.allowed_hosts, orders, tuple(why))
