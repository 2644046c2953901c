"""What a turn is run with: its messages, and the tenant's settings as they are when it starts."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from graphs.context import TurnContext
from graphs.remembering.known_facts import Fact, newest
from graphs.run import IncomingMessage, TurnRequest
from server.learning.calibrating import correction_of
from server.running.resuming import action_outcome, graph_version, taken_up
from tenants import tenants
from tenants.configuring import assistants, calibrations, features, intent_heads, link_hosts
from tenants.configuring.assistants import Assistant, AssistantSettings
from tenants.configuring.features import Chosen
from tenants.configuring.settings_changes import changed
from tenants.database.connection import TenantConnection
from tenants.ids import new_id
from tenants.people import consents, contact_callers, contact_facts, facts
from tenants.running import turn_plans
from tenants.running.leases import Lease
from tenants.running.turns import Accepted
from tenants.transcripts import fork_origins
from tenants.transcripts.conversations import Conversation, Locked
from tenants.transcripts.messages import Said

ACTS_IN = frozenset({"contact", "campaign", "recommendation"})  # no fork, no studio


@dataclass(frozen=True, slots=True)
class Manner:
    """How an assistant is now: its settings, and what of a turn's context follows from them."""

    assistant: Assistant
    settings: AssistantSettings
    context: TurnContext
    chosen: Sequence[Chosen]  # the tenant's own values of features


class Manners:
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
        manner = await manner_of(conn, await assistants.get(conn, assistant_id))
        self._kept[key] = (now, manner)
        return manner


async def plan(conn: TenantConnection, lease: Lease, manners: Manners) -> TurnRequest | None:
    """What a leased turn is run with, or None where an operator has the conversation."""
    begun = await turn_plans.begin(conn, lease)
    turn, conversation = begun.turn, begun.conversation
    if turn.kind == "message" and conversation.status == "waiting_for_operator":
        return None
    manner = await _manner(conn, manners, turn.assistant_id, conversation)
    context = await _context(
        conn,
        manner,
        conversation,
        turn_id=str(lease.turn_id),
        kind=turn.kind,
        now=turn.created_at.isoformat(),
    )
    return TurnRequest(
        context,
        messages=_incoming(begun.said),
        handoff_id=str(turn.handoff_id) if turn.handoff_id else None,
        taken_up=await taken_up(conn, turn),
        handoff_is_open=conversation.status == "waiting_for_operator",
        outcome=await action_outcome(conn, turn, conversation),
        graph_version=await graph_version(conn, turn),
    )


async def plan_accepted(
    conn: TenantConnection, conversation: Locked, accepted: Accepted, manners: Manners
) -> TurnRequest:
    """What the turn of a message is run with that was just accepted; as `plan`, with less to read.

    `conversation` is as it was before the message.
    """
    manner = await _manner(conn, manners, conversation.assistant_id, conversation)
    context = await _context(
        conn,
        manner,
        conversation,
        turn_id=str(accepted.turn_id),
        now=conversation.now.isoformat(),
    )
    return TurnRequest(
        context,
        messages=_incoming(accepted.said),
        handoff_is_open=False,
        opens=conversation.last_event_id == 0 and not context.apart,
    )


async def _manner(
    conn: TenantConnection, manners: Manners, assistant_id: UUID, conversation: Conversation
) -> Manner:
    """The assistant's manner; in a fork, with the settings that are tried there laid over it."""
    manner = await manners.of(conn, assistant_id)
    if conversation.origin != fork_origins.ORIGIN:
        return manner
    tried = await fork_origins.settings_of(conn, conversation.conversation_id)
    if not tried:
        return manner
    settings = changed(manner.settings.model_dump(mode="json"), tried)
    return await manner_of(conn, replace(manner.assistant, settings_json=settings))


def _incoming(said: Sequence[Said]) -> list[IncomingMessage]:
    return [IncomingMessage(str(one.message_id), one.text, one.action_id) for one in said]


async def _context(
    conn: TenantConnection, manner: Manner, conversation: Conversation, **turn: str
) -> TurnContext:
    around = await turn_plans.around(
        conn,
        manner.settings.knowledge_base_ids,
        conversation_id=conversation.conversation_id,
        contact_id=conversation.contact_id,
    )
    context = replace(
        manner.context,
        conversation_id=str(conversation.conversation_id),
        knowledge=_named(around.knowledge),
        closed=_named(around.closed),
        identity_level=around.identity_level,
        locale=conversation.language or manner.settings.language or "",
        channel=conversation.channel,
        records=True,
        apart=conversation.origin == "fork",
        acts=conversation.origin in ACTS_IN,
        variants=features.variants(manner.chosen, conversation.conversation_id),
        operators_available=(there := contact_facts.is_there(around.available_until)),
        **turn,
    )
    if context.handoff.get("rules") or context.handoff.get("hours") or there is False:
        known = await contact_facts.of_conversation(conn, conversation)
        context = replace(context, contact=known)
    if context.tools:
        caller = await contact_callers.of_contact(conn, conversation.contact_id)
        context = replace(context, caller=caller)
    consent = manner.settings.consent
    if not consents.holds(consent.learn, around.learns):
        context = replace(context, learns=False)
    if not consents.holds(consent.remember, around.remembers):
        context = replace(context, memory=context.memory | {"keeps_facts": False})
    if context.memory.get("keeps_facts") and around.told_facts:
        remembered = await facts.memory_of(conn, conversation)
        # what a turn makes use of: a contact who has told fifty order numbers costs no more than another
        remembered["facts"] = newest([Fact(**one) for one in remembered["facts"]])
        context = replace(context, memory=context.memory | remembered)
    return context


async def context_alone(conn: TenantConnection, manner: Manner) -> TurnContext:
    """The context of a question that belongs to no conversation."""
    around = await turn_plans.around(conn, manner.settings.knowledge_base_ids)
    variants = features.variants(manner.chosen, new_id())
    return replace(
        manner.context,
        knowledge=_named(around.knowledge),
        closed=_named(around.closed),
        variants=variants,
    )


def _named(knowledge: Sequence[tuple[UUID, int]]) -> tuple[tuple[str, int], ...]:
    return tuple((str(knowledge_base_id), live) for knowledge_base_id, live in knowledge)


async def manner_of(conn: TenantConnection, assistant: Assistant) -> Manner:
    """The assistant as it is now, read anew."""
    settings = assistant.settings
    tenant = await tenants.get(conn)
    context = TurnContext(
        tenant_id=str(conn.tenant_id),
        assistant_id=str(assistant.assistant_id),
        assistant_revision=assistant.revision,
        brand=tenant.name,
        locale=settings.language or "",
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
        time_zone=tenant.time_zone,
        calibration=correction_of(await calibrations.in_force(conn, assistant.assistant_id)),
        labels=settings.labels.model_dump(),
        curated=settings.curated.model_dump(),
        disclosure=dict(settings.disclosure),
        labels_revision=await intent_heads.revision(conn, assistant.assistant_id),
        tools=tuple(one.model_dump(mode="json") for one in settings.tools),
        allowed_hosts=await link_hosts.allowed(
            conn,
            settings.model_dump(mode="json"),
            settings.knowledge_base_ids,
            company=tenant.name,
        ),
    )
    return Manner(assistant, settings, context, await features.all_of(conn))
