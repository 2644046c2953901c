"""A burst of messages gets one reply, whichever process took which of them."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGenerationChunk

from graphs.checkpoints import PostgresSavers
from graphs.extractive import ExtractiveChatModel
from graphs.models import Models
from graphs.support import build_machine
from server.drain import Drain
from server.runs import GraphRuns
from server.streams import Hub
from server.turns import TurnExecutor, TurnLimits
from tenants import assistants, conversations, events, knowledge_bases, messages, turns
from tenants.actors import SYSTEM
from tenants.blocks import text_block
from tenants.connection import Pool, tenant_transaction
from tests.fakes import FakeDesk, FakeKnowledge
from tests.graphs.conversation import SHOP
from tests.seeds import Seeded, seed_tenant

BURSTS = 200
AT_ONCE = 16
SECONDS_TO_FIRST_WORD = 0.4
ASKED = ("Do you ship to Switzerland?", "What are your opening hours?", "Can I return worn shoes?")
LIMITS = TurnLimits(lease_seconds=15, deadline_seconds=30, drain_seconds=1)


class SlowModel(ExtractiveChatModel):
    """A model that thinks before its first word."""

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        await asyncio.sleep(SECONDS_TO_FIRST_WORD)
        async for chunk in super()._astream(messages, stop, run_manager, **kwargs):
            yield chunk


@dataclass
class Replicas:
    """Two executors over one database, as two processes have them."""

    pool: Pool
    shop: Seeded
    knowledge: FakeKnowledge
    both: tuple[TurnExecutor, TurnExecutor]

    async def conversation(self) -> Seeded:
        async with tenant_transaction(self.pool, self.shop.tenant_id) as conn:
            made = await conversations.create(conn, self.shop.assistant_id, self.shop.contact_id)
        return replace(self.shop, conversation_id=made.conversation_id)

    async def say(self, talk: Seeded, text: str, at: TurnExecutor) -> UUID:
        async with tenant_transaction(self.pool, talk.tenant_id) as conn:
            accepted = await turns.accept(
                conn, talk.conversation_id, blocks=[text_block(text)], author=talk.contact
            )
            lease = await at.claim_at_once(conn, accepted.turn_id) if accepted.opened else None
        at.start(talk.tenant_id, accepted.turn_id, lease)
        return accepted.turn_id

    async def answer(self, talk: Seeded, turn_id: UUID) -> dict[str, Any]:
        """The ended turn, whichever of the two has run it."""
        async with asyncio.timeout(30):
            while True:
                async with tenant_transaction(self.pool, talk.tenant_id) as conn:
                    turn = await turns.get(conn, turn_id)
                if turn.answer is not None:
                    return turn.answer
                await asyncio.sleep(0.05)


def _executor(pool: Pool, knowledge: FakeKnowledge) -> TurnExecutor:
    async def read_log(
        tenant_id: UUID, conversation_id: UUID, after: int, limit: int
    ) -> list[events.Event]:
        async with tenant_transaction(pool, tenant_id) as conn:
            return await events.read_after(conn, conversation_id, after, limit=limit)

    async def last_ids(tenant_id: UUID, ids: Any) -> dict[UUID, int]:
        async with tenant_transaction(pool, tenant_id) as conn:
            return await events.last_ids(conn, ids)

    machine = build_machine(
        knowledge=knowledge,
        desk=FakeDesk(),
        models=Models(default="slow:model", factories={"slow:model": SlowModel}),
        savers=PostgresSavers(pool),
    )
    runs = GraphRuns(pool, machine)
    return TurnExecutor(pool, Hub(read_log, last_ids), runs, drain=Drain(), limits=LIMITS)


@pytest.fixture
async def replicas(pool: Pool) -> Replicas:
    shop = await seed_tenant(pool, "Bursts")
    async with tenant_transaction(pool, shop.tenant_id) as conn:
        base_id = await knowledge_bases.create(
            conn, "Knowledge", embedding_model="local:minilm", dimension=384
        )
        settings = (await assistants.get(conn, shop.assistant_id)).settings
        changed = settings.model_copy(update={"knowledge_base_ids": [base_id]})
        await assistants.update(conn, shop.assistant_id, changed, actor=SYSTEM)
    knowledge = FakeKnowledge(*SHOP)
    both = (_executor(pool, knowledge), _executor(pool, knowledge))
    return Replicas(pool, shop, knowledge, both)


def _scripts() -> Iterator[list[tuple[float, str, int]]]:
    """(pause before, text, which replica) of every message of every burst; always the same."""
    draw = random.Random(20261128)
    for _ in range(BURSTS):
        said = draw.sample(ASKED, draw.randint(2, 3))
        lines = [*said, "Thank you!"] if draw.random() < 0.4 else said
        yield [
            (0.0 if at == 0 else draw.uniform(0, 0.06), text, draw.randrange(2))
            for at, text in enumerate(lines)
        ]


async def test_two_hundred_bursts_get_one_reply_each(replicas: Replicas) -> None:
    at_once = asyncio.Semaphore(AT_ONCE)

    async def burst(script: list[tuple[float, str, int]]) -> tuple[int, str]:
        async with at_once:
            talk = await replicas.conversation()
            ids: list[UUID] = []
            for pause, text, replica in script:
                await asyncio.sleep(pause)
                ids.append(await replicas.say(talk, text, replicas.both[replica]))
            for turn_id in dict.fromkeys(ids):
                assert (await replicas.answer(talk, turn_id))["status"] == "completed"
            async with tenant_transaction(replicas.pool, talk.tenant_id) as conn:
                lines = await messages.list_page(conn, talk.conversation_id, limit=50)
        replies = [line.text for line in lines if line.author_kind == "assistant"]
        said = "\n".join(replies)
        wanted = [SHOP[ASKED.index(text)][1] for _, text, _ in script if text in ASKED]
        missing = [answer for answer in wanted if answer.split(".")[0] not in said]
        return len(replies), f"{missing} not in {said!r}" if missing else ""

    found = await asyncio.gather(*(burst(script) for script in _scripts()))
    assert not [missing for _, missing in found if missing]
    alone = sum(replies == 1 for replies, _ in found)
    assert alone >= 0.99 * BURSTS, f"{alone} of {BURSTS} bursts got one reply"


async def test_what_was_found_is_not_searched_again_and_what_was_thrown_away_is_counted(
    replicas: Replicas,
) -> None:
    talk, one = await replicas.conversation(), replicas.both[0]
    turn_id = await replicas.say(talk, ASKED[0], one)
    await asyncio.sleep(SECONDS_TO_FIRST_WORD / 2)
    assert await replicas.say(talk, ASKED[1], one) == turn_id
    answer = await replicas.answer(talk, turn_id)
    assert [intent["text"] for intent in answer["intents"]] == list(ASKED[:2])
    async with tenant_transaction(replicas.pool, talk.tenant_id) as conn:
        steps = await conn.dicts(
            """
            select node, count(*) as n from turn_steps
             where tenant_id = %(tenant_id)s and turn_id = %(turn_id)s
             group by node
            """,
            {"turn_id": turn_id},
        )
    assert {row["node"]: row["n"] for row in steps}["answer"] == 2, "the reply's own steps alone"


async def test_a_message_after_the_first_words_is_a_turn_of_its_own(replicas: Replicas) -> None:
    talk, one = await replicas.conversation(), replicas.both[0]
    first = await replicas.say(talk, ASKED[0], one)
    await replicas.answer(talk, first)
    second = await replicas.say(talk, ASKED[1], one)
    assert second != first
    assert (await replicas.answer(talk, second))["intents"][0]["text"] == ASKED[1]
