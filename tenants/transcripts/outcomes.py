"""What a conversation came to: one closed list, kept with its history and what was mended on the way.

    resolved_by_operator   an operator ended a handoff                           (at once)
    reopened               the contact wrote into a resolved conversation        (at once)
    resolved_by_assistant  everything asked last was answered, then silence      (settled)
    abandoned              something was left open, then silence                 (settled)

A conversation is settled by the periodic work once the contact has been silent for as long as its
assistant's settings say. One that waits for an operator is not: it is the tenant's turn there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from pydantic import BaseModel, ConfigDict, Field

from tenants.actors import SYSTEM, Actor
from tenants.database.connection import RouterConnection, TenantConnection
from tenants.errors import NotFound
from tenants.ids import new_id
from tenants.transcripts import conversations

# What went wrong in a turn and was mended, so that it was answered all the same. A node puts the
# word into the state's `recoveries`; `compose` keeps it where something was answered.
RECOVERIES = ("spelling", "clarifying", "forgotten_request", "correction", "operator_said")
MAX_RECOVERIES = 8  # of one turn
SOON_SECONDS = 300  # how long we wait after thanks or a goodbye
MAX_SETTLED_AT_ONCE = 200


class OutcomeSettings(BaseModel):
    """How long a contact is silent before a conversation counts as over."""

    model_config = ConfigDict(extra="forbid")
    resolved_after_minutes: int = Field(default=60, ge=1, le=43_200)
    abandoned_after_minutes: int = Field(default=1_440, ge=1, le=43_200)


@dataclass(frozen=True, slots=True)
class Settling:
    """When a conversation may be looked at again after a turn; None leaves it alone."""

    after_seconds: int | None = None


def known_recoveries(named: Sequence[str]) -> list[str]:
    """Those of the closed list, each once, in the order they were named."""
    return [word for word in dict.fromkeys(named) if word in RECOVERIES][:MAX_RECOVERIES]


async def record(
    conn: TenantConnection, conversation_id: UUID, outcome: str, *, actor: Actor
) -> None:
    """Note how the conversation stands, keeping the history and what was mended since the last."""
    named = {"conversation_id": conversation_id, "outcome": outcome}
    mended = await _recoveries_since(conn, conversation_id)
    await conn.execute(
        """
        update conversations set outcome = %(outcome)s
         where tenant_id = %(tenant_id)s and conversation_id = %(conversation_id)s
        """,
        named,
    )
    await conn.execute(
        """
        insert into conversation_outcomes
               (tenant_id, conversation_id, outcome_id, outcome, actor_kind, actor_id, recoveries)
        values (%(tenant_id)s, %(conversation_id)s, %(outcome_id)s, %(outcome)s,
                %(actor_kind)s, %(actor_id)s, %(recoveries)s)
        """,
        named
        | {
            "outcome_id": new_id(),
            "actor_kind": actor.kind,
            "actor_id": actor.id,
            "recoveries": Jsonb(mended),
        },
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    outcome: str
    actor_kind: str
    actor_id: str
    recoveries: dict[str, int]
    created_at: datetime

    def public(self) -> dict[str, Any]:
        """One line of the history as the API shows it."""
        return {
            "outcome": self.outcome,
            "by": {"kind": self.actor_kind, "id": self.actor_id},
            "recoveries": self.recoveries,
            "created_at": self.created_at.isoformat().replace("+00:00", "Z"),
        }


async def history(conn: TenantConnection, conversation_id: UUID) -> list[Outcome]:
    """Every outcome the conversation had, oldest first, the newest hundred of them."""
    newest = await conn.rows(
        Outcome,
        """
        select outcome, actor_kind, actor_id, recoveries, created_at
          from conversation_outcomes
         where tenant_id = %(tenant_id)s
           and conversation_id = %(conversation_id)s
         order by outcome_id desc
         limit 100
        """,
        {"conversation_id": conversation_id},
    )
    return newest[::-1]


async def settle_after(conn: TenantConnection, conversation_id: UUID, settling: Settling) -> None:
    """Have the conversation looked at once its contact has been silent for that long."""
    if settling.after_seconds is None:
        return
    await conn.execute(
        """
        update conversations
           set settle_at = now() + make_interval(secs => %(seconds)s)
         where tenant_id = %(tenant_id)s
           and conversation_id = %(conversation_id)s
        """,
        {"conversation_id": conversation_id, "seconds": settling.after_seconds},
    )


@dataclass(frozen=True, slots=True)
class Due:
    tenant_id: UUID
    conversation_id: UUID


async def due(router: RouterConnection) -> list[Due]:
    """Conversations whose time has come, the longest due first, a bounded number of them."""
    return await router.rows(
        Due,
        """
        select tenant_id, conversation_id
          from conversations
         where settle_at <= now()
         order by settle_at
         limit %(limit)s
        """,
        {"limit": MAX_SETTLED_AT_ONCE},
    )


@dataclass(frozen=True, slots=True)
class _Standing:
    status: str
    is_quiet: bool
    is_settled: bool
    intent_labels: list[str] | None
    decision: str | None


async def settle(conn: TenantConnection, conversation_id: UUID) -> str | None:
    """The outcome of a conversation that has gone quiet, written with its end; None where it goes on.

    One in which nothing was ever asked ends without an outcome, and so does one whose last request
    an operator has resolved: that outcome stands already.
    """
    try:  # by itself: what was accepted until then is seen behind it
        await conversations.lock(conn, conversation_id)
    except NotFound:
        return None
    standing = await _standing(conn, conversation_id)
    if standing is None or not standing.is_quiet or standing.status != "open":
        await _forget_time(conn, conversation_id)
        return None
    outcome = None
    if standing.intent_labels is not None and not standing.is_settled:
        answered = set(standing.intent_labels) == {"answered"} and standing.decision != "clarify"
        outcome = "resolved_by_assistant" if answered else "abandoned"
        await record(conn, conversation_id, outcome, actor=SYSTEM)
    await conn.execute(
        """
        update conversations
           set status = 'resolved', settle_at = null
         where tenant_id = %(tenant_id)s
           and conversation_id = %(conversation_id)s
        """,
        {"conversation_id": conversation_id},
    )
    return outcome


async def _standing(conn: TenantConnection, conversation_id: UUID) -> _Standing | None:
    """The last turn that asked something, and whether an outcome came after it."""
    return await conn.row(
        _Standing,
        """
        with mine as (
            select status, settle_at
              from conversations
             where tenant_id = %(tenant_id)s
               and conversation_id = %(conversation_id)s),
        asked as (
            select intent_labels, decision, ended_at
              from turns
             where tenant_id = %(tenant_id)s
               and conversation_id = %(conversation_id)s
               and kind = 'message'
               and (cardinality(intent_labels) > 0 or reason is not null or status = 'failed')
             order by seq desc
             limit 1)
        select mine.status,
               mine.settle_at <= now()
               and not exists (select from turn_queue
                                where tenant_id = %(tenant_id)s
                                  and conversation_id = %(conversation_id)s) as is_quiet,
               exists (select from conversation_outcomes
                        where tenant_id = %(tenant_id)s
                          and conversation_id = %(conversation_id)s
                          and outcome <> 'reopened'
                          and created_at >= asked.ended_at) as is_settled,
               asked.intent_labels, asked.decision
          from mine
          left join asked on true
        """,
        {"conversation_id": conversation_id},
    )


async def _forget_time(conn: TenantConnection, conversation_id: UUID) -> None:
    """Nothing to settle until a turn ends again; one that is not due yet keeps its time."""
    await conn.execute(
        """
        update conversations
           set settle_at = null
         where tenant_id = %(tenant_id)s
           and conversation_id = %(conversation_id)s
           and settle_at <= now()
        """,
        {"conversation_id": conversation_id},
    )


async def _recoveries_since(conn: TenantConnection, conversation_id: UUID) -> dict[str, int]:
    cursor = await conn.execute(
        """
        select r.word, count(*)::int
          from turns t
         cross join unnest(t.recoveries) as r (word)
         where t.tenant_id = %(tenant_id)s
           and t.conversation_id = %(conversation_id)s
           and t.ended_at > coalesce((select max(o.created_at)
                                        from conversation_outcomes o
                                       where o.tenant_id = %(tenant_id)s
                                         and o.conversation_id = %(conversation_id)s),
                                     '-infinity')
         group by r.word
         order by r.word
        """,
        {"conversation_id": conversation_id},
    )
    return {str(row[0]): int(row[1]) for row in await cursor.fetchall()}
