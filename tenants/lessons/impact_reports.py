"""Impact reports: what a change of knowledge would change, kept beside the job that found it.

They hold questions and the words of passages, so they are laid down like any tenant's text and go
when a document of the knowledge base is erased.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.errors import NotFound
from tenants.keys import codec

_CONTENT = "impact_reports.content"


@dataclass(frozen=True, slots=True)
class ImpactReport:
    report_id: UUID
    knowledge_base_id: UUID
    content: bytes
    created_at: datetime

    @property
    def details(self) -> dict[str, Any]:
        """The report as it was made."""
        return codec.decode(self.content, _CONTENT, self.report_id)


async def save(
    conn: TenantConnection, report_id: UUID, knowledge_base_id: UUID, report: dict[str, Any]
) -> None:
    """Keep a report under its job's id; a repeat of the job replaces it."""
    await conn.execute(
        """
        insert into impact_reports (tenant_id, report_id, knowledge_base_id, content)
        values (%(tenant_id)s, %(report_id)s, %(knowledge_base_id)s, %(content)s)
        on conflict (tenant_id, report_id) do update
           set content = excluded.content
        """,
        {
            "report_id": report_id,
            "knowledge_base_id": knowledge_base_id,
            "content": codec.personal(report, _CONTENT, report_id),
        },
    )


async def get(conn: TenantConnection, knowledge_base_id: UUID, report_id: UUID) -> ImpactReport:
    """One report of a knowledge base. Raises: NotFound."""
    found = await conn.row(
        ImpactReport,
        """
        select report_id, knowledge_base_id, content, created_at
          from impact_reports
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and report_id = %(report_id)s
        """,
        {"knowledge_base_id": knowledge_base_id, "report_id": report_id},
    )
    if found is None:
        raise NotFound("no such impact report: it is not finished, or its time is over")
    return found


async def forget(conn: TenantConnection, knowledge_base_id: UUID) -> None:
    """Remove the reports of a knowledge base; part of erasing one of its documents."""
    await conn.execute(
        """
        delete from impact_reports
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
        """,
        {"knowledge_base_id": knowledge_base_id},
    )


async def forget_all(conn: TenantConnection) -> None:
    """Remove every report; part of erasing a conversation, whose questions may stand in any."""
    await conn.execute("delete from impact_reports where tenant_id = %(tenant_id)s")
