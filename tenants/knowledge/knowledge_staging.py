"""The staged version beside direct writes: what it speaks of, and its number moving out of the way."""

from uuid import UUID

from tenants.database.connection import TenantConnection


async def count_passages(conn: TenantConnection, knowledge_base_id: UUID, version: int) -> int:
    """How many passages the staged version had when it was last written."""
    cursor = await conn.execute(
        """
        select n_chunks
          from knowledge_versions
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and version = %(version)s
        """,
        {"knowledge_base_id": knowledge_base_id, "version": version},
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


async def overridden(
    conn: TenantConnection, knowledge_base_id: UUID, staging: int
) -> frozenset[UUID | str]:
    """Ids and external ids of the documents about which the staged version says something."""
    cursor = await conn.execute(
        """
        select document_id, external_id
          from documents
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and (v_from = %(staging)s or v_to = %(staging)s)
        """,
        {"knowledge_base_id": knowledge_base_id, "staging": staging},
    )
    rows = await cursor.fetchall()
    return frozenset(name for row in rows for name in row if name is not None)


async def move(conn: TenantConnection, knowledge_base_id: UUID, staging: int, higher: int) -> int:
    """Number the staged version higher: direct writes have used up the room below it."""
    where = {"knowledge_base_id": knowledge_base_id, "staging": staging, "higher": higher}
    await conn.execute(
        """
        update documents
           set v_from = case when v_from = %(staging)s then %(higher)s else v_from end,
               v_to = case when v_to = %(staging)s then %(higher)s else v_to end
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and (v_from = %(staging)s or v_to = %(staging)s)
        """,
        where,
    )
    await conn.execute(
        """
        update chunks
           set v_from = case when v_from = %(staging)s then %(higher)s else v_from end,
               v_to = case when v_to = %(staging)s then %(higher)s else v_to end
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and (v_from = %(staging)s or v_to = %(staging)s)
        """,
        where,
    )
    await conn.execute(
        """
        update knowledge_versions
           set version = %(higher)s
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and version = %(staging)s
        """,
        where,
    )
    await conn.execute(
        """
        update knowledge_bases
           set staging = %(higher)s
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
        """,
        where,
    )
    return higher
