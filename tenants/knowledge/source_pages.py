"""What is known of a source's pages: what the last look found, and what was read but not written."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal
from uuid import UUID

from psycopg.types.json import Jsonb

from tenants.database.connection import TenantConnection
from tenants.keys import codec

State = Literal["changed", "unchanged", "gone", "skipped", "failed"]


@dataclass(frozen=True, slots=True)
class KnownPage:
    """A page as it was found last; `stored` where its document says what the page said then."""

    url: str
    run_id: UUID
    state: State
    external_id: str | None
    stored: bool
    etag: str | None
    last_modified: str | None
    body_hash: bytes | None
    text_hash: bytes | None
    has_read: bool


@dataclass(frozen=True, slots=True)
class SeenPage:
    """A page as a look found it; `read` is what it says, where that is new."""

    url: str
    state: State
    external_id: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_hash: bytes | None = None
    text_hash: bytes | None = None
    links: Sequence[str] = ()
    read: dict[str, Any] | None = None
    n_bytes: int = 0
    error: dict[str, Any] | None = None


async def known(conn: TenantConnection, source_id: UUID) -> list[KnownPage]:
    """Every page of a source that was ever looked at."""
    return await conn.rows(
        KnownPage,
        """
        select url, run_id, state, external_id, stored, etag, last_modified, body_hash,
               text_hash, read is not null as has_read
          from source_pages
         where tenant_id = %(tenant_id)s
           and source_id = %(source_id)s
         order by url
        """,
        {"source_id": source_id},
    )


async def links(conn: TenantConnection, source_id: UUID, url: str) -> list[str]:
    """Where a page led when it was read last."""
    cursor = await conn.execute(
        """
        select links
          from source_pages
         where tenant_id = %(tenant_id)s
           and source_id = %(source_id)s
           and url = %(url)s
        """,
        {"source_id": source_id, "url": url},
    )
    row = await cursor.fetchone()
    return row[0] if row else []


async def save(conn: TenantConnection, source_id: UUID, run_id: UUID, page: SeenPage) -> None:
    """Keep a page that was read anew, or that is no page any more."""
    await conn.execute(
        """
        insert into source_pages (tenant_id, source_id, url, run_id, state, external_id, etag,
                                  last_modified, body_hash, text_hash, links, read, n_bytes,
                                  error)
        values (%(tenant_id)s, %(source_id)s, %(url)s, %(run_id)s, %(state)s, %(external_id)s,
                %(etag)s, %(last_modified)s, %(body_hash)s, %(text_hash)s, %(links)s, %(read)s,
                %(n_bytes)s, %(error)s)
            on conflict (tenant_id, source_id, url) do update
           set run_id = excluded.run_id,
               state = excluded.state,
               external_id = excluded.external_id,
               stored = source_pages.stored and excluded.state = 'unchanged',
               etag = excluded.etag,
               last_modified = excluded.last_modified,
               body_hash = excluded.body_hash,
               text_hash = excluded.text_hash,
               links = excluded.links,
               read = excluded.read,
               n_bytes = excluded.n_bytes,
               error = excluded.error,
               checked_at = now()
        """,
        asdict(page)
        | {
            "source_id": source_id,
            "run_id": run_id,
            "links": list(page.links),
            "read": codec.encode(page.read) if page.read is not None else None,
            "error": Jsonb(page.error) if page.error is not None else None,
        },
    )


async def touch(
    conn: TenantConnection,
    source_id: UUID,
    run_id: UUID,
    url: str,
    state: State,
    error: dict[str, Any] | None = None,
) -> None:
    """Keep that a look found nothing new; what is known of the page stays."""
    await conn.execute(
        """
        update source_pages
           set run_id = %(run_id)s,
               state = %(state)s,
               error = %(error)s,
               checked_at = now()
         where tenant_id = %(tenant_id)s
           and source_id = %(source_id)s
           and url = %(url)s
        """,
        {
            "source_id": source_id,
            "run_id": run_id,
            "url": url,
            "state": state,
            "error": Jsonb(error) if error is not None else None,
        },
    )


async def read(conn: TenantConnection, source_id: UUID, url: str) -> dict[str, Any] | None:
    """What a page says that is not written yet."""
    cursor = await conn.execute(
        """
        select read
          from source_pages
         where tenant_id = %(tenant_id)s
           and source_id = %(source_id)s
           and url = %(url)s
        """,
        {"source_id": source_id, "url": url},
    )
    row = await cursor.fetchone()
    return codec.decode(row[0]) if row and row[0] is not None else None


async def settle(
    conn: TenantConnection, source_id: UUID, run_id: UUID, *, present: Sequence[str]
) -> None:
    """Say that what a run read is written; forget pages that are gone or belong to no document."""
    await conn.execute(
        """
        update source_pages
           set stored = true,
               read = null
         where tenant_id = %(tenant_id)s
           and source_id = %(source_id)s
           and run_id = %(run_id)s
           and state = 'changed'
        """,
        {"source_id": source_id, "run_id": run_id},
    )
    await conn.execute(
        """
        delete from source_pages
         where tenant_id = %(tenant_id)s
           and source_id = %(source_id)s
           and (state = 'gone'
                or run_id <> %(run_id)s
                   and (external_id is null or not external_id = any(%(present)s)))
        """,
        {"source_id": source_id, "run_id": run_id, "present": list(present)},
    )


async def forget(conn: TenantConnection, source_id: UUID, urls: Sequence[str]) -> None:
    """Forget pages, so that the next look takes them for new."""
    await conn.execute(
        """
        delete from source_pages
         where tenant_id = %(tenant_id)s
           and source_id = %(source_id)s
           and url = any(%(urls)s)
        """,
        {"source_id": source_id, "urls": list(urls)},
    )


async def forget_document(conn: TenantConnection, external_id: str) -> None:
    """Forget the words of pages that became the document of this id.

    The page counts as known: it comes back when it changes, or with a full run.
    """
    await conn.execute(
        """
        update source_pages
           set read = null,
               stored = true
         where tenant_id = %(tenant_id)s
           and external_id = %(external_id)s
        """,
        {"external_id": external_id},
    )
