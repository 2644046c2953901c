"""Canned answers: texts that operators choose by a shortcut, the same for everybody of a tenant."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.errors import UniqueViolation

from tenants.database.connection import TenantConnection
from tenants.errors import Conflict, Invalid, NotFound
from tenants.ids import new_id

MAX_CANNED_ANSWERS = 500


@dataclass(frozen=True, slots=True)
class CannedAnswer:
    canned_answer_id: UUID
    shortcut: str
    text: str
    updated_at: datetime


async def create(conn: TenantConnection, shortcut: str, text: str) -> CannedAnswer:
    """A new one. Raises: Conflict where the shortcut is taken, Invalid where there are too many."""
    try:
        made = await conn.row(
            CannedAnswer,
            """
            insert into canned_answers (tenant_id, canned_answer_id, shortcut, text)
            select %(tenant_id)s, %(canned_answer_id)s, %(shortcut)s, %(text)s
             where (select count(*)
                      from canned_answers
                     where tenant_id = %(tenant_id)s) < %(most)s
            returning canned_answer_id, shortcut, text, updated_at
            """,
            {
                "canned_answer_id": new_id(),
                "shortcut": shortcut,
                "text": text,
                "most": MAX_CANNED_ANSWERS,
            },
        )
    except UniqueViolation:
        raise Conflict(f"there is a canned answer {shortcut!r} already") from None
    if made is None:
        raise Invalid(f"a tenant has at most {MAX_CANNED_ANSWERS} canned answers")
    return made


async def search(conn: TenantConnection, *, words: str = "") -> list[CannedAnswer]:
    """Those that hold these words in shortcut or text, by shortcut; without words all."""
    return await conn.rows(
        CannedAnswer,
        """
        select canned_answer_id, shortcut, text, updated_at
          from canned_answers
         where tenant_id = %(tenant_id)s
           and position(lower(%(words)s) in lower(shortcut || ' ' || text)) > 0
         order by lower(shortcut)
        """,
        {"words": words},
    )


async def change(
    conn: TenantConnection,
    canned_answer_id: UUID,
    *,
    shortcut: str | None = None,
    text: str | None = None,
) -> CannedAnswer:
    """Change what is given. Raises: NotFound, Conflict."""
    try:
        changed = await conn.row(
            CannedAnswer,
            """
            update canned_answers
               set shortcut = coalesce(%(shortcut)s, shortcut),
                   text = coalesce(%(text)s, text),
                   updated_at = now()
             where tenant_id = %(tenant_id)s
               and canned_answer_id = %(canned_answer_id)s
            returning canned_answer_id, shortcut, text, updated_at
            """,
            {"canned_answer_id": canned_answer_id, "shortcut": shortcut, "text": text},
        )
    except UniqueViolation:
        raise Conflict(f"there is a canned answer {shortcut!r} already") from None
    if changed is None:
        raise NotFound("no such canned answer")
    return changed


async def delete(conn: TenantConnection, canned_answer_id: UUID) -> None:
    """Take one away. Raises: NotFound."""
    deleted = await conn.execute(
        """
        delete from canned_answers
         where tenant_id = %(tenant_id)s
           and canned_answer_id = %(canned_answer_id)s
        """,
        {"canned_answer_id": canned_answer_id},
    )
    if deleted.rowcount == 0:
        raise NotFound("no such canned answer")
