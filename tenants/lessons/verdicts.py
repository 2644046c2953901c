"""Verdicts: whether the knowledge answered a question, in numbers alone.

A verdict is the features that a recorded question's confidence was made of, and the outcome. One
question has one; a weightier one replaces it, and so does a later one of the same weight. Each asks
for a look at its assistant's calibration a minute later.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from psycopg.types.json import Jsonb

from tenants.database.connection import TenantConnection

Source = Literal["operator", "suggestion", "feedback", "asked_on", "label"]

# How far each is believed: a contact may be unhappy with what is right, and who asks for a person
# after an answer may want something else by then.
WEIGHTS: Mapping[Source, float] = {
    "label": 1.0,
    "operator": 1.0,
    "suggestion": 1.0,
    "feedback": 0.6,
    "asked_on": 0.2,
}
LOOK_AFTER_SECONDS = 60  # so often at most do verdicts change one assistant's calibration
KEPT = 5_000  # of one assistant, the newest


@dataclass(frozen=True, slots=True)
class Verdict:
    """One outcome with what the confidence was made of."""

    source: Source
    is_right: bool
    weight: float
    features: dict[str, Any]
    given_at: datetime


@dataclass(frozen=True, slots=True)
class Labelled:
    """An outcome that somebody states; the id is made from the question, which is not kept."""

    question_id: UUID
    is_right: bool
    features: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Question:
    question_id: UUID


async def of_turn(
    conn: TenantConnection,
    conversation_id: UUID,
    turn_id: UUID,
    source: Source,
    *,
    is_right: bool,
    shown: bool,
) -> int:
    """Judge the questions of a turn whose answer was shown, or the others; how many those are."""
    found = await conn.rows(
        _Question,
        """
        select question_id
          from recorded_questions
         where tenant_id = %(tenant_id)s
           and conversation_id = %(conversation_id)s
           and turn_id = %(turn_id)s
           and (status <> 'unanswered') = %(shown)s
        """,
        {"conversation_id": conversation_id, "turn_id": turn_id, "shown": shown},
    )
    return await _judge(conn, found, source, is_right=is_right)


async def of_message(
    conn: TenantConnection, conversation_id: UUID, message_id: UUID, *, is_right: bool
) -> int:
    """Judge the questions that a message of the assistant's answered, as its contact does."""
    found = await conn.rows(
        _Question,
        """
        select q.question_id
          from messages m
          join recorded_questions q
            on q.tenant_id = %(tenant_id)s
           and q.conversation_id = m.conversation_id
           and q.turn_id = m.turn_id
           and q.status <> 'unanswered'
         where m.tenant_id = %(tenant_id)s
           and m.conversation_id = %(conversation_id)s
           and m.message_id = %(message_id)s
           and m.author_kind = 'assistant'
        """,
        {"conversation_id": conversation_id, "message_id": message_id},
    )
    return await _judge(conn, found, "feedback", is_right=is_right)


async def of_last_answers(conn: TenantConnection, conversation_id: UUID, turn_id: UUID) -> int:
    """In this turn the contact asked for a person: a weak verdict against the answers just before."""
    found = await conn.rows(
        _Question,
        """
        select question_id
          from recorded_questions
         where tenant_id = %(tenant_id)s
           and conversation_id = %(conversation_id)s
           and status = 'answered'
           and turn_id = (select turn_id
                            from recorded_questions
                           where tenant_id = %(tenant_id)s
                             and conversation_id = %(conversation_id)s
                             and turn_id < %(turn_id)s
                           order by turn_id desc
                           limit 1)
        """,
        {"conversation_id": conversation_id, "turn_id": turn_id},
    )
    return await _judge(conn, found, "asked_on", is_right=False)


async def of_suggestion(conn: TenantConnection, suggestion_id: UUID) -> int:
    """An entry was made of what was asked: the knowledge had not answered it until then."""
    found = await conn.rows(
        _Question,
        """
        select q.question_id
          from recorded_questions q
         where q.tenant_id = %(tenant_id)s
           and q.suggestion_id = %(suggestion_id)s
           and q.status <> 'answered'
        union
        select q.question_id
          from knowledge_suggestions s
          join handoffs h
            on h.tenant_id = %(tenant_id)s
           and h.handoff_id = s.handoff_id
          join recorded_questions q
            on q.tenant_id = %(tenant_id)s
           and q.conversation_id = h.conversation_id
           and q.turn_id = h.turn_id
           and q.status = 'unanswered'
         where s.tenant_id = %(tenant_id)s
           and s.suggestion_id = %(suggestion_id)s
        """,
        {"suggestion_id": suggestion_id},
    )
    return await _judge(conn, found, "suggestion", is_right=False)


async def _judge(
    conn: TenantConnection, questions: Sequence[_Question], source: Source, *, is_right: bool
) -> int:
    """Several questions of one verdict count as one together: which of them it means is unknown."""
    if not questions:
        return 0
    judged = await conn.execute(
        """
        insert into verdicts (tenant_id, assistant_id, question_id, conversation_id, source,
                              is_right, weight, features)
        select tenant_id, assistant_id, question_id, conversation_id, %(source)s, %(is_right)s,
               %(weight)s, features
          from recorded_questions
         where tenant_id = %(tenant_id)s
           and question_id = any(%(question_ids)s)
           and features is not null
        on conflict (tenant_id, assistant_id, question_id) do update
           set source = excluded.source,
               is_right = excluded.is_right,
               weight = excluded.weight,
               given_at = now()
         where verdicts.weight <= excluded.weight
        """,
        {
            "question_ids": [one.question_id for one in questions],
            "source": source,
            "is_right": is_right,
            "weight": WEIGHTS[source] / len(questions),
        },
    )
    if judged.rowcount:
        await _ask_for_a_look(conn, questions)
    return judged.rowcount


async def _ask_for_a_look(conn: TenantConnection, questions: Sequence[_Question]) -> None:
    await conn.execute(
        """
        insert into calibration_heads (tenant_id, assistant_id, due_at)
        select distinct tenant_id, assistant_id, %(due_at)s::timestamptz
          from recorded_questions
         where tenant_id = %(tenant_id)s
           and question_id = any(%(question_ids)s)
        on conflict (tenant_id, assistant_id) do update
           set due_at = least(calibration_heads.due_at, excluded.due_at)
        """,
        {
            "question_ids": [one.question_id for one in questions],
            "due_at": datetime.now(UTC) + timedelta(seconds=LOOK_AFTER_SECONDS),
        },
    )


async def add_labels(
    conn: TenantConnection, assistant_id: UUID, labels: Sequence[Labelled]
) -> None:
    """Keep stated outcomes; the same question again replaces its own."""
    await conn.execute_many(
        """
        insert into verdicts (tenant_id, assistant_id, question_id, source, is_right, weight,
                              features)
        values (%(tenant_id)s, %(assistant_id)s, %(question_id)s, 'label', %(is_right)s, %(weight)s,
                %(features)s)
        on conflict (tenant_id, assistant_id, question_id) do update
           set is_right = excluded.is_right,
               features = excluded.features,
               given_at = now()
        """,
        [
            {
                "assistant_id": assistant_id,
                "question_id": one.question_id,
                "is_right": one.is_right,
                "weight": WEIGHTS["label"],
                "features": Jsonb(one.features),
            }
            for one in labels
        ],
    )


async def newest(conn: TenantConnection, assistant_id: UUID, *, limit: int = KEPT) -> list[Verdict]:
    """An assistant's verdicts, the newest first."""
    return await conn.rows(
        Verdict,
        """
        select source, is_right, weight, features, given_at
          from verdicts
         where tenant_id = %(tenant_id)s
           and assistant_id = %(assistant_id)s
         order by given_at desc, question_id
         limit %(limit)s
        """,
        {"assistant_id": assistant_id, "limit": limit},
    )


async def forget_oldest(conn: TenantConnection, assistant_id: UUID) -> int:
    """How many went that are more than are kept."""
    gone = await conn.execute(
        """
        delete from verdicts
         where tenant_id = %(tenant_id)s
           and assistant_id = %(assistant_id)s
           and question_id in (select question_id
                                 from verdicts
                                where tenant_id = %(tenant_id)s
                                  and assistant_id = %(assistant_id)s
                                order by given_at desc, question_id
                               offset %(kept)s)
        """,
        {"assistant_id": assistant_id, "kept": KEPT},
    )
    return gone.rowcount


async def counts(conn: TenantConnection, assistant_id: UUID) -> dict[str, int]:
    """How many verdicts there are, by source."""
    found = await conn.dicts(
        """
        select source, count(*)::int as given
          from verdicts
         where tenant_id = %(tenant_id)s
           and assistant_id = %(assistant_id)s
         group by source
         order by source
        """,
        {"assistant_id": assistant_id},
    )
    return {str(row["source"]): int(row["given"]) for row in found}
