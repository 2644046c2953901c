"""Service targets: by when a handoff gets its first human reply and its end, in business hours.

The clock of a handoff runs in the hours of its assistant's operators, and always where none are
set. What is due is stored with the handoff when it is opened, and anew for all open ones when the
targets change; what becomes overdue is noted once, and told to the tenant's webhook endpoints.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tenants.database.connection import RouterConnection, TenantConnection
from tenants.desk.business_hours import BusinessHours, after_open_seconds
from tenants.outside import webhook_events

OVERDUE = "handoff_overdue"
_SLICE = 500


@dataclass(frozen=True, slots=True)
class Targets:
    """Seconds of business time; None: no target."""

    first_reply_seconds: int | None = None
    resolution_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Overdue:
    tenant_id: UUID
    handoff_id: UUID


@dataclass(frozen=True, slots=True)
class _Open:
    handoff_id: UUID
    created_at: datetime
    time_zone: str
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Breach:
    conversation_id: UUID
    target: str
    due_at: datetime
    assignee_id: UUID | None
    team_id: UUID | None
    now: datetime


async def get(conn: TenantConnection) -> Targets:
    """The tenant's targets."""
    found = await conn.row(
        Targets,
        """
        select first_reply_seconds, resolution_seconds
          from service_targets
         where tenant_id = %(tenant_id)s
        """,
    )
    return found or Targets()


async def put(conn: TenantConnection, targets: Targets) -> None:
    """Replace the targets; the clocks of all open handoffs are set anew."""
    await conn.execute(
        """
        insert into service_targets (tenant_id, first_reply_seconds, resolution_seconds)
        values (%(tenant_id)s, %(first_reply_seconds)s, %(resolution_seconds)s)
            on conflict (tenant_id) do update
           set first_reply_seconds = excluded.first_reply_seconds,
               resolution_seconds = excluded.resolution_seconds,
               updated_at = now()
        """,
        {
            "first_reply_seconds": targets.first_reply_seconds,
            "resolution_seconds": targets.resolution_seconds,
        },
    )
    for handoff in await _open(conn, None):
        await _set_clock(conn, handoff, targets)


async def start_clock(conn: TenantConnection, handoff_id: UUID) -> None:
    """Store by when a handoff that was just opened is due, where the tenant has targets."""
    targets = await get(conn)
    if targets == Targets():
        return
    for handoff in await _open(conn, handoff_id):
        await _set_clock(conn, handoff, targets)


async def overdue(router: RouterConnection) -> list[Overdue]:
    """Handoffs whose time has run out and of which nobody was told, of all tenants."""
    return await router.rows(
        Overdue,
        """
        select tenant_id, handoff_id
          from handoffs
         where status <> 'resolved'
           and least(reply_due_at, resolve_due_at) < now()
           and (reply_due_at < now() and replied_at is null and reply_overdue_at is null
                or resolve_due_at < now() and resolve_overdue_at is null)
         limit %(limit)s
        """,
        {"limit": _SLICE},
    )


async def note_overdue(conn: TenantConnection, handoff_id: UUID) -> int:
    """Note what of a handoff is overdue, and tell it; how much was news."""
    found = await conn.rows(
        _Breach,
        """
        with before as (
            select handoff_id, conversation_id, assignee_id, team_id, reply_due_at, resolve_due_at,
                   reply_due_at < now() and replied_at is null
                   and reply_overdue_at is null as reply,
                   resolve_due_at < now() and resolve_overdue_at is null as resolve
              from handoffs
             where tenant_id = %(tenant_id)s
               and handoff_id = %(handoff_id)s
               and status <> 'resolved'
               for update),
        noted as (
            update handoffs h
               set reply_overdue_at = case when b.reply then now() else h.reply_overdue_at end,
                   resolve_overdue_at = case when b.resolve then now()
                                             else h.resolve_overdue_at end
              from before b
             where h.tenant_id = %(tenant_id)s
               and h.handoff_id = b.handoff_id
               and (b.reply or b.resolve))
        select conversation_id, t.target, t.due_at, assignee_id, team_id, now() as now
          from before,
               lateral (values ('first_reply', reply_due_at, reply),
                               ('resolution', resolve_due_at, resolve)) t (target, due_at, is_due)
         where t.is_due
        """,
        {"handoff_id": handoff_id},
    )
    for breach in found:
        data = {
            "handoff_id": str(handoff_id),
            "target": breach.target,
            "due_at": _time(breach.due_at),
            "assignee_id": str(breach.assignee_id) if breach.assignee_id else None,
            "team_id": str(breach.team_id) if breach.team_id else None,
        }
        key = f"overdue:{handoff_id}:{breach.target}:{_time(breach.due_at)}"
        await webhook_events.tell(
            conn, breach.conversation_id, OVERDUE, data, at=breach.now, key=key
        )
    return len(found)


async def _open(conn: TenantConnection, handoff_id: UUID | None) -> list[_Open]:
    return await conn.rows(
        _Open,
        """
        select h.handoff_id, h.created_at, t.time_zone, coalesce(r.settings, '{}') as settings
          from handoffs h
          join conversations c
            on c.tenant_id = %(tenant_id)s
           and c.conversation_id = h.conversation_id
           and c.origin <> 'fork'
          join tenants t
            on t.tenant_id = %(tenant_id)s
          join assistants a
            on a.tenant_id = %(tenant_id)s
           and a.assistant_id = c.assistant_id
          left join assistant_revisions r
            on r.tenant_id = %(tenant_id)s
           and r.assistant_id = a.assistant_id
           and r.revision = a.revision
         where h.tenant_id = %(tenant_id)s
           and h.status <> 'resolved'
           and (%(handoff_id)s::uuid is null or h.handoff_id = %(handoff_id)s)
        """,
        {"handoff_id": handoff_id},
    )


async def _set_clock(conn: TenantConnection, handoff: _Open, targets: Targets) -> None:
    hours = handoff.settings.get("handoff", {}).get("hours")
    open_hours = BusinessHours.model_validate(hours) if hours else None

    def due(seconds: int | None) -> datetime | None:
        if seconds is None:
            return None
        return after_open_seconds(
            open_hours, handoff.created_at, seconds, time_zone=handoff.time_zone
        )

    await conn.execute(
        """
        update handoffs
           set reply_due_at = %(reply_due_at)s::timestamptz,
               resolve_due_at = %(resolve_due_at)s::timestamptz,
               reply_overdue_at = case when %(reply_due_at)s::timestamptz <= now()
                                       then reply_overdue_at end,
               resolve_overdue_at = case when %(resolve_due_at)s::timestamptz <= now()
                                         then resolve_overdue_at end
         where tenant_id = %(tenant_id)s
           and handoff_id = %(handoff_id)s
        """,
        {
            "handoff_id": handoff.handoff_id,
            "reply_due_at": due(targets.first_reply_seconds),
            "resolve_due_at": due(targets.resolution_seconds),
        },
    )


def _time(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
