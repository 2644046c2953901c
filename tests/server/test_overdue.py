"""A turn's deadline is a handoff that an operator takes up, and the assistant goes on behind it."""

import asyncio
import time
from collections.abc import Sequence
from uuid import UUID

import pytest

from graphs.knowing.desk_port import PostgresDesk
from graphs.ports import KnowledgeVersion, Passage
from tenants.actors import Actor
from tenants.database.connection import Pool, tenant_transaction
from tenants.desk import handoffs
from tenants.finding.embedding_models import OnlyModel
from tenants.running import turns
from tenants.transcripts import conversations, events
from tenants.transcripts.blocks import text_block
from tests.fakes import FakeKnowledge
from tests.graphs.conversation import SHOP
from tests.seeds import Seeded
from tests.server.replicas import ASKED, Replicas, ThinkingModel, open_replicas
from tests.tenants.knowledge_made import WordEmbedder

DEADLINE_SECONDS = 1.5
OPERATOR = Actor("operator", "op-1")


class StuckKnowledge(FakeKnowledge):
    """Finds nothing and does not come back, for as long as it is stuck."""

    stuck = False

    async def search(
        self,
        tenant_id: UUID,
        versions: Sequence[KnowledgeVersion],
        query: str,
        *,
        limit: int,
        before: str = "",
    ) -> list[Passage]:
        while self.stuck:
            await asyncio.sleep(0.05)
        return await super().search(tenant_id, versions, query, limit=limit, before=before)


@pytest.fixture
def knowledge() -> StuckKnowledge:
    return StuckKnowledge(*SHOP)


@pytest.fixture
async def replicas(pool: Pool, knowledge: StuckKnowledge) -> Replicas:
    return await open_replicas(
        pool,
        ThinkingModel(),
        deadline_seconds=DEADLINE_SECONDS,
        knowledge=knowledge,
        desk=PostgresDesk(pool, OnlyModel(WordEmbedder())),
    )


async def resolve(replicas: Replicas, talk: Seeded, handoff_id: UUID, words: str) -> UUID:
    """The turn that the operator's last words start."""
    async with tenant_transaction(replicas.pool, talk.tenant_id) as conn:
        resolution = handoffs.Resolution(
            [text_block(words)],
            add_to_knowledge=False,
            entry=None,
            may_write_knowledge=False,
            return_to_assistant=True,
        )
        resolved = await handoffs.resolve(conn, handoff_id, resolution, actor=OPERATOR, name="Olga")
    replicas.both[1].start(talk.tenant_id, resolved.turn_id)
    return resolved.turn_id


async def test_an_overdue_turn_is_a_handoff_and_the_conversation_goes_on_behind_it(
    replicas: Replicas, knowledge: StuckKnowledge
) -> None:
    talk = await replicas.conversation()
    knowledge.stuck, began = True, time.monotonic()
    turn_id = await replicas.say(talk, ASKED[0])
    answer = await replicas.answer(talk, turn_id)
    assert time.monotonic() - began < DEADLINE_SECONDS + 5
    assert (answer["status"], answer["handoff"]["reason"]) == ("waiting_for_operator", "deadline")
    assert answer["message"]["text"].startswith("I'm sorry, this is taking me too long.")
    assert "problem" not in answer
    knowledge.stuck = False
    async with tenant_transaction(replicas.pool, talk.tenant_id) as conn:
        kept = await turns.get(conn, turn_id)
        log = await events.read_after(conn, talk.conversation_id, 0)
        handoff_id = UUID(answer["handoff"]["handoff_id"])
        folder = (await handoffs.get(conn, handoff_id)).details
    assert kept.status == "waiting_for_operator"
    assert [event.type for event in log][-3:] == ["message", "handoff_requested", "turn_ended"]
    assert folder["open_intents"][0]["text"] == ASKED[0]
    resumed = await resolve(replicas, talk, handoff_id, "Yes, by train.")
    assert (await replicas.answer(talk, resumed))["status"] == "completed"
    async with tenant_transaction(replicas.pool, talk.tenant_id) as conn:
        assert (await conversations.get(conn, talk.conversation_id)).status == "open"
    following = await replicas.answer(talk, await replicas.say(talk, ASKED[1]))
    assert following["status"] == "completed" and "9:00" in following["message"]["text"]
    said = [line.text for line in await replicas.transcript(talk)]
    assert said[0] == ASKED[0] and said[2:4] == ["Yes, by train.", ASKED[1]]


async def test_a_message_that_came_in_the_last_moment_is_in_the_operator_s_folder(
    replicas: Replicas, knowledge: StuckKnowledge
) -> None:
    talk = await replicas.conversation()
    knowledge.stuck = True
    turn_id = await replicas.say(talk, ASKED[0])
    await asyncio.sleep(DEADLINE_SECONDS - 0.4)
    joined = await replicas.say(talk, ASKED[1], at=1)
    answer = await replicas.answer(talk, turn_id)
    knowledge.stuck = False
    async with tenant_transaction(replicas.pool, talk.tenant_id) as conn:
        handoff_id = UUID(answer["handoff"]["handoff_id"])
        folder = (await handoffs.get(conn, handoff_id)).details
    assert joined == turn_id
    assert folder["open_intents"][0]["text"] == "\n".join(ASKED[:2])


async def test_a_thinking_model_gives_way_before_the_deadline(replicas: Replicas) -> None:
    talk, model = await replicas.conversation(), replicas.model
    model.hold(ASKED[0])
    answer = await replicas.answer(talk, await replicas.say(talk, ASKED[0]))
    assert answer["status"] == "completed" and "Switzerland" in answer["message"]["text"]
