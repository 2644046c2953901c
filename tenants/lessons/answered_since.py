"""Suggestions whose question the knowledge may answer by now: which to ask again, and what was found."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tenants.database.connection import RouterConnection, TenantConnection
from tenants.keys import codec
from tenants.lessons.suggestions import CONTENT

_SHARED_SECONDS = 3  # longer than writes share one version


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """An open suggestion that was not checked against what is live now.

    `checked_version` is what to note afterwards: a version that is still being added to (writes
    within two seconds share one) is not yet noted as checked.
    """

    suggestion_id: UUID
    knowledge_base_id: UUID
    content: bytes
    checked_version: int
    assistant_id: UUID | None  # who was asked last

    @property
    def entry(self) -> dict[str, Any]:
        """As `Suggestion.entry`."""
        return codec.decode(self.content, CONTENT, self.suggestion_id)


@dataclass(frozen=True, slots=True)
class _Tenant:
    tenant_id: UUID


async def tenants_to_check(router: RouterConnection, *, limit: int) -> list[UUID]:
    """Whose open questions were last checked against another version than the live one."""
    rows = await router.rows(
        _Tenant,
        """
        select distinct s.tenant_id
          from knowledge_suggestions s
          join knowledge_bases b
            on b.tenant_id = s.tenant_id
           and b.knowledge_base_id = s.knowledge_base_id
         where s.status = 'open'
           and s.kind = 'unanswered_question'
           and s.checked_version <> b.live
           and b.archived_at is null
         limit %(limit)s
        """,
        {"limit": limit},
    )
    return [row.tenant_id for row in rows]


async def to_check(conn: TenantConnection, *, limit: int) -> list[OpenQuestion]:
    """Open questions to ask again, the most asked first."""
    return await conn.rows(
        OpenQuestion,
        """
        select s.suggestion_id, s.knowledge_base_id, s.content,
               case when exists (
                        select 1
                          from knowledge_versions v
                         where v.tenant_id = %(tenant_id)s
                           and v.knowledge_base_id = s.knowledge_base_id
                           and v.version = b.live
                           and v.created_at > now() - make_interval(secs => %(shared)s))
                    then -2 else b.live end as checked_version,
               (select q.assistant_id
                  from recorded_questions q
                 where q.tenant_id = %(tenant_id)s
                   and q.suggestion_id = s.suggestion_id
                 order by q.question_id desc
                 limit 1) as assistant_id
          from knowledge_suggestions s
          join knowledge_bases b
            on b.tenant_id = %(tenant_id)s
           and b.knowledge_base_id = s.knowledge_base_id
         where s.tenant_id = %(tenant_id)s
           and s.status = 'open'
           and s.kind = 'unanswered_question'
           and s.checked_version <> b.live
           and b.archived_at is null
         order by s.asked desc, s.suggestion_id
         limit %(limit)s
        """,
        {"limit": limit, "shared": _SHARED_SECONDS},
    )


async def mark_checked(
    conn: TenantConnection, checked: Sequence[OpenQuestion], answered: set[UUID]
) -> None:
    """Note the version they were asked at; close those in `answered`, unless decided meanwhile."""
    await conn.execute_many(
        """
        update knowledge_suggestions
           set checked_version = %(checked_version)s,
               status = case when %(answered)s then 'answered' else status end
         where tenant_id = %(tenant_id)s
           and suggestion_id = %(suggestion_id)s
           and status = 'open'
        """,
        [
            {
                "suggestion_id": one.suggestion_id,
                "checked_version": one.checked_version,
                "answered": one.suggestion_id in answered,
            }
            for one in checked
        ],
    )
