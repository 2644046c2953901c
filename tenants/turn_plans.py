"""What a turn's start reads of its tenant, in as few statements as it takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tenants.connection import TenantConnection
from tenants.conversations import Conversation
from tenants.errors import NotFound
from tenants.leases import Lease
from tenants.statements import Statement
from tenants.turns import Turn


@dataclass(frozen=True, slots=True)
class Begun:
    """A turn and its conversation; until when the last operator is there, if one ever said so."""

    turn: Turn
    conversation: Conversation
    available_until: datetime | None


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
    available_until: datetime | None


_BEGIN = Statement.of(
    """
    select t.seq, t.kind, t.status as turn_status, t.assistant_revision, t.knowledge_versions,
           t.graph_version, t.handoff_id, t.attempts, t.result, t.trace_run_id,
           t.created_at as turn_created_at, t.ended_at, t.assistant_id as turn_assistant_id,
           c.assistant_id, c.contact_id, c.channel, c.origin, c.status, c.outcome, c.language,
           c.metadata, c.last_event_id, c.created_at, c.last_active_at,
           (select max(available_until)
              from operators
             where tenant_id = %(tenant_id)s::uuid
               and disabled_at is null
               and role <> 'viewer') as available_until
      from turns t
      join conversations c
        on c.tenant_id = %(tenant_id)s::uuid
       and c.conversation_id = t.conversation_id
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
    return Begun(turn, conversation, row.available_until)


@dataclass(frozen=True, slots=True)
class _Base:
    knowledge_base_id: UUID
    live: int
    embedding_model: str
    is_own: bool


async def readable_knowledge(
    conn: TenantConnection, conversation_id: UUID, of_assistant: Sequence[UUID]
) -> list[tuple[UUID, int]]:
    """Id and live version of what a turn reads: the assistant's in their order, and behind them what
    the contact brought, where it holds something and was made with the same embedding model.
    """
    found = await conn.rows(
        _Base,
        """
        select knowledge_base_id, live, embedding_model,
               conversation_id is not distinct from %(conversation_id)s as is_own
          from knowledge_bases
         where tenant_id = %(tenant_id)s
           and (knowledge_base_id = any(%(of_assistant)s) and archived_at is null
                or conversation_id = %(conversation_id)s and live > 0)
        """,
        {"conversation_id": conversation_id, "of_assistant": list(of_assistant)},
    )
    known = {one.knowledge_base_id: one for one in found if not one.is_own}
    beside = [known[one] for one in of_assistant if one in known]
    models = {one.embedding_model for one in beside}
    own = [one for one in found if one.is_own and models <= {one.embedding_model}]
    return [(one.knowledge_base_id, one.live) for one in [*beside, *own]]
