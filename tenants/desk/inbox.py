"""What changed lately among a tenant's handoffs, approvals and conversations, for consoles that watch."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tenants.database.connection import TenantConnection


@dataclass(frozen=True, slots=True)
class Change:
    """`kind` is handoff, approval or conversation; `changed_at` never goes back for one id."""

    kind: str
    id: UUID
    conversation_id: UUID
    status: str
    reason: str | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class _Now:
    moment: datetime


async def now(conn: TenantConnection) -> datetime:
    """The time by the clock that dates all changes: that of a server may be minutes from it."""
    found = await conn.row(_Now, "select now() as moment")
    assert found is not None
    return found.moment


async def changes_since(
    conn: TenantConnection, moment: datetime, *, limit: int = 200
) -> list[Change]:
    """Handoffs and conversations that changed at or after a moment, in the order they did."""
    return await conn.rows(
        Change,
        """
        select kind, id, conversation_id, status, reason, changed_at
          from (select 'handoff' as kind, handoff_id as id, conversation_id, status, reason,
                       greatest(created_at, claimed_at, resolved_at, assigned_at, reply_overdue_at,
                                resolve_overdue_at) as changed_at
                  from handoffs
                 where tenant_id = %(tenant_id)s
                   and greatest(created_at, claimed_at, resolved_at, assigned_at, reply_overdue_at,
                                resolve_overdue_at) >= %(moment)s
                   and not exists (select from conversations c
                                    where c.tenant_id = %(tenant_id)s
                                      and c.conversation_id = handoffs.conversation_id
                                      and c.origin = 'fork')
                union all
                select 'approval', action_id, conversation_id, state, tool, changed_at
                  from actions
                 where tenant_id = %(tenant_id)s
                   and changed_at >= %(moment)s
                   and (needs_approval or state = 'unknown_outcome' or repeats > 0)
                union all
                select 'conversation', conversation_id, conversation_id, status, null,
                       last_active_at
                  from conversations
                 where tenant_id = %(tenant_id)s
                   and last_active_at >= %(moment)s
                   and origin <> 'fork') changed
         order by changed_at
         limit %(limit)s
        """,
        {"moment": moment, "limit": limit},
    )
