"""One turn through the machine: what it runs under, pinned from the tenant's settings as they are."""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from graphs.context import TurnContext
from graphs.run import IncomingMessage, TurnRequest
from graphs.support import Machine
from graphs.turn_clock import turn_clock
from graphs.turn_searches import turn_searches
from graphs.without_graph import AlreadyShown, overdue
from server.attempts import Attempt, Heard
from server.calibrating import correction_of
from server.leased_runs import Publish
from server.resuming import graph_version, taken_up
from server.unkept_answers import unkept_answer
from tenants import (
    assistants,
    calibrations,
    contact_facts,
    facts,
    intent_heads,
    knowledge_versions,
    link_hosts,
    messages,
    tenants,
    turn_plans,
)
from tenants.assistants import Assistant
from tenants.bursts import MessagesJoined
from tenants.connection import Pool, TenantConnection, tenant_transaction
from tenants.errors import Invalid, NotFound
from tenants.hold_points import NOWHERE, HoldPoints
from tenants.ids import new_id
from tenants.leases import Lease
from tenants.tenants import Tenant
from tenants.turn_ends import TurnEnd
from tenants.usage import Usage

DEADLINE_SECONDS = 90.0  # of an answer without a conversation, which has no lease to end it
NOWHERE_ID = UUID(int=0)  # of an answer that belongs to no conversation
JOINABLE_SECONDS = 30.0  # after which a turn that nobody has seen a word of is run to its end


@dataclass(frozen=True, slots=True)
class Manner:
    """How an assistant is now, whose it is, and how it reads the product's confidence."""

    assistant: Assistant
    tenant: Tenant
    calibration: dict[str, Any]
    labels_revision: int
    allowed_hosts: tuple[str, ...]


class _Manners:
    """An assistant's settings, its tenant and its calibration, read anew when a second old."""

    SECONDS = 1.0
    MOST = 10_000

    def __init__(self) -> None:
        self._kept: dict[tuple[UUID, UUID], tuple[float, Manner]] = {}

    async def of(self, conn: TenantConnection, assistant_id: UUID) -> Manner:
        """The assistant under its current revision. Raises: NotFound."""
        now = time.monotonic()
        key = (conn.tenant_id, assistant_id)
        kept = self._kept.get(key)
        if kept is not None and now - kept[0] < self.SECONDS:
            return kept[1]
        if len(self._kept) >= self.MOST:
            self._kept.clear()
        assistant = await assistants.get(conn, assistant_id)
        settings = assistant.settings
        tenant = await tenants.get(conn)
        manner = Manner(
            assistant,
            tenant,
            correction_of(await calibrations.in_force(conn, assistant_id)),
            await intent_heads.revision(conn, assistant_id),
            await link_hosts.allowed(
                conn,
                settings.model_dump(mode="json"),
                settings.knowledge_base_ids,
                company=tenant.name,
            ),
        )
        self._kept[key] = (now, manner)
        return manner


class GraphRuns:
    """Runs turns for the executor, and answers questions that belong to no conversation."""

    def __init__(
        self,
        pool: Pool,
        machine: Machine,
        *,
        joinable_seconds: float = JOINABLE_SECONDS,
        deadline_seconds: float = DEADLINE_SECONDS,
        hold: HoldPoints = NOWHERE,
    ) -> None:
        self._pool = pool
        self.machine = machine
        self._joinable_seconds = joinable_seconds
        self._deadline_seconds = deadline_seconds
        self._hold = hold
        self._manners = _Manners()
        self._heard: dict[UUID, Heard] = {}  # by turns that run now

    async def run(
        self, lease: Lease, publish: Publish, spent: list[Usage], *, seconds: float
    ) -> TurnEnd:
        """What a leased turn came to, with all messages that joined it; what attempts cost that
        were given up is put into `spent`. Raises: LeaseLost.

        A turn that has started afresh for so long lets nothing join any more. Models stop a little
        before the `seconds` are over, so that what they have not said is said without them.
        """
        closes_at = time.monotonic() + self._joinable_seconds
        heard = self._heard[lease.turn_id] = Heard()
        try:
            with turn_searches(), turn_clock(seconds):
                while True:
                    async with tenant_transaction(self._pool, lease.tenant_id) as conn:
                        planned = await _plan(conn, lease, self._manners)
                    if planned is None:
                        return TurnEnd(status="waiting_for_operator")
                    attempt = Attempt(self._pool, lease, planned, heard, spent, self._hold)
                    with suppress(MessagesJoined):
                        if time.monotonic() > closes_at:
                            await attempt.close()
                        return await attempt.run(self.machine, publish)
        finally:
            self._heard.pop(lease.turn_id, None)

    async def overdue(self, lease: Lease, shown: AlreadyShown) -> TurnEnd | None:
        """The end of a turn whose time is over: what was shown stays, and a person goes on. None
        where it is no contact's message that waits for an answer.
        """
        async with tenant_transaction(self._pool, lease.tenant_id) as conn:
            planned = await _plan(conn, lease, self._manners)
        if planned is None:
            return TurnEnd(status="waiting_for_operator")
        if planned.context.kind != "message":
            return None
        asked = [message.text for message in planned.messages]
        return overdue(planned.context, asked, shown, graph_version=planned.graph_version)

    def joined(self, turn_id: UUID, messages: int) -> None:
        """A turn has so many messages now: where it runs here with fewer, it starts afresh."""
        heard = self._heard.get(turn_id)
        if heard is not None:
            heard.joined(messages)

    async def debounce_seconds(
        self, conn: TenantConnection, assistant_id: UUID, channel: str
    ) -> float:
        """How long a turn on this channel waits for more messages. Raises: NotFound."""
        manner = await self._manners.of(conn, assistant_id)
        waits: Mapping[str, float] = {**manner.assistant.settings.bursts.debounce_seconds}
        return waits.get(channel, 0.0)

    async def answer(
        self,
        tenant_id: UUID,
        assistant_id: UUID,
        text: str,
        history: Sequence[tuple[str, str]] = (),
        *,
        knowledge_version: Mapping[UUID, int | str] | None = None,
    ) -> dict[str, Any]:
        """An answer in the shape of a turn, within a turn's time; nothing is kept but the usage.

        `knowledge_version` names other versions than the live ones. Raises: NotFound, Invalid.
        """
        async with tenant_transaction(self._pool, tenant_id) as conn:
            manner = await self._manners.of(conn, assistant_id)
            if manner.assistant.archived_at is not None:
                raise NotFound("no such assistant")
            context = await _context(conn, manner)
            if knowledge_version:
                context = await _at_versions(conn, context, knowledge_version)
        context = replace(context, conversation_id=str(new_id()), turn_id=str(new_id()))
        return await unkept_answer(
            self._pool, self.machine, context, text, history, seconds=self._deadline_seconds
        )


async def _plan(conn: TenantConnection, lease: Lease, manners: _Manners) -> TurnRequest | None:
    """What the turn is run with, or None where an operator has the conversation."""
    begun = await turn_plans.begin(conn, lease)
    turn, conversation = begun.turn, begun.conversation
    if turn.kind == "message" and conversation.status == "waiting_for_operator":
        return None
    manner = await manners.of(conn, turn.assistant_id)
    context = replace(
        await _context(conn, manner, lease.conversation_id),
        conversation_id=str(lease.conversation_id),
        turn_id=str(lease.turn_id),
        kind=turn.kind,
        locale=conversation.language or manner.assistant.settings.language or "",
        channel=conversation.channel,
        now=turn.created_at.isoformat(),
        records=True,
        apart=conversation.origin == "fork",
    )
    context = await _with_people(conn, context, begun)
    if context.memory.get("keeps_facts"):
        remembered = await facts.memory_of(conn, conversation)
        context = replace(context, memory=context.memory | remembered)
    said = await messages.of_turn(conn, lease.turn_id) if turn.kind == "message" else []
    return TurnRequest(
        context,
        messages=[
            IncomingMessage(str(one.message_id), one.text, one.action_id or "") for one in said
        ],
        handoff_id=str(turn.handoff_id) if turn.handoff_id else None,
        taken_up=await taken_up(conn, turn),
        handoff_is_open=conversation.status == "waiting_for_operator",
        graph_version=await graph_version(conn, turn),
    )


async def _with_people(
    conn: TenantConnection, context: TurnContext, begun: turn_plans.Begun
) -> TurnContext:
    """The context with what rules and hours need to know of the contact and of the operators."""
    there = contact_facts.is_there(begun.available_until)
    if not (context.handoff.get("rules") or context.handoff.get("hours") or there is False):
        return replace(context, operators_available=there)
    known = await contact_facts.of_conversation(conn, begun.conversation)
    return replace(context, contact=known, operators_available=there)


async def _context(
    conn: TenantConnection, manner: Manner, conversation_id: UUID | None = None
) -> TurnContext:
    settings = manner.assistant.settings
    readable = await turn_plans.readable_knowledge(
        conn, conversation_id or NOWHERE_ID, settings.knowledge_base_ids
    )
    return TurnContext(
        tenant_id=str(conn.tenant_id),
        assistant_id=str(manner.assistant.assistant_id),
        assistant_revision=manner.assistant.revision,
        brand=manner.tenant.name,
        locale=settings.language or "",
        knowledge=tuple((str(knowledge_base_id), live) for knowledge_base_id, live in readable),
        model=settings.model or "",
        fallback_models=tuple(settings.fallback_models),
        small_model=settings.small_model or "",
        persona=settings.persona.model_dump() | {"name": settings.persona.name or settings.name},
        thresholds=settings.thresholds.model_dump(),
        handoff=settings.handoff.model_dump(mode="json"),
        features=settings.features.model_dump(),
        outcomes=settings.outcomes.model_dump(),
        dialogue=settings.dialogue.model_dump(),
        memory=settings.memory.model_dump(),
        words=settings.words.model_dump(),
        answering=settings.answering.model_dump(mode="json"),
        time_zone=manner.tenant.time_zone,
        calibration=manner.calibration,
        labels=settings.labels.model_dump(),
        curated=settings.curated.model_dump(),
        labels_revision=manner.labels_revision,
        allowed_hosts=manner.allowed_hosts,
    )


async def _at_versions(
    conn: TenantConnection, context: TurnContext, wanted: Mapping[UUID, int | str]
) -> TurnContext:
    """The context with other versions of what the assistant reads. Raises: Invalid, NotFound."""
    knowledge = dict(context.knowledge)
    for knowledge_base_id, version in wanted.items():
        if str(knowledge_base_id) not in knowledge:
            raise Invalid(
                f"knowledge_version: {knowledge_base_id} is no knowledge base of this assistant"
            )
        resolved = await knowledge_versions.resolve(conn, knowledge_base_id, version)
        knowledge[str(knowledge_base_id)] = resolved
    return replace(context, knowledge=tuple(knowledge.items()))
