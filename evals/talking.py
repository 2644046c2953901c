"""A conversation held with the product itself: accepted, claimed, run and ended turn by turn."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from evals.house import Home, House
from graphs.asking.models import Models
from graphs.context import TurnContext
from graphs.keeping.checkpoints import Fence, PostgresSavers
from graphs.knowing.desk_port import PostgresDesk
from graphs.knowing.knowledge_port import PostgresKnowledge
from graphs.run import IncomingMessage, TurnRequest, run_turn
from graphs.support import Machine, build_machine
from graphs.words.words_port import PostgresWords
from tenants.actors import SYSTEM, Actor
from tenants.configuring import assistants
from tenants.configuring.assistants import AssistantSettings
from tenants.database.connection import tenant_transaction
from tenants.desk import handoffs
from tenants.desk.handoffs import Resolution
from tenants.finding.embedding_models import OnlyModel
from tenants.ids import new_id
from tenants.people import contacts, facts
from tenants.running import leases, turn_ends, turns
from tenants.running.leases import Lease
from tenants.running.turn_ends import Ended
from tenants.transcripts import conversations
from tenants.transcripts.blocks import text_block, text_of

LEASE_SECONDS = 600


@dataclass
class Talk:
    """One contact's conversation; the clock is the talk's own."""

    house: House
    home: Home
    machine: Machine
    assistant_id: UUID
    contact_id: UUID
    conversation_id: UUID
    memory: Mapping[str, Any]
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    async def say(self, text: str) -> str:
        """The reply to one message; empty where a person has the conversation."""
        async with tenant_transaction(self.house.pool, self.home.tenant_id) as conn:
            accepted = await turns.accept(
                conn,
                self.conversation_id,
                blocks=[text_block(text)],
                author=Actor("contact", str(self.contact_id)),
            )
            if accepted.waiting:
                return ""
            lease = await leases.claim(
                conn, accepted.turn_id, owner=new_id(), lease_seconds=LEASE_SECONDS
            )
        assert lease is not None, "nobody else runs this talk's turns"
        message = IncomingMessage(str(accepted.message_id), text)
        ended = await self._run(lease, "message", messages=[message])
        return text_of((ended.answer["message"] or {}).get("content") or [])

    async def hand_over_and_back(self, wish: str, reply: str) -> None:
        """A person is asked for, answers, and gives the conversation back."""
        await self.say(wish)
        async with tenant_transaction(self.house.pool, self.home.tenant_id) as conn:
            opened = await handoffs.find_open(conn, self.conversation_id)
            assert opened is not None, "a wish for a person opens a handoff"
            decided = Resolution([text_block(reply)], False, None, False, True)
            resolved = await handoffs.resolve(
                conn, opened.handoff_id, decided, actor=SYSTEM, name="Operator"
            )
            lease = await leases.claim(
                conn, resolved.turn_id, owner=new_id(), lease_seconds=LEASE_SECONDS
            )
        assert lease is not None, "nobody else runs this talk's turns"
        await self._run(lease, "resume", handoff_id=str(opened.handoff_id))

    async def forget(self, value: str) -> None:
        """Forget the fact with this value."""
        async with tenant_transaction(self.house.pool, self.home.tenant_id) as conn:
            for one in await facts.list_page(conn, self.contact_id, limit=facts.MAX_KEPT):
                if one.public()["value"] == value:
                    await facts.forget(conn, self.contact_id, one.fact_id)

    def pause(self, days: float) -> None:
        """Let time go by."""
        self.now += timedelta(days=days)

    async def _run(self, lease: Lease, kind: str, **asked: Any) -> Ended:
        async with tenant_transaction(self.house.pool, self.home.tenant_id) as conn:
            talk = await conversations.get(conn, self.conversation_id)
            remembered = await facts.memory_of(conn, talk)
        self.now += timedelta(seconds=20)
        context = TurnContext(
            tenant_id=str(self.home.tenant_id),
            conversation_id=str(self.conversation_id),
            turn_id=str(lease.turn_id),
            kind=kind,
            assistant_id=str(self.assistant_id),
            brand="Shop",
            locale=talk.language or "",
            knowledge=((str(self.home.knowledge_base_id), -1),),
            persona={"name": "Mia"},
            memory={**self.memory, **remembered},
            dialogue={"pause_minutes": 30},
            now=self.now.isoformat(),
        )
        end = await run_turn(
            self.machine,
            TurnRequest(context, **asked),
            fence=Fence(lease.turn_id, lease.fence),
            publish=lambda _kind, _data: None,
        )
        async with tenant_transaction(self.house.pool, self.home.tenant_id) as conn:
            return await turn_ends.finish(conn, lease, end)


async def begin(
    house: House, home: Home, models: Models, memory: Mapping[str, Any] | None = None
) -> Talk:
    """A new contact's conversation with a new assistant of the tenant."""
    embedders = OnlyModel(house.embedder)
    machine = build_machine(
        knowledge=PostgresKnowledge(house.pool, embedders),
        words=PostgresWords(house.pool),
        desk=PostgresDesk(house.pool, embedders),
        models=models,
        savers=PostgresSavers(house.pool),
    )
    async with tenant_transaction(house.pool, home.tenant_id) as conn:
        settings = AssistantSettings(name="Mia", knowledge_base_ids=[home.knowledge_base_id])
        assistant = await assistants.create(conn, settings, actor=SYSTEM)
        contact = await contacts.create(conn, {})
        talk = await conversations.create(conn, assistant.assistant_id, contact.contact_id)
    return Talk(
        house, home, machine, assistant.assistant_id, contact.contact_id, talk.conversation_id,
        memory or {},
    )  # fmt: skip
