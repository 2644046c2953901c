"""A conversation driven turn by turn through `run_turn`, without HTTP."""

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from langgraph.checkpoint.memory import InMemorySaver

from graphs.acting.tool_calls import Tools
from graphs.asking.models import Models
from graphs.context import TurnContext
from graphs.keeping.checkpoints import Fence, OneSaver, Savers, strict_serializer
from graphs.ports import Words
from graphs.run import IncomingMessage, TurnRequest, run_turn
from graphs.support import Machine, build_machine
from tenants.ids import new_id
from tenants.running.turn_ends import TurnEnd
from tenants.transcripts import blocks
from tests.fakes import FakeDesk, FakeKnowledge

SHOP = (
    ("Do you ship to Switzerland?", "Yes, we ship to Switzerland. It takes 3 to 5 days and costs 9.90 EUR."),
    ("What are your opening hours?", "We are open Monday to Friday from 9:00 to 18:00."),
    ("How can I return worn shoes?", "Worn shoes can be returned within 30 days. Please keep the box."),
)  # fmt: skip


def machine(
    knowledge: FakeKnowledge | None = None,
    *,
    desk: FakeDesk | None = None,
    models: Models | None = None,
    savers: Savers | None = None,
    words: Words | None = None,
    tools: Tools | None = None,
) -> Machine:
    """A machine over fakes; its checkpoints live in memory unless told otherwise."""
    return build_machine(
        knowledge=knowledge or FakeKnowledge(*SHOP),
        desk=desk or FakeDesk(),
        models=models or Models(),
        savers=savers or OneSaver(InMemorySaver(serde=strict_serializer())),
        words=words,
        tools=tools,
    )


@dataclass
class Talk:
    """One conversation; every turn checks that the deltas are the reply, byte for byte."""

    machine: Machine
    context: TurnContext = field(
        default_factory=lambda: TurnContext(
            tenant_id=str(new_id()),
            conversation_id=str(new_id()),
            knowledge=((str(new_id()), 1),),
            brand="Shoely",
            persona={"name": "Mia"},
        )
    )
    frames: list[tuple[str, dict[str, Any]]] = field(
        default_factory=list[tuple[str, dict[str, Any]]]
    )
    ran: list[TurnRequest] = field(default_factory=list[TurnRequest])

    async def say(self, *texts: str, fence: Fence | None = None) -> TurnEnd:
        """The contact's turn with one message or a burst."""
        messages = [IncomingMessage(str(new_id()), text) for text in texts]
        context = replace(self.context, turn_id=str(new_id()), kind="message")
        return await self.run(TurnRequest(context, messages=messages), fence=fence)

    async def resume(self, handoff_id: UUID, *, fence: Fence | None = None) -> TurnEnd:
        """The turn that an operator's resolution starts."""
        context = replace(self.context, turn_id=str(new_id()), kind="resume")
        return await self.run(TurnRequest(context, handoff_id=str(handoff_id)), fence=fence)

    async def run(self, request: TurnRequest, *, fence: Fence | None = None) -> TurnEnd:
        """Any turn."""
        self.frames = []
        self.ran.append(request)
        end = await run_turn(
            self.machine, request, fence=fence, publish=lambda k, d: self.frames.append((k, d))
        )
        shown = "".join(d["text"] for k, d in self.frames if k == "message_delta")
        assert shown == text_of(end)
        return end


def text_of(end: TurnEnd) -> str:
    """The reply's words, empty where nothing was said."""
    return blocks.text_of(end.reply["content"]) if end.reply else ""
