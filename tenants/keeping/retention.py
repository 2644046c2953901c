"""How long a tenant keeps what was said, and letting go of what is older, a slice at a time.

`messages`: whole conversations, by their last activity. `logs`: events, steps and recordings of
turns. `files`: what was brought into conversations, each by its own age. `checkpoints`: all but a
silent conversation's last (`pruning.py`). None keeps for good. What waits for an operator, or has a
turn under way, stays.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.errors import NotFound
from tenants.keeping import conversation_erasing, pruning
from tenants.knowledge import document_erasure

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


@dataclass(frozen=True, slots=True)
class _OldFile:
    knowledge_base_id: UUID
    document_id: UUID


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
    """Erase the oldest files that were brought into conversations, and what is known of refused ones.

    A conversation whose files are all old loses what they were kept in as well.
    """
    before = {"before": now - timedelta(days=days), "limit": SLICE}
    emptied = await conn.rows(
        _Old,
        """
        select b.conversation_id
          from knowledge_bases b
         where b.tenant_id = %(tenant_id)s
           and b.conversation_id is not null
           and b.created_at < %(before)s
           and not exists (select from documents d
                            where d.tenant_id = %(tenant_id)s
                              and d.knowledge_base_id = b.knowledge_base_id
                              and d.created_at >= %(before)s)
           and not exists (select from jobs j
                            where j.tenant_id = %(tenant_id)s
                              and j.knowledge_base_id = b.knowledge_base_id
                              and (j.created_at >= %(before)s
                                   or j.status in ('queued', 'running')))
         order by b.created_at
         limit %(limit)s
        """,
        before,
    )
    gone: Counter[str] = Counter()
    for one in emptied:
        gone += await conversation_erasing.erase_files(conn, one.conversation_id)
    for file in await _old_files(conn, before):
        await document_erasure.erase(conn, file.knowledge_base_id, file.document_id)
        gone["documents"] += 1
    refused = await conn.execute(
        """
        delete from jobs j
         using knowledge_bases b
         where j.tenant_id = %(tenant_id)s
           and b.tenant_id = %(tenant_id)s
           and b.knowledge_base_id = j.knowledge_base_id
           and b.conversation_id is not null
           and j.created_at < %(before)s
           and j.status in ('succeeded', 'failed', 'cancelled')
        """,
        before,
    )
    return gone + Counter(jobs=refused.rowcount)


async def _old_files(conn: TenantConnection, before: dict[str, Any]) -> list[_OldFile]:
    return await conn.rows(
        _OldFile,
        """
        select d.knowledge_base_id, d.document_id
          from documents d
          join knowledge_bases b
            on b.tenant_id = %(tenant_id)s
           and b.knowledge_base_id = d.knowledge_base_id
           and b.conversation_id is not null
         where d.tenant_id = %(tenant_id)s
         group by d.knowledge_base_id, d.document_id
        having max(d.created_at) < %(before)s
         order by max(d.created_at)
         limit %(limit)s
        """,
        before,
    )


async def forget_checkpoints(conn: TenantConnection, days: int, now: datetime) -> Counter[str]:
    """Prune the conversations that have been silent longest, as `pruning.py` does."""
    pruned = await pruning.prune_slice(conn, default_days=days, now=now)
    return Counter(
        pruned_conversations=pruned.conversations,
        checkpoints=pruned.checkpoints,
        turn_recordings=pruned.recordings,
    )


async def forget_logs(conn: TenantConnection, days: int, now: datetime) -> Counter[str]:
    """Delete events, steps and recordings of turns that ended before, the oldest first, and events
    of as long ago that belong to no turn: what operators did and said.
    """
    old = {"before": now - timedelta(days=days), "limit": LOG_SLICE}
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
        old,
    )
    row = await cursor.fetchone()
    assert row is not None
    beside = await conn.execute(
        """
        delete from events
         where tenant_id = %(tenant_id)s
           and (conversation_id, event_id) in (select conversation_id, event_id
                                                 from events
                                                where tenant_id = %(tenant_id)s
                                                  and turn_id is null
                                                  and created_at < %(before)s
                                                limit %(limit)s)
        """,
        old,
    )
    return Counter(turn_steps=row[0], turn_recordings=row[1], events=row[2] + beside.rowcount)
