"""Knowledge suggestions: what operators said and what nobody could answer, waiting for a person.

    open → approved   it became an entry, as it stood or edited
    open → dismissed  not to be kept; a question goes on being counted, silently
    open → answered   the live knowledge answers it now; asked in vain again it is open again

A suggestion of kind `operator_answer` brings its answer, one of kind `unanswered_question` needs
one from the reviewer. Only cleaned words are kept here.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pgvector import HalfVector

from tenants.actors import Actor
from tenants.database.connection import TenantConnection
from tenants.errors import NotFound, SuggestionDecided
from tenants.ids import new_id
from tenants.keys import codec
from tenants.lessons import verdicts
from tenants.lessons.personal_data import Cleaned

CONTENT = "knowledge_suggestions.content"
Status = Literal["open", "approved", "dismissed", "answered"]
Kind = Literal["operator_answer", "unanswered_question"]
Sort = Literal["newest", "asked"]


@dataclass(frozen=True, slots=True)
class Suggestion:
    suggestion_id: UUID
    knowledge_base_id: UUID
    kind: str
    status: str
    content: bytes
    conversation_id: UUID | None
    handoff_id: UUID | None
    document_id: UUID | None
    actor_kind: str
    actor_id: str
    asked: int
    contacts: int
    first_asked_at: datetime | None
    last_asked_at: datetime | None
    middle: HalfVector | None
    embedding_model: str | None
    created_at: datetime
    decided_at: datetime | None
    decided_by: str | None

    @property
    def entry(self) -> dict[str, Any]:
        """`question`, `answer`, `removed` and `examples`: up to five wordings, each `text`."""
        return codec.decode(self.content, CONTENT, self.suggestion_id)

    def public(self) -> dict[str, Any]:
        """The suggestion as a reviewer sees it; `marks` say where personal data stood."""
        entry = self.entry
        question, answer = str(entry["question"]), entry.get("answer")
        return {
            "suggestion_id": str(self.suggestion_id),
            "knowledge_base_id": str(self.knowledge_base_id),
            "kind": self.kind,
            "status": self.status,
            "question": question,
            "answer": answer,
            "examples": [example["text"] for example in entry.get("examples", [])],
            "removed": entry.get("removed", []),
            "marks": _marks("question", question) + _marks("answer", answer or ""),
            "asked": self.asked,
            "contacts": self.contacts,
            "first_asked_at": _time(self.first_asked_at),
            "last_asked_at": _time(self.last_asked_at),
            "conversation_id": str(self.conversation_id) if self.conversation_id else None,
            "handoff_id": str(self.handoff_id) if self.handoff_id else None,
            "document_id": str(self.document_id) if self.document_id else None,
            "suggested_by": {"kind": self.actor_kind, "id": self.actor_id},
            "created_at": _time(self.created_at),
            "decided_at": _time(self.decided_at),
            "decided_by": self.decided_by,
        }


def _marks(field: str, text: str) -> list[dict[str, Any]]:
    return [{"field": field} | mark for mark in Cleaned(text, []).marks]


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None


async def create(
    conn: TenantConnection,
    knowledge_base_id: UUID,
    entry: dict[str, Any],
    *,
    actor: Actor,
    conversation_id: UUID | None = None,
    handoff_id: UUID | None = None,
    middle: HalfVector | None = None,
    embedding_model: str | None = None,
) -> Suggestion:
    """A new open suggestion of an operator's; one per handoff, however often it is asked for."""
    suggestion_id = new_id()
    cursor = await conn.execute(
        """
        insert into knowledge_suggestions
               (tenant_id, suggestion_id, knowledge_base_id, content, conversation_id, handoff_id,
                actor_kind, actor_id, middle, members, embedding_model)
        values (%(tenant_id)s, %(suggestion_id)s, %(knowledge_base_id)s, %(content)s,
                %(conversation_id)s, %(handoff_id)s, %(actor_kind)s, %(actor_id)s,
                %(middle)s, %(members)s, %(embedding_model)s)
        on conflict (tenant_id, handoff_id) where handoff_id is not null do update
           set handoff_id = excluded.handoff_id
        returning suggestion_id
        """,
        {
            "suggestion_id": suggestion_id,
            "knowledge_base_id": knowledge_base_id,
            "content": codec.personal(entry, CONTENT, suggestion_id),
            "conversation_id": conversation_id,
            "handoff_id": handoff_id,
            "actor_kind": actor.kind,
            "actor_id": actor.id,
            "middle": middle,
            "members": 1 if middle is not None else 0,
            "embedding_model": embedding_model,
        },
    )
    found = await cursor.fetchone()
    assert found is not None
    return await get(conn, found[0])


async def fill(
    conn: TenantConnection,
    suggestion_id: UUID,
    entry: dict[str, Any],
    *,
    actor: Actor,
    conversation_id: UUID,
    handoff_id: UUID,
) -> Suggestion | None:
    """An open question that now has an operator's answer; None where it was decided meanwhile."""
    filled = await conn.execute(
        """
        update knowledge_suggestions
           set kind = 'operator_answer',
               content = %(content)s,
               conversation_id = %(conversation_id)s,
               handoff_id = %(handoff_id)s,
               actor_kind = %(actor_kind)s,
               actor_id = %(actor_id)s
         where tenant_id = %(tenant_id)s
           and suggestion_id = %(suggestion_id)s
           and status = 'open'
           and kind = 'unanswered_question'
        """,
        {
            "suggestion_id": suggestion_id,
            "content": codec.personal(entry, CONTENT, suggestion_id),
            "conversation_id": conversation_id,
            "handoff_id": handoff_id,
            "actor_kind": actor.kind,
            "actor_id": actor.id,
        },
    )
    return await get(conn, suggestion_id) if filled.rowcount else None


async def get(conn: TenantConnection, suggestion_id: UUID) -> Suggestion:
    """One suggestion. Raises: NotFound."""
    suggestion = await conn.row(
        Suggestion,
        """
        select suggestion_id, knowledge_base_id, kind, status, content, conversation_id, handoff_id,
               document_id, actor_kind, actor_id, asked, contacts, first_asked_at, last_asked_at,
               middle, embedding_model, created_at, decided_at, decided_by
          from knowledge_suggestions
         where tenant_id = %(tenant_id)s
           and suggestion_id = %(suggestion_id)s
        """,
        {"suggestion_id": suggestion_id},
    )
    if suggestion is None:
        raise NotFound("no such suggestion")
    return suggestion


async def of_handoff(conn: TenantConnection, handoff_id: UUID) -> Suggestion | None:
    """What was learnt from a handoff, if it was."""
    return await conn.row(
        Suggestion,
        """
        select suggestion_id, knowledge_base_id, kind, status, content, conversation_id, handoff_id,
               document_id, actor_kind, actor_id, asked, contacts, first_asked_at, last_asked_at,
               middle, embedding_model, created_at, decided_at, decided_by
          from knowledge_suggestions
         where tenant_id = %(tenant_id)s
           and handoff_id = %(handoff_id)s
        """,
        {"handoff_id": handoff_id},
    )


async def list_page(
    conn: TenantConnection,
    *,
    limit: int,
    after: UUID | None = None,
    status: Status | None = None,
    kind: Kind | None = None,
    knowledge_base_id: UUID | None = None,
    sort: Sort = "newest",
) -> list[Suggestion]:
    """Suggestions, newest first or the most asked first."""
    return await conn.rows(
        Suggestion,
        """
        select suggestion_id, knowledge_base_id, kind, status, content, conversation_id, handoff_id,
               document_id, actor_kind, actor_id, asked, contacts, first_asked_at, last_asked_at,
               middle, embedding_model, created_at, decided_at, decided_by
          from knowledge_suggestions
         where tenant_id = %(tenant_id)s
           and (%(status)s::text is null or status = %(status)s)
           and (%(kind)s::text is null or kind = %(kind)s)
           and (%(knowledge_base_id)s::uuid is null or knowledge_base_id = %(knowledge_base_id)s)
           and (%(after)s::uuid is null
                or (case when %(by_asked)s then asked else 0 end, suggestion_id)
                   < (select case when %(by_asked)s then last.asked else 0 end, last.suggestion_id
                        from knowledge_suggestions last
                       where last.tenant_id = %(tenant_id)s
                         and last.suggestion_id = %(after)s))
         order by case when %(by_asked)s then asked else 0 end desc, suggestion_id desc
         limit %(limit)s
        """,
        {
            "after": after,
            "status": status,
            "kind": kind,
            "knowledge_base_id": knowledge_base_id,
            "by_asked": sort == "asked",
            "limit": limit,
        },
    )


async def decide(
    conn: TenantConnection,
    suggestion_id: UUID,
    status: Literal["approved", "dismissed"],
    *,
    actor: Actor,
    document_id: UUID | None = None,
    entry: dict[str, Any] | None = None,
) -> Suggestion:
    """Close a suggestion as `approved` or `dismissed`. Raises: NotFound, SuggestionDecided."""
    decided = await conn.execute(
        """
        update knowledge_suggestions
           set status = %(status)s,
               document_id = %(document_id)s,
               content = coalesce(%(content)s, content),
               decided_at = now(),
               decided_by = %(decided_by)s
         where tenant_id = %(tenant_id)s
           and suggestion_id = %(suggestion_id)s
           and status in ('open', 'answered')
        """,
        {
            "suggestion_id": suggestion_id,
            "status": status,
            "document_id": document_id,
            "content": codec.personal(entry, CONTENT, suggestion_id) if entry is not None else None,
            "decided_by": f"{actor.kind}:{actor.id}",
        },
    )
    suggestion = await get(conn, suggestion_id)
    if decided.rowcount == 0:
        raise SuggestionDecided("this suggestion was approved or dismissed before")
    if status == "approved":
        await verdicts.of_suggestion(conn, suggestion_id)
    return suggestion
