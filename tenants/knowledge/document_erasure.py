"""A document deleted for good: no version, posting, cache, job or kept reply holds it afterwards."""

from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.errors import NotFound
from tenants.keeping.kept_texts import forget_texts
from tenants.knowledge import passage_erasure, source_pages
from tenants.lessons import impact_reports
from tenants.running import turn_recordings
from tenants.working import idempotency


async def erase(conn: TenantConnection, knowledge_base_id: UUID, document_id: UUID) -> None:
    """Take a document out of everything that knowledge is kept in. Raises: NotFound."""
    where = {"knowledge_base_id": knowledge_base_id, "document_id": document_id}
    await conn.execute(  # the same lock as a write takes: counts and postings stay right
        """
        select 1
          from knowledge_bases
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           for update
        """,
        where,
    )
    gone = await conn.execute(
        """
        delete from documents
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and document_id = %(document_id)s
        returning external_id
        """,
        where,
    )
    names = {row[0] for row in await gone.fetchall()}
    if not names:
        raise NotFound("no such document")
    cursor = await conn.execute(
        """
        select chunk_id
          from chunk_texts
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and document_id = %(document_id)s
        """,
        where,
    )
    await _erase_passages(conn, where, [int(row[0]) for row in await cursor.fetchall()])
    await _erase_traces(conn, where)
    await turn_recordings.forget_document(conn, document_id)
    await impact_reports.forget(conn, knowledge_base_id)
    for name in names - {None}:
        await source_pages.forget_document(conn, name)
    forget_texts()


async def _erase_passages(
    conn: TenantConnection, where: dict[str, UUID], chunk_ids: list[int]
) -> None:
    gone = {**where, "chunk_ids": chunk_ids}
    await conn.execute(
        """
        update knowledge_bases b
           set n_chunks = greatest(0, n_chunks - (
                   select count(*)
                     from chunks c
                    where c.tenant_id = %(tenant_id)s
                      and c.knowledge_base_id = %(knowledge_base_id)s
                      and c.chunk_id = any(%(chunk_ids)s)
                      and c.v_from <= b.live
                      and c.v_to > b.live))
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
        """,
        gone,
    )
    await conn.execute(
        """
        update knowledge_versions v
           set n_chunks = greatest(0, n_chunks - (
                   select count(*)
                     from chunks c
                    where c.tenant_id = %(tenant_id)s
                      and c.knowledge_base_id = %(knowledge_base_id)s
                      and c.chunk_id = any(%(chunk_ids)s)
                      and c.v_from <= v.version
                      and c.v_to > v.version))
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
        """,
        gone,
    )
    await passage_erasure.erase(conn, where["knowledge_base_id"], chunk_ids)


async def _erase_traces(conn: TenantConnection, where: dict[str, UUID]) -> None:
    """What jobs and kept replies say of it; the page it was fetched from is forgotten as well."""
    await conn.execute(
        """
        update jobs
           set result = result - 'duplicates'
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and result ? 'duplicates'
        """,
        where,
    )
    await idempotency.forget_mentions(conn, where["document_id"])
