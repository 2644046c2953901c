"""Sources: where knowledge comes from again and again, when it is fetched, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from psycopg.types.json import Jsonb

from tenants.database.connection import RouterConnection, TenantConnection
from tenants.errors import NotFound
from tenants.ids import new_id

Kind = Literal["url", "sitemap", "crawl", "import"]


@dataclass(frozen=True, slots=True)
class Source:
    source_id: UUID
    knowledge_base_id: UUID
    kind: Kind
    name: str
    url: str
    options: dict[str, Any]
    every_hours: int | None
    next_run_at: datetime | None
    job_id: UUID | None
    last_run_at: datetime | None
    last_result: dict[str, Any]
    created_at: datetime
    updated_at: datetime

    def public(self) -> dict[str, Any]:
        """The source as the API shows it."""
        return {
            "source_id": str(self.source_id),
            "knowledge_base_id": str(self.knowledge_base_id),
            "kind": self.kind,
            "name": self.name,
            "url": self.url or None,
            **self.options,
            "every_hours": self.every_hours,
            "next_run_at": _shown(self.next_run_at),
            "job_id": str(self.job_id) if self.job_id else None,
            "last_run_at": _shown(self.last_run_at),
            "last_result": self.last_result or None,
            "created_at": _shown(self.created_at),
            "updated_at": _shown(self.updated_at),
        }


@dataclass(frozen=True, slots=True)
class Due:
    tenant_id: UUID
    source_id: UUID


async def create(
    conn: TenantConnection,
    knowledge_base_id: UUID,
    kind: Kind,
    *,
    name: str,
    url: str,
    options: dict[str, Any],
    every_hours: int | None,
) -> UUID:
    """A source that was never fetched; with `every_hours` it is due at once."""
    source_id = new_id()
    await conn.execute(
        """
        insert into sources (tenant_id, source_id, knowledge_base_id, kind, name, url, options,
                             every_hours, next_run_at)
        values (%(tenant_id)s, %(source_id)s, %(knowledge_base_id)s, %(kind)s, %(name)s, %(url)s,
                %(options)s, %(every_hours)s,
                case when %(every_hours)s::int is not null then now() end)
        """,
        {
            "source_id": source_id,
            "knowledge_base_id": knowledge_base_id,
            "kind": kind,
            "name": name,
            "url": url,
            "options": Jsonb(options),
            "every_hours": every_hours,
        },
    )
    return source_id


async def import_source(conn: TenantConnection, knowledge_base_id: UUID, name: str) -> UUID:
    """The source that imports of this name belong to, made with the first of them."""
    cursor = await conn.execute(
        """
        insert into sources (tenant_id, source_id, knowledge_base_id, kind, name)
        values (%(tenant_id)s, %(source_id)s, %(knowledge_base_id)s, 'import', %(name)s)
            on conflict (tenant_id, knowledge_base_id, name) where kind = 'import'
            do update set updated_at = now()
        returning source_id
        """,
        {"source_id": new_id(), "knowledge_base_id": knowledge_base_id, "name": name},
    )
    row = await cursor.fetchone()
    assert row is not None
    return row[0]


async def get(
    conn: TenantConnection, knowledge_base_id: UUID, source_id: UUID, *, lock: bool = False
) -> Source:
    """One source; `lock` keeps it from others until the transaction ends. Raises: NotFound."""
    if lock:
        await conn.execute(
            """
            select 1
              from sources
             where tenant_id = %(tenant_id)s
               and source_id = %(source_id)s
               for update
            """,
            {"source_id": source_id},
        )
    found = await conn.row(
        Source,
        """
        select source_id, knowledge_base_id, kind, name, url, options, every_hours, next_run_at,
               job_id, last_run_at, last_result, created_at, updated_at
          from sources
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and source_id = %(source_id)s
        """,
        {"knowledge_base_id": knowledge_base_id, "source_id": source_id},
    )
    if found is None:
        raise NotFound("no such source")
    return found


async def list_page(
    conn: TenantConnection, knowledge_base_id: UUID, *, limit: int, after: UUID | None = None
) -> list[Source]:
    """The sources of a knowledge base, newest first."""
    return await conn.rows(
        Source,
        """
        select source_id, knowledge_base_id, kind, name, url, options, every_hours, next_run_at,
               job_id, last_run_at, last_result, created_at, updated_at
          from sources
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and (%(after)s::uuid is null or source_id < %(after)s)
         order by source_id desc
         limit %(limit)s
        """,
        {"knowledge_base_id": knowledge_base_id, "after": after, "limit": limit},
    )


async def count(conn: TenantConnection, knowledge_base_id: UUID) -> int:
    """How many sources a knowledge base has."""
    cursor = await conn.execute(
        """
        select count(*)
          from sources
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
        """,
        {"knowledge_base_id": knowledge_base_id},
    )
    row = await cursor.fetchone()
    return row[0] if row else 0


async def change(conn: TenantConnection, source: Source) -> None:
    """Keep another name, other options or another rhythm; a rhythm counts from the last run."""
    await conn.execute(
        """
        update sources
           set name = %(name)s,
               options = %(options)s,
               every_hours = %(every_hours)s,
               next_run_at = coalesce(last_run_at, now() - make_interval(hours => %(every_hours)s))
                             + make_interval(hours => %(every_hours)s),
               updated_at = now()
         where tenant_id = %(tenant_id)s
           and source_id = %(source_id)s
        """,
        {
            "source_id": source.source_id,
            "name": source.name,
            "options": Jsonb(source.options),
            "every_hours": source.every_hours,
        },
    )


async def delete(conn: TenantConnection, source_id: UUID) -> None:
    """Forget a source and what is known of its pages; its documents stay."""
    await conn.execute(
        """
        delete from sources
         where tenant_id = %(tenant_id)s
           and source_id = %(source_id)s
        """,
        {"source_id": source_id},
    )


async def begin(conn: TenantConnection, source_id: UUID, job_id: UUID) -> None:
    """Say which job fetches it now; runs that were missed are made up for by this one."""
    await conn.execute(
        """
        update sources
           set job_id = %(job_id)s,
               last_run_at = now(),
               next_run_at = now() + make_interval(hours => every_hours)
         where tenant_id = %(tenant_id)s
           and source_id = %(source_id)s
        """,
        {"source_id": source_id, "job_id": job_id},
    )


async def finish(conn: TenantConnection, source_id: UUID, result: dict[str, Any]) -> None:
    """Keep what a run came to; the source may be gone meanwhile."""
    await conn.execute(
        """
        update sources
           set last_result = %(result)s
         where tenant_id = %(tenant_id)s
           and source_id = %(source_id)s
        """,
        {"source_id": source_id, "result": Jsonb(result)},
    )


async def due(router: RouterConnection, *, limit: int = 20) -> list[Due]:
    """Sources of all tenants whose time has come, the longest waiting first."""
    return await router.rows(
        Due,
        """
        select tenant_id, source_id
          from sources
         where next_run_at <= now()
         order by next_run_at
         limit %(limit)s
        """,
        {"limit": limit},
    )


async def due_base(conn: TenantConnection, source_id: UUID) -> UUID | None:
    """The knowledge base of a source that is still due, kept from others; None where it is not."""
    cursor = await conn.execute(
        """
        select knowledge_base_id
          from sources
         where tenant_id = %(tenant_id)s
           and source_id = %(source_id)s
           and next_run_at <= now()
           for update skip locked
        """,
        {"source_id": source_id},
    )
    row = await cursor.fetchone()
    return row[0] if row else None


def _shown(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
