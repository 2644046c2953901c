"""Receipts of erasures: how many rows went from which table, when and by whose hand.

They hold ids, counts and times, and outlive what they speak of: a tenant's last receipt is all that
stays of a tenant.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from psycopg.types.json import Jsonb

from tenants.actors import Actor
from tenants.database.connection import TenantConnection
from tenants.errors import NotFound

Subject = Literal["conversation", "contact", "tenant"]


@dataclass(frozen=True, slots=True)
class Erasure:
    erasure_id: UUID
    subject: str
    subject_id: UUID
    actor_kind: str
    actor_id: str
    n_rows: dict[str, int]
    started_at: datetime
    finished_at: datetime | None

    def public(self) -> dict[str, Any]:
        """The receipt as the API shows it."""
        shown = asdict(self)
        actor = {"kind": shown.pop("actor_kind"), "id": shown.pop("actor_id")}
        rows = dict(sorted(shown.pop("n_rows").items()))
        return shown | {"actor": actor, "rows": rows, "total": sum(rows.values())}


async def begin(
    conn: TenantConnection, erasure_id: UUID, subject: Subject, subject_id: UUID, actor: Actor
) -> None:
    """Write a receipt that says nothing yet; one that is there already goes on."""
    await conn.execute(
        """
        insert into erasures (tenant_id, erasure_id, subject, subject_id, actor_kind, actor_id)
        values (%(tenant_id)s, %(erasure_id)s, %(subject)s, %(subject_id)s, %(actor_kind)s,
                %(actor_id)s)
        on conflict (tenant_id, erasure_id) do nothing
        """,
        {
            "erasure_id": erasure_id,
            "subject": subject,
            "subject_id": subject_id,
            "actor_kind": actor.kind,
            "actor_id": actor.id,
        },
    )


async def add(
    conn: TenantConnection, erasure_id: UUID, rows: Mapping[str, int], *, is_last: bool = False
) -> None:
    """Put more counts into a receipt; in the transaction that erased what they count."""
    found = await get(conn, erasure_id)
    counts = dict(found.n_rows)
    for table, n in rows.items():
        if n:
            counts[table] = counts.get(table, 0) + n
    await conn.execute(
        """
        update erasures
           set n_rows = %(n_rows)s,
               finished_at = case when %(is_last)s then now() else finished_at end
         where tenant_id = %(tenant_id)s
           and erasure_id = %(erasure_id)s
        """,
        {"erasure_id": erasure_id, "n_rows": Jsonb(counts), "is_last": is_last},
    )


async def get(conn: TenantConnection, erasure_id: UUID) -> Erasure:
    """One receipt. Raises: NotFound."""
    found = await conn.row(
        Erasure,
        """
        select erasure_id, subject, subject_id, actor_kind, actor_id, n_rows, started_at,
               finished_at
          from erasures
         where tenant_id = %(tenant_id)s
           and erasure_id = %(erasure_id)s
        """,
        {"erasure_id": erasure_id},
    )
    if found is None:
        raise NotFound("no such erasure")
    return found


async def list_page(
    conn: TenantConnection, *, limit: int, after: UUID | None = None
) -> list[Erasure]:
    """Receipts, newest first."""
    return await conn.rows(
        Erasure,
        """
        select erasure_id, subject, subject_id, actor_kind, actor_id, n_rows, started_at,
               finished_at
          from erasures
         where tenant_id = %(tenant_id)s
           and (%(after)s::uuid is null or erasure_id < %(after)s)
         order by erasure_id desc
         limit %(limit)s
        """,
        {"after": after, "limit": limit},
    )
