"""How long a tenant keeps what was said, and letting go of what is older, a slice at a time.

`messages`: whole conversations, by their last activity. `logs`: events, steps and recordings of
turns. `files`: what was brought into conversations. None keeps for good. Checkpoints follow
`prune_after_days` (`pruning.py`). What waits for an operator, or has a turn under way, stays.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.errors import NotFound
from tenants.keeping import conversation_erasing

SLICE = 50  # conversations in one transaction
LOG_SLICE = 2_000  # rows


@dataclass(frozen=True, slots=True)
class Rules:
    """Days; None: for good. `checkpoint_days` None: as the platform says."""

    message_days: int | None
    log_days: int | None
    file_days: int | None
    checkpoint_days: int | None


@dataclass(frozen=True, slots=True)
class _Old:
    conversation_id: UUID


async def rules_of(conn: TenantConnection) -> Rules:
    """The tenant's rules. Raises: NotFound."""
    found = await conn.row(
        Rules,
        """
        select message_days, log_days, file_days, prune_after_days as checkpoint_days
          from tenants
         where tenant_id = %(tenant_id)s
        """,
    )
    if found is None:
        raise NotFound("no such tenant")
    return found


async def put_rules(conn: TenantConnection, rules: Rules) -> None:
    """Replace the tenant's rules."""
    await conn.execute(
        """
        update tenants
           set message_days = %(message_days)s,
               log_days = %(log_days)s,
               file_days = %(file_days)s,
               prune_after_days = %(checkpoint_days)s
         where tenant_id = %(tenant_id)s
        """,
        {
            "message_days": rules.message_days,
            "log_days": rules.log_days,
            "file_days": rules.file_days,
            "checkpoint_days": rules.checkpoint_days,
        },
    )


async def forget_messages(conn: TenantConnection, days: int, now: datetime) -> Counter[str]:
    """Erase the conversations that have been silent longest; fewer than SLICE: none is left."""
    old = await conn.rows(
        _Old,
        """
        select c.conversation_id
          from conversations c
         where c.tenant_id = %(tenant_id)s
           and c.last_active_at < %(before)s
           and c.status <> 'waiting_for_operator'
           and c.forked_from is null
           and not exists (select from turn_queue q
                            where q.tenant_id = %(tenant_id)s
                              and q.conversation_id = c.conversation_id)
         order by c.last_active_at
         limit %(limit)s
           for update of c skip locked
        """,
        {"before": now - timedelta(days=days), "limit": SLICE},
    )
    gone: Counter[str] = Counter()
    for one in old:
        gone += await conversation_erasing.erase_conversation(conn, one.conversation_id)
    return gone


async def forget_files(conn: TenantConnection, days: int, now: datetime) -> Counter[str]:
    """Erase the files of the conversations whose files came first."""
    old = await conn.rows(
        _Old,
        """
        select conversation_id
          from knowledge_bases
         where tenant_id = %(tenant_id)s
           and conversation_id is not null
           and created_at < %(before)s
         order by created_at
         limit %(limit)s
        """,
        {"before": now - timedelta(days=days), "limit": SLICE},
    )
    gone: Counter[str] = Counter()
    for one in old:
        gone += await conversation_erasing.erase_files(conn, one.conversation_id)
    return gone


async def forget_logs(conn: TenantConnection, days: int, now: datetime) -> Counter[str]:
    """Delete events, steps and recordings of turns that ended before, the oldest first."""
    cursor = await conn.execute(
        """
        with old as (
            select turn_id
              from turns t
             where t.tenant_id = %(tenant_id)s
               and t.ended_at < %(before)s
               and (exists (select from turn_steps s
                             where s.tenant_id = %(tenant_id)s and s.turn_id = t.turn_id)
                    or exists (select from turn_recordings r
                                where r.tenant_id = %(tenant_id)s and r.turn_id = t.turn_id)
                    or exists (select from events e
                                where e.tenant_id = %(tenant_id)s and e.turn_id = t.turn_id))
             order by t.ended_at
             limit %(limit)s),
        steps as (
            delete from turn_steps
             where tenant_id = %(tenant_id)s and turn_id in (select turn_id from old)
            returning 1),
        recordings as (
            delete from turn_recordings
             where tenant_id = %(tenant_id)s and turn_id in (select turn_id from old)
            returning 1),
        logged as (
            delete from events
             where tenant_id = %(tenant_id)s and turn_id in (select turn_id from old)
            returning 1)
        select (select count(*) from steps)::int, (select count(*) from recordings)::int,
               (select count(*) from logged)::int
        """,
        {"before": now - timedelta(days=days), "limit": LOG_SLICE},
    )
    row = await cursor.fetchone()
    assert row is not None
    return Counter(turn_steps=row[0], turn_recordings=row[1], events=row[2])
