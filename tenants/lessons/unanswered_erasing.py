"""A conversation's words are taken out of what was made of them: suggestions, impact reports."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.keys import codec
from tenants.lessons import impact_reports
from tenants.lessons.question_board import alone
from tenants.lessons.suggestions import CONTENT


@dataclass(frozen=True, slots=True)
class _Collected:
    suggestion_id: UUID
    kind: str
    status: str
    content: bytes
    question_ids: list[UUID]

    @property
    def entry(self) -> dict[str, Any]:
        """As `Suggestion.entry`."""
        return codec.decode(self.content, CONTENT, self.suggestion_id)


async def forget_words(conn: TenantConnection, conversation_id: UUID) -> None:
    """Take its wordings out of suggestions; one that nobody else asked for goes altogether.

    Call it while the conversation's recorded questions are still there. What an operator answered
    and what was approved stays, without the contact's wordings.
    """
    await alone(conn)
    await impact_reports.forget_all(conn)  # a preview is made again in seconds
    for one in await _collected(conn, conversation_id):
        entry = _without(one.entry, {str(own) for own in one.question_ids})
        kept = one.kind == "operator_answer" or one.status == "approved"
        if entry is None and not kept:
            await _delete(conn, one.suggestion_id)
        else:
            await _write(conn, one.suggestion_id, entry or _bare(one.entry))


def _without(entry: dict[str, Any], own: set[str]) -> dict[str, Any] | None:
    """The suggestion in other contacts' words; None where it has none."""
    examples = [e for e in entry.get("examples", []) if e.get("question_id") not in own]
    left = entry | {"examples": examples}
    if entry.get("question_id") not in own:
        return left
    if not examples:
        return None
    return left | {"question": examples[0]["text"], "question_id": examples[0].get("question_id")}


def _bare(entry: dict[str, Any]) -> dict[str, Any]:
    """What a person decided or answered, without what was collected beside it."""
    return entry | {"examples": []}


async def _collected(conn: TenantConnection, conversation_id: UUID) -> list[_Collected]:
    return await conn.rows(
        _Collected,
        """
        select s.suggestion_id, s.kind, s.status, s.content, q.question_ids
          from knowledge_suggestions s
          join (select suggestion_id, array_agg(question_id) as question_ids
                  from recorded_questions
                 where tenant_id = %(tenant_id)s
                   and conversation_id = %(conversation_id)s
                   and suggestion_id is not null
                 group by suggestion_id) q
            on q.suggestion_id = s.suggestion_id
         where s.tenant_id = %(tenant_id)s
        """,
        {"conversation_id": conversation_id},
    )


async def _delete(conn: TenantConnection, suggestion_id: UUID) -> None:
    await conn.execute(
        """
        delete from knowledge_suggestions
         where tenant_id = %(tenant_id)s
           and suggestion_id = %(suggestion_id)s
        """,
        {"suggestion_id": suggestion_id},
    )


async def _write(conn: TenantConnection, suggestion_id: UUID, entry: dict[str, Any]) -> None:
    await conn.execute(
        """
        update knowledge_suggestions
           set content = %(content)s
         where tenant_id = %(tenant_id)s
           and suggestion_id = %(suggestion_id)s
        """,
        {"suggestion_id": suggestion_id, "content": codec.personal(entry, CONTENT, suggestion_id)},
    )
