"""The suggestions of one knowledge base that a question may belong to, held while it is grouped.

Read once, moved in memory, written once: every write names the status it was read under, so a
decision made meanwhile is never overwritten.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from pgvector import HalfVector

from tenants.database.connection import TenantConnection
from tenants.keys import codec
from tenants.lessons import question_groups
from tenants.lessons.question_groups import Group, Vector, Wording, wording
from tenants.lessons.suggestions import CONTENT

MAX_HELD = 2_000  # suggestions looked at, those asked last
MAX_EXAMPLES = 5
_NEAREST = 8  # by vector, compared by their words as well


@dataclass(frozen=True, slots=True)
class Question:
    """A question without personal data, as it is compared; `removed` is what it was freed of."""

    question_id: UUID
    text: str
    removed: Sequence[str]
    wording: Wording
    vector: Vector
    asked_at: datetime


@dataclass(slots=True)
class Held:
    """One suggestion on the board; `added` questions are not written yet."""

    suggestion_id: UUID
    kind: str
    status: str
    entry: dict[str, Any]
    middle: Vector
    members: int
    is_new: bool = False
    added: int = 0
    first_asked_at: datetime | None = None
    last_asked_at: datetime | None = None
    _wordings: list[Wording] = field(default_factory=list[Wording])

    @property
    def group(self) -> Group:
        """As it is compared with a question."""
        if not self._wordings:
            said = [self.entry["question"], *(e["text"] for e in self.entry.get("examples", []))]
            self._wordings = [wording(text) for text in dict.fromkeys(said)]
        return Group(self.middle, self._wordings)

    def add(self, question: Question) -> None:
        """Take one more question in."""
        examples: list[dict[str, Any]] = self.entry.setdefault("examples", [])
        known = {e["text"].casefold() for e in examples}
        if question.text.casefold() not in known and len(examples) < MAX_EXAMPLES:
            examples.append({"text": question.text, "question_id": str(question.question_id)})
            self._wordings = [*self.group.wordings, question.wording]
            self.entry["removed"] = sorted({*self.entry.get("removed", []), *question.removed})
        self.middle = question_groups.moved(self.middle, self.members, question.vector)
        self.members += 1
        self.added += 1
        asked_at = question.asked_at
        self.first_asked_at = min(self.first_asked_at or asked_at, asked_at)
        self.last_asked_at = max(self.last_asked_at or asked_at, asked_at)


class Board:
    """The suggestions of one knowledge base under one embedding model."""

    def __init__(self, model_id: str, held: Sequence[Held]) -> None:
        self._model_id = model_id
        self.held = list(held)
        self._middles = np.stack([one.middle for one in held]) if held else None

    def nearest(self, asked: Wording, vector: Vector) -> int | None:
        """The place in `held` of the suggestion that a question belongs to, or None."""
        if self._middles is None:
            return None
        order = np.argsort(-(self._middles @ vector))[:_NEAREST]
        groups = [self.held[int(n)].group for n in order]
        found = question_groups.nearest(asked, vector, groups, model_id=self._model_id)
        return None if found is None else int(order[found])

    def begin(self, held: Held) -> int:
        """Put a new suggestion on the board; its place."""
        self.held.append(held)
        row = held.middle[np.newaxis]
        self._middles = row if self._middles is None else np.vstack([self._middles, row])
        return len(self.held) - 1

    def join(self, place: int, question: Question) -> Held:
        """Put a question into the suggestion at a place."""
        held = self.held[place]
        held.add(question)
        assert self._middles is not None
        self._middles[place] = held.middle
        return held


@dataclass(frozen=True, slots=True)
class _Row:
    suggestion_id: UUID
    kind: str
    status: str
    content: bytes
    middle: HalfVector
    members: int


async def alone(conn: TenantConnection) -> None:
    """Wait until no other process moves this tenant's suggestions; until the transaction's end."""
    await conn.execute(
        "select pg_advisory_xact_lock(hashtextextended('unanswered:' || %(tenant_id)s::text, 0))"
    )


async def read_board(
    conn: TenantConnection,
    knowledge_base_id: UUID,
    *,
    model_id: str,
    statuses: Sequence[str] = ("open", "dismissed", "answered"),
    kinds: Sequence[str] = ("operator_answer", "unanswered_question"),
) -> Board:
    """The suggestions of a knowledge base that have a vector of this model, asked last first."""
    rows = await conn.rows(
        _Row,
        """
        select suggestion_id, kind, status, content, middle, members
          from knowledge_suggestions
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and status = any(%(statuses)s)
           and kind = any(%(kinds)s)
           and embedding_model = %(model_id)s
           and middle is not null
         order by coalesce(last_asked_at, created_at) desc
         limit %(limit)s
        """,
        {
            "knowledge_base_id": knowledge_base_id,
            "statuses": list(statuses),
            "kinds": list(kinds),
            "model_id": model_id,
            "limit": MAX_HELD,
        },
    )
    return Board(model_id, [_held(row) for row in rows])


def _held(row: _Row) -> Held:
    middle = np.asarray(row.middle.to_numpy(), dtype=np.float32)
    entry = codec.decode(row.content, CONTENT, row.suggestion_id)
    return Held(row.suggestion_id, row.kind, row.status, entry, middle, max(row.members, 1))


async def write_held(
    conn: TenantConnection, knowledge_base_id: UUID, one: Held, *, model_id: str
) -> bool:
    """Whether the suggestion was written as it now stands; not where it was decided meanwhile."""
    params = {
        "suggestion_id": one.suggestion_id,
        "knowledge_base_id": knowledge_base_id,
        "status": one.status,
        "content": codec.personal(one.entry, CONTENT, one.suggestion_id),
        "middle": HalfVector(one.middle),
        "members": one.members,
        "added": one.added,
        "first_asked_at": one.first_asked_at,
        "last_asked_at": one.last_asked_at,
        "model_id": model_id,
    }
    if one.is_new:
        await _insert(conn, params)
        return True
    return await _update(conn, params)


async def _insert(conn: TenantConnection, params: dict[str, Any]) -> None:
    await conn.execute(
        """
        insert into knowledge_suggestions
               (tenant_id, suggestion_id, knowledge_base_id, kind, content, actor_kind,
                actor_id, asked, first_asked_at, last_asked_at, middle, members,
                embedding_model)
        values (%(tenant_id)s, %(suggestion_id)s, %(knowledge_base_id)s,
                'unanswered_question', %(content)s, 'system', 'learning', %(added)s,
                %(first_asked_at)s, %(last_asked_at)s, %(middle)s, %(members)s, %(model_id)s)
        """,
        params,
    )


async def _update(conn: TenantConnection, params: dict[str, Any]) -> bool:
    written = await conn.execute(
        """
        update knowledge_suggestions
           set content = %(content)s,
               middle = %(middle)s,
               members = %(members)s,
               embedding_model = %(model_id)s,
               asked = asked + %(added)s,
               first_asked_at = least(first_asked_at, %(first_asked_at)s),
               last_asked_at = greatest(last_asked_at, %(last_asked_at)s),
               status = case when status = 'answered' then 'open' else status end,
               checked_version = case when status = 'answered' then -1 else checked_version end
         where tenant_id = %(tenant_id)s
           and suggestion_id = %(suggestion_id)s
           and status = %(status)s
        """,
        params,
    )
    return written.rowcount > 0
