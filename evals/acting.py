"""A shop whose assistant may act, held by the product itself over a service process of its own."""

import asyncio
import json
import secrets
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from evals.house import Home, House
from graphs.acting.action_desk import PostgresActionDesk
from graphs.acting.action_outcomes import ActionOutcome
from graphs.acting.actions import ActionRuns
from graphs.acting.tool_port import HouseTools
from graphs.asking.models import Models
from graphs.context import TurnContext
from graphs.keeping.checkpoints import Fence, PostgresSavers
from graphs.knowing.desk_port import PostgresDesk
from graphs.knowing.knowledge_port import PostgresKnowledge
from graphs.run import IncomingMessage, TurnRequest, run_turn
from graphs.support import build_machine
from graphs.words.words_port import PostgresWords
from tenants.actors import SYSTEM, Actor
from tenants.configuring import assistants
from tenants.configuring.assistants import AssistantSettings
from tenants.configuring.tool_settings import ToolSetting
from tenants.database.connection import tenant_transaction
from tenants.finding.embedding_models import OnlyModel
from tenants.ids import new_id
from tenants.outside import action_moves, actions
from tenants.people import contact_callers, contacts
from tenants.running import leases, turn_ends, turns
from tenants.running.leases import Lease
from tenants.transcripts import conversations
from tenants.transcripts.blocks import text_block, text_of
from tools.catalog import TOOLS
from tools.connecting import Connected
from tools.connector import Connector
from tools.connector_settings import ConnectorSettings
from tools.egress import EgressPolicy, GuardedClient, guarded_client
from tools.egress_call import Request, call_service
from tools.errors import ToolUnavailable
from tools.http_shop import HttpShop

HOME = Path(__file__).resolve().parents[1]
LEASE_SECONDS = 600
START_SECONDS = 30.0
ATTEMPTS = 5
_SETTINGS = (
    "import json, sys; from server.demo_shop.connector import demo_connector;"
    " sys.stdout.write(json.dumps(demo_connector(sys.argv[1])))"
)


@dataclass(frozen=True)
class Service:
    """The demo shop's service in a process of its own, with fresh books."""

    url: str
    token: str
    client: GuardedClient
    settings: ConnectorSettings

    async def of(self, tenant_id: UUID) -> Connected:
        """`tools.connecting.TenantTools`: this service and nothing else."""
        shop = HttpShop([Connector("shop", self.settings, self.token, self.client)])
        return Connected(shop, frozenset(self.settings.parts()))

    async def effects(self) -> list[dict[str, Any]]:
        """Everything that was done."""
        headers = {"authorization": f"Bearer {self.token}"}
        asked = Request("GET", f"{self.url}/effects", headers)
        answer = await call_service(self.client, asked, timeout_seconds=10, max_bytes=1_000_000)
        return json.loads(answer.content)["data"]


@asynccontextmanager
async def open_service() -> AsyncGenerator[Service]:
    """The service until the block ends."""
    token = secrets.token_urlsafe(16)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server.demo_shop.service",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=HOME,
    )  # fmt: skip
    assert process.stdin is not None and process.stdout is not None
    try:
        process.stdin.write(json.dumps({"token": token}).encode() + b"\n")
        async with asyncio.timeout(START_SECONDS):
            port = int(await process.stdout.readline())
        url = f"http://127.0.0.1:{port}"
        policy = EgressPolicy.parse(f"127.0.0.1:{port}")
        async with guarded_client(policy) as client:
            yield Service(url, token, client, await _settings(url))
    finally:
        process.stdin.close()
        await process.wait()


async def _settings(url: str) -> ConnectorSettings:
    """The connector as the demo has it; evals import no server."""
    asked = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _SETTINGS, url, stdout=asyncio.subprocess.PIPE, cwd=HOME
    )
    told, _ = await asked.communicate()
    return ConnectorSettings.model_validate_json(told)


@dataclass
class Counter:
    """One contact at one assistant that may act."""

    house: House
    home: Home
    service: Service
    models: Models
    assistant_id: UUID
    contact_id: UUID
    conversation_id: UUID
    tools: Sequence[Mapping[str, Any]]

    @classmethod
    async def open(
        cls,
        house: House,
        home: Home,
        service: Service,
        models: Models,
        *,
        customer: str,
        rules: Mapping[str, Any],
    ) -> "Counter":
        """A new contact, vouched for where a customer is named, with a new conversation."""
        tools = [
            ToolSetting.model_validate(
                {"name": one.name} | ({"approval": rules[one.name]} if one.name in rules else {})
            )
            for one in TOOLS
        ]
        async with tenant_transaction(house.pool, home.tenant_id) as conn:
            settings = AssistantSettings(
                name="Mia", knowledge_base_ids=[home.knowledge_base_id], tools=tools
            )
            assistant = await assistants.create(conn, settings, actor=SYSTEM)
            contact = await contacts.create(conn, {})
            if customer:
                known = await contacts.find_or_create(conn, "identity", customer, {})
                contact = await contacts.verify(conn, known.contact_id)
            talk = await conversations.create(conn, assistant.assistant_id, contact.contact_id)
        return cls(
            house, home, service, models, assistant.assistant_id, contact.contact_id,
            talk.conversation_id, [one.model_dump(mode="json") for one in tools],
        )  # fmt: skip

    async def say(self, text: str) -> str:
        """The reply; empty where a person has the conversation."""
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
            caller = await contact_callers.of_contact(conn, self.contact_id)
        assert lease is not None, "nobody else runs this conversation's turns"
        context = self._context(lease, "message", caller)
        message = IncomingMessage(str(accepted.message_id), text)
        ended = await self._run(lease, TurnRequest(context, messages=[message]))
        return text_of((ended.answer["message"] or {}).get("content") or [])

    async def carry_out(self, decision: str | None) -> None:
        """Have every action go on until it waits; then decide it, if it is to be decided, and on."""
        runs = ActionRuns(
            self.house.pool,
            PostgresActionDesk(self.house.pool, self.service),
            PostgresSavers(self.house.pool),
        )
        tenant_id = self.home.tenant_id
        async with tenant_transaction(self.house.pool, tenant_id) as conn:
            found = await actions.list_page(
                conn, limit=50, conversation_id=self.conversation_id, asks_nobody=True
            )
        for action in reversed(found):
            await _advanced(runs, tenant_id, action.action_id)
            async with tenant_transaction(self.house.pool, tenant_id) as conn:
                waits = (await actions.get(conn, action.action_id)).state == "waiting_for_approval"
                if waits and decision:
                    how = "approved" if decision == "approve" else "denied"
                    await action_moves.decide(conn, action.action_id, how, actor=SYSTEM)
            turn_id = await _advanced(runs, tenant_id, action.action_id)
            if turn_id is not None:
                await self._tell(action.action_id, turn_id)

    async def _tell(self, action_id: UUID, turn_id: UUID) -> None:
        """Run the turn that tells an outcome, if it has not been run."""
        async with tenant_transaction(self.house.pool, self.home.tenant_id) as conn:
            lease = await leases.claim(conn, turn_id, owner=new_id(), lease_seconds=LEASE_SECONDS)
            outcome = ActionOutcome.of(await actions.get(conn, action_id))
        if lease is None:
            return
        context = self._context(lease, "action_outcome", {})
        await self._run(lease, TurnRequest(context, outcome=outcome))

    def _context(self, lease: Lease, kind: str, caller: dict[str, Any]) -> TurnContext:
        return TurnContext(
            tenant_id=str(self.home.tenant_id),
            conversation_id=str(self.conversation_id),
            turn_id=str(lease.turn_id),
            kind=kind,
            assistant_id=str(self.assistant_id),
            assistant_revision=1,
            brand="Harbour Cycles",
            knowledge=((str(self.home.knowledge_base_id), -1),),
            persona={"name": "Mia"},
            handoff={"enabled": False},
            now=datetime.now(UTC).isoformat(),
            tools=tuple(dict(one) for one in self.tools),
            caller=caller,
            acts=True,
        )

    async def _run(self, lease: Lease, request: TurnRequest) -> turn_ends.Ended:
        end = await run_turn(
            self._machine(),
            request,
            fence=Fence(lease.turn_id, lease.fence),
            publish=lambda _kind, _data: None,
        )
        async with tenant_transaction(self.house.pool, self.home.tenant_id) as conn:
            return await turn_ends.finish(conn, lease, end)

    def _machine(self) -> Any:
        embedders = OnlyModel(self.house.embedder)
        return build_machine(
            knowledge=PostgresKnowledge(self.house.pool, embedders),
            words=PostgresWords(self.house.pool),
            desk=PostgresDesk(self.house.pool, embedders),
            models=self.models,
            tools=HouseTools(self.service, self.house.embedder),
            savers=PostgresSavers(self.house.pool),
        )


async def _advanced(runs: ActionRuns, tenant_id: UUID, action_id: UUID) -> UUID | None:
    """The action as far as it goes, tried as often as the server tries it."""
    for _ in range(ATTEMPTS - 1):
        with suppress(ToolUnavailable):
            return await runs.advance(tenant_id, action_id, is_last=False)
    return await runs.advance(tenant_id, action_id, is_last=True)


def day_after(days: int, now: datetime | None = None) -> str:
    """A day as a contact writes it: 3 December."""
    when = (now or datetime.now(UTC)) + timedelta(days=days)
    return f"{when.day} {when:%B}"
