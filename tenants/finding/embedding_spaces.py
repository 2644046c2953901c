"""Which model made the vectors of a knowledge base: one numbered space after the other."""

from uuid import UUID

from tenants.database.connection import TenantConnection
from tenants.errors import NotFound


async def lock(conn: TenantConnection, knowledge_base_id: UUID) -> int:
    """The space that readers search; writers wait from here on. Raises: NotFound."""
    cursor = await conn.execute(
        """
        select space
          from knowledge_bases
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and archived_at is null
           for update
        """,
        {"knowledge_base_id": knowledge_base_id},
    )
    row = await cursor.fetchone()
    if row is None:
        raise NotFound("no such knowledge base")
    return int(row[0])


async def move_to(
    conn: TenantConnection, knowledge_base_id: UUID, *, space: int, model_id: str, dimension: int
) -> None:
    """Make a new space, which every passage bears already, the one that all versions are read in."""
    moved = {
        "knowledge_base_id": knowledge_base_id,
        "space": space,
        "model_id": model_id,
        "dimension": dimension,
    }
    await conn.execute(
        """
        delete from embedding_spaces
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
        """,
        moved,
    )
    await conn.execute(
        """
        insert into embedding_spaces (tenant_id, knowledge_base_id, space, model_id, dimension)
        values (%(tenant_id)s, %(knowledge_base_id)s, %(space)s, %(model_id)s, %(dimension)s)
        """,
        moved,
    )
    await conn.execute(
        """
        update knowledge_versions
           set space = %(space)s
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
        """,
        moved,
    )
    await conn.execute(
        """
        update knowledge_bases
           set space = %(space)s,
               embedding_model = %(model_id)s,
               dimension = %(dimension)s
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
        """,
        moved,
    )
