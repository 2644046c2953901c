"""Questions as contacts asked them, kept for some time: what a change of knowledge is tried on.

Written in the transaction that ends the turn. Those that the knowledge did not answer are marked
`new` until `unanswered.py` has grouped them. Words are kept as they were asked (they lie in the
transcript as well); personal data is taken out wherever they are shown.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from tenants.database.connection import RouterConnection, TenantConnection
from tenants.ids import new_id
from tenants.keys import codec

CONTENT = "recorded_questions.content"
MAX_TEXT_CHARS = 1_000
MAX_HISTORY_CHARS = 2_000
# What more knowledge would have answered; the other reasons are not about knowledge.
GAPS = frozenset({"not_in_knowledge", "low_confidence", "repeated_low_confidence"})


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """One intent of a turn: in the contact's words and resolved, and what came of it.

    `history` are the lines before it, oldest first, as retrieval saw them.
    """

    text: str
    query: str
    status: str  # answered, unsure or unanswered
    reason: str | None
    confidence: float
    language: str
    history: Sequence[dict[str, str]] = ()
    features: Mapping[str, Any] = field(default_factory=dict[str, Any])  # of its confidence


async def record(
    conn: TenantConnection,
    questions: Sequence[AskedQuestion],
    *,
    turn_id: UUID,
    conversation_id: UUID,
    contact_id: UUID,
    assistant_id: UUID,
    knowledge_base_id: UUID | None,
) -> None:
    """Keep a turn's questions; part of its end. `knowledge_base_id` is the one learnt into."""
    await conn.execute_many(
        """
        insert into recorded_questions
               (tenant_id, question_id, turn_id, conversation_id, contact_id, assistant_id,
                knowledge_base_id, status, reason, confidence, text_hash, content, state,
                features)
        values (%(tenant_id)s, %(question_id)s, %(turn_id)s, %(conversation_id)s, %(contact_id)s,
                %(assistant_id)s, %(knowledge_base_id)s, %(status)s, %(reason)s, %(confidence)s,
                %(text_hash)s, %(content)s, %(state)s, %(features)s)
        """,
        [
            {
                "question_id": question_id,
                "turn_id": turn_id,
                "conversation_id": conversation_id,
                "contact_id": contact_id,
                "assistant_id": assistant_id,
                "knowledge_base_id": knowledge_base_id,
                "status": asked.status,
                "reason": asked.reason,
                "confidence": asked.confidence,
                "text_hash": text_hash(asked.query),
                "content": codec.personal(_kept(asked), CONTENT, question_id),
                "state": "new" if knowledge_base_id and asked.reason in GAPS else "settled",
                "features": Jsonb(dict(asked.features)) if asked.features else None,
            }
            for question_id, asked in zip([new_id() for _ in questions], questions, strict=True)
        ],
    )


def text_hash(query: str) -> bytes:
    """The same for questions that differ in case, blanks and final punctuation alone."""
    plain = " ".join(query.casefold().split()).rstrip("?!. ¿¡")
    return hashlib.sha256(plain.encode()).digest()[:16]


def _kept(asked: AskedQuestion) -> dict[str, Any]:
    kept: dict[str, Any] = {
        "text": asked.text[:MAX_TEXT_CHARS],
        "query": asked.query[:MAX_TEXT_CHARS],
        "language": asked.language,
    }
    room = MAX_HISTORY_CHARS
    lines: list[dict[str, str]] = []
    for line in reversed(asked.history):
        room -= len(line.get("text", ""))
        if room < 0:
            break
        lines.insert(0, dict(line))
    return kept | ({"history": lines} if lines else {})


@dataclass(frozen=True, slots=True)
class AskedOften:
    """One question as the contacts of one assistant asked it, with how often they did."""

    question_id: UUID  # of the last time
    assistant_id: UUID
    contact_id: UUID
    content: bytes
    asked: int
    last_asked_at: datetime

    @property
    def details(self) -> dict[str, Any]:
        """`text`, `query`, `language` and, where it followed on something, `history`."""
        return codec.decode(self.content, CONTENT, self.question_id)


async def most_asked(
    conn: TenantConnection,
    assistant_ids: Sequence[UUID],
    *,
    days: int,
    limit: int,
    suggestion_id: UUID | None = None,
    turn_id: UUID | None = None,
) -> list[AskedOften]:
    """Distinct questions to these assistants of the last days, the most asked first.

    With `suggestion_id` only those that were put into this suggestion, with `turn_id` only those of
    this turn.
    """
    return await conn.rows(
        AskedOften,
        """
        select distinct_questions.question_id, distinct_questions.assistant_id,
               q.contact_id, q.content, distinct_questions.asked,
               distinct_questions.last_asked_at
          from (select assistant_id, text_hash, max(question_id::text)::uuid as question_id,
                       count(*)::int as asked, max(asked_at) as last_asked_at
                  from recorded_questions
                 where tenant_id = %(tenant_id)s
                   and assistant_id = any(%(assistant_ids)s)
                   and asked_at >= %(since)s
                   and (%(suggestion_id)s::uuid is null or suggestion_id = %(suggestion_id)s)
                   and (%(turn_id)s::uuid is null or turn_id = %(turn_id)s)
                 group by assistant_id, text_hash
                 order by asked desc, last_asked_at desc
                 limit %(limit)s) distinct_questions
          join recorded_questions q
            on q.tenant_id = %(tenant_id)s
           and q.question_id = distinct_questions.question_id
         order by distinct_questions.asked desc, distinct_questions.last_asked_at desc
        """,
        {
            "assistant_ids": list(assistant_ids),
            "since": datetime.now(UTC) - timedelta(days=days),
            "limit": limit,
            "suggestion_id": suggestion_id,
            "turn_id": turn_id,
        },
    )


@dataclass(frozen=True, slots=True)
class AskedInTurn:
    """One question of a turn, while it is kept."""

    question_id: UUID
    assistant_id: UUID
    contact_id: UUID
    status: str
    confidence: float
    content: bytes

    @property
    def details(self) -> dict[str, Any]:
        """As of `AskedOften`."""
        return codec.decode(self.content, CONTENT, self.question_id)


async def of_turn(conn: TenantConnection, turn_id: UUID) -> list[AskedInTurn]:
    """What one turn was asked, in order; nothing where it is kept no longer."""
    return await conn.rows(
        AskedInTurn,
        """
        select question_id, assistant_id, contact_id, status, confidence, content
          from recorded_questions
         where tenant_id = %(tenant_id)s
           and turn_id = %(turn_id)s
         order by question_id
        """,
        {"turn_id": turn_id},
    )


@dataclass(frozen=True, slots=True)
class _Tenant:
    tenant_id: UUID


async def tenants_with_new(router: RouterConnection, *, limit: int) -> list[UUID]:
    """Whose questions wait to be grouped."""
    rows = await router.rows(
        _Tenant,
        """
        select distinct tenant_id
          from recorded_questions
         where state = 'new'
         limit %(limit)s
        """,
        {"limit": limit},
    )
    return [row.tenant_id for row in rows]


async def tenants_with_old(router: RouterConnection, *, days: int, limit: int) -> list[UUID]:
    """Who has questions or impact reports that were kept long enough."""
    rows = await router.rows(
        _Tenant,
        """
        select tenant_id from recorded_questions where asked_at < %(before)s
        union
        select tenant_id from impact_reports where created_at < %(before)s
         limit %(limit)s
        """,
        {"before": datetime.now(UTC) - timedelta(days=days), "limit": limit},
    )
    return [row.tenant_id for row in rows]


async def forget_old(conn: TenantConnection, *, days: int) -> int:
    """How many questions went; impact reports of that age go as well."""
    before = {"before": datetime.now(UTC) - timedelta(days=days)}
    gone = await conn.execute(
        """
        delete from recorded_questions
         where tenant_id = %(tenant_id)s
           and asked_at < %(before)s
        """,
        before,
    )
    await conn.execute(
        """
        delete from impact_reports
         where tenant_id = %(tenant_id)s
           and created_at < %(before)s
        """,
        before,
    )
    return gone.rowcount
