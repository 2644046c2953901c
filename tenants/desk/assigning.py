"""Whose a handoff is before it is claimed, and lists of handoffs by whose they are and when they are due."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.desk import handoffs, teams
from tenants.desk.handoffs import Handoff
from tenants.errors import Denied, HandoffClosed
from tenants.people import operators
from tenants.transcripts import conversations


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of handoffs is narrowed to; `unassigned`: nobody's and no team's."""

    status: str | None = None
    assignee_id: UUID | None = None
    team_id: UUID | None = None
    unassigned: bool = False


async def assign(
    conn: TenantConnection, handoff_id: UUID, changes: Mapping[str, UUID | None]
) -> Handoff:
    """Say whose a handoff is: `assignee_id`, `team_id`, None for nobody; what is left out stays.

    Raises: NotFound, Denied, HandoffClosed.
    """
    handoff = await handoffs.get(conn, handoff_id)
    await conversations.lock(conn, handoff.conversation_id)
    assignee_id, team_id = changes.get("assignee_id"), changes.get("team_id")
    if assignee_id is not None and not (await operators.get(conn, assignee_id)).may_answer:
        raise Denied("this operator may look on but not answer")
    if team_id is not None:
        await teams.get(conn, team_id)
    changed = await conn.execute(
        """
        update handoffs
           set assignee_id = case when %(gives_assignee)s then %(assignee_id)s::uuid
                                  else assignee_id end,
               team_id = case when %(gives_team)s then %(team_id)s::uuid else team_id end,
               assigned_at = now()
         where tenant_id = %(tenant_id)s
           and handoff_id = %(handoff_id)s
           and status <> 'resolved'
        """,
        {
            "handoff_id": handoff_id,
            "gives_assignee": "assignee_id" in changes,
            "assignee_id": assignee_id,
            "gives_team": "team_id" in changes,
            "team_id": team_id,
        },
    )
    if changed.rowcount == 0:
        raise HandoffClosed("this handoff is resolved already")
    return await handoffs.get(conn, handoff_id)


async def list_page(
    conn: TenantConnection, wanted: Wanted, *, limit: int, after: UUID | None = None
) -> list[Handoff]:
    """Handoffs, newest first; a fork's are no operator's work."""
    return await conn.rows(
        Handoff,
        """
        select handoff_id, conversation_id, turn_id, interrupt_id, reason, status, content,
               resolution, actor_kind, actor_id, created_at, claimed_at, resolved_at,
               assignee_id, team_id, replied_at, reply_due_at, reply_overdue_at, resolve_due_at,
               resolve_overdue_at
          from handoffs
         where tenant_id = %(tenant_id)s
           and (%(status)s::text is null or status = %(status)s)
           and (%(assignee_id)s::uuid is null or assignee_id = %(assignee_id)s)
           and (%(team_id)s::uuid is null or team_id = %(team_id)s)
           and (not %(unassigned)s or (assignee_id is null and team_id is null))
           and (%(after)s::uuid is null or handoff_id < %(after)s)
           and not exists (select from conversations c
                            where c.tenant_id = %(tenant_id)s
                              and c.conversation_id = handoffs.conversation_id
                              and c.origin = 'fork')
         order by handoff_id desc
         limit %(limit)s
        """,
        _values(wanted) | {"after": after, "limit": limit},
    )


async def list_due(conn: TenantConnection, wanted: Wanted, *, limit: int) -> list[Handoff]:
    """Handoffs that are not resolved, the one that is due first first, those without a clock last."""
    return await conn.rows(
        Handoff,
        """
        select handoff_id, conversation_id, turn_id, interrupt_id, reason, status, content,
               resolution, actor_kind, actor_id, created_at, claimed_at, resolved_at,
               assignee_id, team_id, replied_at, reply_due_at, reply_overdue_at, resolve_due_at,
               resolve_overdue_at
          from handoffs
         where tenant_id = %(tenant_id)s
           and status <> 'resolved'
           and (%(status)s::text is null or status = %(status)s)
           and (%(assignee_id)s::uuid is null or assignee_id = %(assignee_id)s)
           and (%(team_id)s::uuid is null or team_id = %(team_id)s)
           and (not %(unassigned)s or (assignee_id is null and team_id is null))
           and not exists (select from conversations c
                            where c.tenant_id = %(tenant_id)s
                              and c.conversation_id = handoffs.conversation_id
                              and c.origin = 'fork')
         order by least(case when replied_at is null then reply_due_at end, resolve_due_at)
                  nulls last, handoff_id
         limit %(limit)s
        """,
        _values(wanted) | {"limit": limit},
    )


def _values(wanted: Wanted) -> dict[str, str | UUID | bool | None]:
    return {
        "status": wanted.status,
        "assignee_id": wanted.assignee_id,
        "team_id": wanted.team_id,
        "unassigned": wanted.unassigned,
    }
