"""Two executors over one database, as two server processes have them, with a model that thinks."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGenerationChunk
from pydantic import Field

from graphs.asking.models import Models
from graphs.keeping.checkpoints import PostgresSavers
from graphs.ports import Desk, Knowledge
from graphs.support import build_machine
from graphs.writing.extractive import ExtractiveChatModel
from server.running.drain import Drain
from server.running.leased_runs import TurnLimits
from server.running.runs import GraphRuns
from server.running.streams import Hub
from server.running.turns import TurnExecutor
from tenants.actors import SYSTEM
from tenants.configuring import assistants
from tenants.database.connection import Pool, tenant_transaction
from tenants.knowledge import knowledge_bases
from tenants.running import turns
from tenants.transcripts import conversations, events, messages
from tenants.transcripts.blocks import text_block
from tenants.transcripts.messages import Message
from tests.fakes import FakeDesk, FakeKnowledge
from tests.graphs.conversation import SHOP
from tests.seeds import Seeded, seed_tenant

ASKED = ("Do you ship to Switzerland?", "What are your opening hours?", "Can I return worn shoes?")
SECONDS_TO_FIRST_WORD = 0.4


class ThinkingModel(ExtractiveChatModel):
    """Thinks before its first word: for some seconds, or until the gate of its question opens."""

    seconds: float = 0
    gates: dict[str, Any] = Field(default_factory=dict[str, Any])  # events, by question
    asked: list[str] = Field(default_factory=list[str])

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        question = messages[-1].text
        self.asked.append(question)
        await asyncio.sleep(self.seconds)
        if question in self.gates:
            await self.gates[question].wait()
        async for chunk in super()._astream(messages, stop, run_manager, **kwargs):
            yield chunk

    def hold(self, question: str) -> asyncio.Event:
        """The gate before this question's answer; it opens when set."""
        return self.gates.setdefault(question, asyncio.Event())

    async def was_asked(self, question: str, times: int = 1) -> None:
        """Return when it was asked so often. Raises: TimeoutError."""
        async with asyncio.timeout(10):
            while self.asked.count(question) < times:
                await asyncio.sleep(0.01)


@dataclass
class Replicas:
    """The executors, and one tenant's contact who writes to either of them."""

    pool: Pool
    shop: Seeded
    model: ThinkingModel
    both: tuple[TurnExecutor, ...]
    runs: tuple[GraphRuns, ...]  # theirs, in the same order

    @asynccontextmanager
    async def looking(self) -> AsyncGenerator[None]:
        """Both look for what the other one has taken, as processes do."""
        errors: list[Exception] = []
        tasks = [asyncio.create_task(one.look_forever(on_error=errors.append)) for one in self.runs]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        assert not errors

    async def conversation(self) -> Seeded:
        """A fresh one."""
        async with tenant_transaction(self.pool, self.shop.tenant_id) as conn:
            made = await conversations.create(conn, self.shop.assistant_id, self.shop.contact_id)
        return replace(self.shop, conversation_id=made.conversation_id)

    async def say(self, talk: Seeded, text: str, at: int = 0, **more: Any) -> UUID:
        """The turn of one message, which the executor of that number accepts."""
        executor = self.both[at]
        async with tenant_transaction(self.pool, talk.tenant_id) as conn:
            accepted = await turns.accept(
                conn,
                talk.conversation_id,
                blocks=[text_block(text)],
                author=talk.contact,
                claim=executor.wish(talk.tenant_id),
                **more,
            )
        executor.take(talk.tenant_id, accepted)
        return accepted.turn_id

    async def answer(self, talk: Seeded, turn_id: UUID) -> dict[str, Any]:
        """The ended turn, whichever of the two has run it."""
        async with asyncio.timeout(30):
            while True:
                async with tenant_transaction(self.pool, talk.tenant_id) as conn:
                    turn = await turns.get(conn, turn_id)
                if turn.answer is not None:
                    return turn.answer
                await asyncio.sleep(0.02)

    async def transcript(self, talk: Seeded) -> list[Message]:
        """Every message of the conversation."""
        async with tenant_transaction(self.pool, talk.tenant_id) as conn:
            return await messages.list_page(conn, talk.conversation_id, limit=200)


async def open_replicas(
    pool: Pool,
    model: ThinkingModel,
    *,
    joinable_seconds: float = 30,
    deadline_seconds: float = 30,
    knowledge: Knowledge | None = None,
    desk: Desk | None = None,
) -> Replicas:
    """Both over one model, and a tenant whose assistant knows the answers to `ASKED`."""
    shop = await seed_tenant(pool, "Bursts")
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        base_id = await knowledge_bases.create(
            conn, "Knowledge", embedding_model="local:minilm", dimension=384
        )
        settings = (await assistants.get(conn, shop.assistant_id)).settings
        changed = settings.model_copy(update={"knowledge_base_ids": [base_id]})
        await assistants.update(conn, shop.assistant_id, changed, actor=SYSTEM)
    limits = TurnLimits(lease_seconds=15, deadline_seconds=deadline_seconds, drain_seconds=1)
    machine = build_machine(
        knowledge=knowledge or FakeKnowledge(*SHOP),
        desk=desk or FakeDesk(),
        models=Models(default="thinking:model", factories={"thinking:model": lambda: model}),
        savers=PostgresSavers(pool),
    )
    runs = tuple(GraphRuns(pool, machine, joinable_seconds=joinable_seconds) for _ in range(2))
    both = tuple(_executor(pool, one, limits) for one in runs)
    return Replicas(pool, shop, model, both, runs)


def _executor(pool: Pool, runs: GraphRuns, limits: TurnLimits) -> TurnExecutor:
    async def read_log(
        tenant_id: UUID, conversation_id: UUID, after: int, limit: int
    ) -> events.Some:
        async with tenant_transaction(pool, tenant_id) as conn:
            return await events.read_some(
                conn, conversation_id, after, limit=limit, most_bytes=10_000
            )

    async def last_ids(tenant_id: UUID, ids: Any) -> dict[UUID, int]:
        async with tenant_transaction(pool, tenant_id) as conn:
            return await events.last_ids(conn, ids)

    return TurnExecutor(pool, Hub(read_log, last_ids), runs, drain=Drain(), limits=limits)
