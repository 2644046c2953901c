"""What a turn's start reads of its tenant, in as few statements as it takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.database.statements import Statement
from tenants.errors import NotFound
from tenants.keys import codec
from tenants.running.leases import Lease
from tenants.running.turns import Turn
from tenants.transcripts.blocks import text_of
from tenants.transcripts.conversations import Conversation
from tenants.transcripts.messages import CONTENT, Said

VERIFIED = "verified"
NOWHERE_ID = UUID(int=0)  # of an answer that belongs to no conversation


@dataclass(frozen=True, slots=True)
class Begun:
    """A turn with its conversation and what the contact said in it."""

    turn: Turn
    conversation: Conversation
    said: list[Said]


@dataclass(frozen=True, slots=True)
class Around:
    """What a turn finds around it: id and live version of what it reads, in order.

    `available_until`: until when the last operator is there, if one ever said so. `told_facts`: the
    contact has told facts, or had some forgotten. `closed` is what would be read too, were the
    contact's identity verified. `remembers`, `learns`: what the contact has decided last of it.
    """

    knowledge: list[tuple[UUID, int]]
    available_until: datetime | None
    told_facts: bool
    identity_level: str
    closed: list[tuple[UUID, int]]
    remembers: bool | None
    learns: bool | None


@dataclass(frozen=True, slots=True)
class _Row:
    seq: int
    kind: str
    turn_status: str
    assistant_revision: int | None
    knowledge_versions: dict[str, int] | None
    graph_version: str | None
    handoff_id: UUID | None
    attempts: int
    result: bytes | None
    trace_run_id: UUID | None
    turn_created_at: datetime
    ended_at: datetime | None
    turn_assistant_id: UUID
    assistant_id: UUID
    contact_id: UUID
    channel: str
    origin: str
    status: str
    outcome: str | None
    language: str | None
    metadata: dict[str, Any]
    last_event_id: int
    created_at: datetime
    last_active_at: datetime
    message_ids: list[UUID] | None
    contents: list[bytes] | None
    action_ids: list[str] | None


_BEGIN = Statement.of(
    """
    select t.seq, t.kind, t.status as turn_status, t.assistant_revision, t.knowledge_versions,
           t.graph_version, t.handoff_id, t.attempts, t.result, t.trace_run_id,
           t.created_at as turn_created_at, t.ended_at, t.assistant_id as turn_assistant_id,
           c.assistant_id, c.contact_id, c.channel, c.origin, c.status, c.outcome, c.language,
           c.metadata, c.last_event_id, c.created_at, c.last_active_at,
           m.message_ids, m.contents, m.action_ids
      from turns t
      join conversations c
        on c.tenant_id = %(tenant_id)s::uuid
       and c.conversation_id = t.conversation_id
     cross join lateral (
           select array_agg(message_id order by seq) as message_ids,
                  array_agg(content order by seq) as contents,
                  array_agg(coalesce(action_id, '') order by seq) as action_ids
             from messages
            where tenant_id = %(tenant_id)s::uuid
              and turn_id = t.turn_id
              and t.kind = 'message'
              and author_kind = 'contact') m
     where t.tenant_id = %(tenant_id)s::uuid
       and t.turn_id = %(turn_id)s::uuid
       and t.conversation_id = %(conversation_id)s::uuid
    """
)


async def begin(conn: TenantConnection, lease: Lease) -> Begun:
    """The turn of a lease with all that is around it. Raises: NotFound."""
    named = {"turn_id": lease.turn_id, "conversation_id": lease.conversation_id}
    found = await conn.read(_Row, _BEGIN, named)
    if not found:
        raise NotFound("no such turn")
    row = found[0]
    turn = Turn(
        lease.turn_id, lease.conversation_id, row.seq, row.kind, row.turn_status,
        row.turn_assistant_id, row.assistant_revision, row.knowledge_versions, row.graph_version,
        row.handoff_id, row.attempts, row.result, row.trace_run_id, row.turn_created_at,
        row.ended_at,
    )  # fmt: skip
    conversation = Conversation(
        lease.conversation_id, row.assistant_id, row.contact_id, row.channel, row.origin,
        row.status, row.outcome, row.language, row.metadata, row.last_event_id, row.created_at,
        row.last_active_at,
    )  # fmt: skip
    said = [
        Said(message_id, text_of(codec.decode(content, CONTENT, message_id)["blocks"]), action_id)
        for message_id, content, action_id in zip(
            row.message_ids or (), row.contents or (), row.action_ids or (), strict=True
        )
    ]
    return Begun(turn, conversation, said)


@dataclass(frozen=True, slots=True)
class _Around:
    bases: list[UUID] | None
    lives: list[int] | None
    models: list[str] | None
    own: list[bool] | None
    verified_only: list[bool] | None
    identity_level: str
    available_until: datetime | None
    told_facts: bool
    remembers: bool | None
    learns: bool | None


_AROUND = Statement.of(
    """
    select array_agg(k.knowledge_base_id) as bases, array_agg(k.live) as lives,
           array_agg(k.embedding_model) as models,
           array_agg(k.conversation_id is not distinct from %(conversation_id)s::uuid) as own,
           array_agg(k.verified_only) as verified_only,
           coalesce((select c.identity_level
                       from contacts c
                      where c.tenant_id = %(tenant_id)s::uuid
                        and c.contact_id = %(contact_id)s::uuid), 'anonymous') as identity_level,
           (select max(o.available_until)
              from operators o
             where o.tenant_id = %(tenant_id)s::uuid
               and o.disabled_at is null
               and o.role <> 'viewer') as available_until,
           exists (select
                     from facts f
                    where f.tenant_id = %(tenant_id)s::uuid
                      and f.contact_id = %(contact_id)s::uuid) as told_facts,
           (select n.granted
              from consents n
             where n.tenant_id = %(tenant_id)s::uuid
               and n.contact_id = %(contact_id)s::uuid
               and n.purpose = 'remember'
             order by n.decided_at desc, n.consent_id desc
             limit 1) as remembers,
           (select n.granted
              from consents n
             where n.tenant_id = %(tenant_id)s::uuid
               and n.contact_id = %(contact_id)s::uuid
               and n.purpose = 'learn'
             order by n.decided_at desc, n.consent_id desc
             limit 1) as learns
      from knowledge_bases k
     where k.tenant_id = %(tenant_id)s::uuid
       and (k.knowledge_base_id = any(%(of_assistant)s::uuid[]) and k.archived_at is null
            or k.conversation_id = %(conversation_id)s::uuid and k.live > 0)
    """
)


async def around(
    conn: TenantConnection,
    of_assistant: Sequence[UUID],
    *,
    conversation_id: UUID = NOWHERE_ID,
    contact_id: UUID = NOWHERE_ID,
) -> Around:
    """What a turn reads: the assistant's knowledge in its order, and behind it what the contact
    brought, where it holds something and was made with the same embedding model.
    """
    named = {
        "conversation_id": conversation_id,
        "contact_id": contact_id,
        "of_assistant": list(of_assistant),
    }
    (row,) = await conn.read(_Around, _AROUND, named)
    found = list(
        zip(
            row.bases or (),
            row.lives or (),
            row.models or (),
            row.own or (),
            row.verified_only or (),
            strict=True,
        )
    )
    known = {base: (live, model) for base, live, model, is_own, _ in found if not is_own}
    beside = [(base, known[base][0]) for base in of_assistant if base in known]
    models = {known[base][1] for base, _ in beside}
    own = [(base, live) for base, live, model, is_own, _ in found if is_own and models <= {model}]
    closed = {base for base, *_, only in found if only} if row.identity_level != VERIFIED else set()
    return Around(
        [one for one in [*beside, *own] if one[0] not in closed],
        row.available_until,
        row.told_facts,
        row.identity_level,
        [one for one in beside if one[0] in closed],
        row.remembers,
        row.learns,
    )
