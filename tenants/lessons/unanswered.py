"""Questions that nobody could answer, each meaning gathered into one suggestion with a count.

`group` takes the questions that wait, embeds them outside any transaction, and puts each into the
suggestion it is nearest to (`question_groups.py`) or begins a new one. A lock of the tenant's keeps
two processes from doing the same; a repeat finds nothing that waits.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from pgvector import HalfVector

from tenants.database.connection import Pool, TenantConnection, tenant_transaction
from tenants.ids import new_id
from tenants.keys import codec
from tenants.knowledge.ingestion import Embedder
from tenants.lessons import recorded_questions
from tenants.lessons.personal_data import Cleaned
from tenants.lessons.question_board import (
    MAX_HELD,
    Board,
    Held,
    Question,
    alone,
    read_board,
    write_held,
)
from tenants.lessons.question_groups import (
    MAX_TEXT_CHARS,
    Vector,
    as_compared,
    asks_something,
    wording,
)
from tenants.lessons.suggestions import CONTENT
from tenants.people.contact_words import ContactWords, words_of

MAX_BATCH = 200
_REEMBEDDED = 100  # suggestions of another model that one pass takes over


@dataclass(frozen=True, slots=True)
class _Waiting:
    question_id: UUID
    knowledge_base_id: UUID
    contact_id: UUID
    content: bytes
    asked_at: datetime

    @property
    def query(self) -> str:
        """The resolved question on one line."""
        return " ".join(
            str(
                codec.decode(self.content, recorded_questions.CONTENT, self.question_id)["query"]
            ).split()
        )


@dataclass(frozen=True, slots=True)
class _Stale:
    suggestion_id: UUID
    content: bytes

    @property
    def question(self) -> str:
        """What the suggestion is about."""
        return str(codec.decode(self.content, CONTENT, self.suggestion_id)["question"])


async def group(pool: Pool, tenant_id: UUID, *, embedder: Embedder, limit: int = MAX_BATCH) -> int:
    """How many questions that waited were grouped; at most `limit`, oldest first."""
    async with tenant_transaction(pool, tenant_id) as conn:
        waiting = await _waiting(conn, limit)
        words = await words_of(conn, {one.contact_id for one in waiting})
        stale = await _of_another_model(conn, embedder.model_id) if waiting else []
    if not waiting:
        return 0
    cleaned = await asyncio.to_thread(_cleaned, waiting, words)
    texts = [*(one.text for one in cleaned), *(one.question for one in stale)]
    vectors = np.asarray(
        await embedder.embed_documents([as_compared(text) for text in texts]), dtype=np.float32
    )
    questions = await asyncio.to_thread(_questions, waiting, cleaned, vectors)
    async with tenant_transaction(pool, tenant_id) as conn:
        await alone(conn)
        for one, vector in zip(stale, vectors[len(waiting) :], strict=True):
            await _take_over(conn, one.suggestion_id, vector, embedder.model_id)
        left = await _still_waiting(conn, [one.question_id for one in waiting])
        by_base: dict[UUID, list[Question]] = {}
        for one, question in zip(waiting, questions, strict=True):
            if one.question_id in left:
                by_base.setdefault(one.knowledge_base_id, []).append(question)
        for knowledge_base_id, asked in by_base.items():
            await _group_base(conn, knowledge_base_id, asked, embedder.model_id)
    return len(waiting)


async def _group_base(
    conn: TenantConnection, knowledge_base_id: UUID, asked: Sequence[Question], model_id: str
) -> None:
    """Put the questions of one knowledge base where they belong; those about nothing are settled."""
    if not await _learns(conn, knowledge_base_id):
        await _settle(conn, [question.question_id for question in asked], None)
        return
    board = await read_board(conn, knowledge_base_id, model_id=model_id)
    placed, nowhere = await asyncio.to_thread(_place, board, asked)
    for held in board.held:
        if held.added and await write_held(conn, knowledge_base_id, held, model_id=model_id):
            await _settle(conn, placed[held.suggestion_id], held.suggestion_id)
            await _count_contacts(conn, held.suggestion_id)
    await _settle(conn, nowhere, None)


def _place(board: Board, asked: Sequence[Question]) -> tuple[dict[UUID, list[UUID]], list[UUID]]:
    """The questions of each suggestion, and those that belong to none."""
    placed: dict[UUID, list[UUID]] = {}
    nowhere: list[UUID] = []
    for question in asked:
        place: int | None = None
        if asks_something(question.wording):
            place = board.nearest(question.wording, question.vector)
            if place is None and len(board.held) < MAX_HELD:  # nobody would come to read more
                place = board.begin(_new(question))
        if place is None:
            nowhere.append(question.question_id)
        else:
            held = board.join(place, question)
            placed.setdefault(held.suggestion_id, []).append(question.question_id)
    return placed, nowhere


def _new(question: Question) -> Held:
    entry: dict[str, Any] = {
        "question": question.text,
        "question_id": str(question.question_id),
        "answer": None,
        "removed": list(question.removed),
    }
    return Held(new_id(), "unanswered_question", "open", entry, question.vector, 0, is_new=True)


def _cleaned(waiting: Sequence[_Waiting], words: dict[UUID, ContactWords]) -> list[Cleaned]:
    return [
        words.get(one.contact_id, ContactWords()).clean(one.query[: 2 * MAX_TEXT_CHARS])
        for one in waiting
    ]


def _questions(
    waiting: Sequence[_Waiting], cleaned: Sequence[Cleaned], vectors: NDArray[np.float32]
) -> list[Question]:
    questions: list[Question] = []
    for one, words, vector in zip(waiting, cleaned, vectors, strict=False):
        text = words.text[:MAX_TEXT_CHARS]
        questions.append(
            Question(one.question_id, text, words.removed, wording(text), vector, one.asked_at)
        )
    return questions


async def _waiting(conn: TenantConnection, limit: int) -> list[_Waiting]:
    return await conn.rows(
        _Waiting,
        """
        select question_id, knowledge_base_id, contact_id, content, asked_at
          from recorded_questions
         where tenant_id = %(tenant_id)s
           and state = 'new'
         order by question_id
         limit %(limit)s
        """,
        {"limit": limit},
    )


async def _still_waiting(conn: TenantConnection, question_ids: Sequence[UUID]) -> set[UUID]:
    cursor = await conn.execute(
        """
        select question_id
          from recorded_questions
         where tenant_id = %(tenant_id)s
           and question_id = any(%(question_ids)s)
           and state = 'new'
        """,
        {"question_ids": list(question_ids)},
    )
    return {row[0] for row in await cursor.fetchall()}


async def _of_another_model(conn: TenantConnection, model_id: str) -> list[_Stale]:
    """Suggestions that questions may join once they have a vector of today's model."""
    return await conn.rows(
        _Stale,
        """
        select suggestion_id, content
          from knowledge_suggestions
         where tenant_id = %(tenant_id)s
           and status in ('open', 'dismissed', 'answered')
           and embedding_model is distinct from %(model_id)s
         order by suggestion_id desc
         limit %(limit)s
        """,
        {"model_id": model_id, "limit": _REEMBEDDED},
    )


async def _take_over(
    conn: TenantConnection, suggestion_id: UUID, vector: Vector, model_id: str
) -> None:
    await conn.execute(
        """
        update knowledge_suggestions
           set middle = %(middle)s, members = 1, embedding_model = %(model_id)s
         where tenant_id = %(tenant_id)s
           and suggestion_id = %(suggestion_id)s
        """,
        {"suggestion_id": suggestion_id, "middle": HalfVector(vector), "model_id": model_id},
    )


async def _learns(conn: TenantConnection, knowledge_base_id: UUID) -> bool:
    """Whether it is in use, and no contact's own files."""
    cursor = await conn.execute(
        """
        select 1
          from knowledge_bases
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and archived_at is null
           and conversation_id is null
        """,
        {"knowledge_base_id": knowledge_base_id},
    )
    return await cursor.fetchone() is not None


async def _settle(
    conn: TenantConnection, question_ids: Sequence[UUID], suggestion_id: UUID | None
) -> None:
    if question_ids:
        await conn.execute(
            """
            update recorded_questions
               set state = 'settled', suggestion_id = %(suggestion_id)s
             where tenant_id = %(tenant_id)s
               and question_id = any(%(question_ids)s)
            """,
            {"question_ids": list(question_ids), "suggestion_id": suggestion_id},
        )


async def _count_contacts(conn: TenantConnection, suggestion_id: UUID) -> None:
    """Never fewer than were counted before: older questions are forgotten, the count is not."""
    await conn.execute(
        """
        update knowledge_suggestions
           set contacts = greatest(contacts, (
                   select count(distinct contact_id)
                     from recorded_questions
                    where tenant_id = %(tenant_id)s
                      and suggestion_id = %(suggestion_id)s))
         where tenant_id = %(tenant_id)s
           and suggestion_id = %(suggestion_id)s
        """,
        {"suggestion_id": suggestion_id},
    )
