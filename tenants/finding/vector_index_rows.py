"""What is remembered of every partial vector index: one row a knowledge base and space.

The search reads `state` and `ef_search` with the pointer row, so what is written here decides from
the next question on.
"""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from tenants.database.connection import RouterConnection, TenantConnection

Key = tuple[UUID, UUID, int]


@dataclass(frozen=True, slots=True)
class Large:
    """A large knowledge base as the router sees it, in the space that readers search."""

    tenant_id: UUID
    knowledge_base_id: UUID
    space: int
    n_chunks: int

    @property
    def key(self) -> Key:
        return self.tenant_id, self.knowledge_base_id, self.space


@dataclass(frozen=True, slots=True)
class IndexRow:
    """What is remembered of an index, and how many passages are numbered by now."""

    dimension: int
    state: Literal["building", "ready", "unfit"]
    n_chunks: int
    next_chunk: int
    written: int


async def known(conn: RouterConnection) -> set[Key]:
    """Every row's key, of all tenants."""
    cursor = await conn.execute("select tenant_id, knowledge_base_id, space from vector_indexes")
    return {(row[0], row[1], row[2]) for row in await cursor.fetchall()}


async def at_least(conn: RouterConnection, n_chunks: int) -> list[Large]:
    """Knowledge bases of at least so many passages, the largest first, of all tenants."""
    return await conn.rows(
        Large,
        """
        select tenant_id, knowledge_base_id, space, n_chunks
          from knowledge_bases
         where archived_at is null
           and n_chunks >= %(least)s
         order by n_chunks desc
        """,
        {"least": n_chunks},
    )


async def get(conn: TenantConnection, one: Large) -> IndexRow | None:
    """The knowledge base's row, None where there is none yet."""
    return await conn.row(
        IndexRow,
        """
        select i.dimension, i.state, i.n_chunks, i.next_chunk, b.next_chunk as written
          from vector_indexes i
          join knowledge_bases b
            on b.tenant_id = %(tenant_id)s
           and b.knowledge_base_id = i.knowledge_base_id
         where i.tenant_id = %(tenant_id)s
           and i.knowledge_base_id = %(knowledge_base_id)s
           and i.space = %(space)s
        """,
        {"knowledge_base_id": one.knowledge_base_id, "space": one.space},
    )


async def begin(conn: TenantConnection, one: Large) -> int | None:
    """The dimension of a space whose index is about to be built; None where it has gone."""
    cursor = await conn.execute(
        """
        insert into vector_indexes (tenant_id, knowledge_base_id, space, dimension, n_chunks,
                                    next_chunk)
        select b.tenant_id, b.knowledge_base_id, s.space, s.dimension, b.n_chunks, b.next_chunk
          from knowledge_bases b
          join embedding_spaces s
            on s.tenant_id = %(tenant_id)s
           and s.knowledge_base_id = b.knowledge_base_id
           and s.space = b.space
         where b.tenant_id = %(tenant_id)s
           and b.knowledge_base_id = %(knowledge_base_id)s
           and b.space = %(space)s
        on conflict (tenant_id, knowledge_base_id, space) do update
           set state = 'building', ef_search = null, recall = null,
               n_chunks = excluded.n_chunks, next_chunk = excluded.next_chunk
        returning dimension
        """,
        {"knowledge_base_id": one.knowledge_base_id, "space": one.space},
    )
    row = await cursor.fetchone()
    return None if row is None else int(row[0])


async def end(
    conn: TenantConnection,
    one: Large,
    state: Literal["ready", "unfit"],
    *,
    ef_search: int | None,
    recall: float | None,
) -> None:
    """Lay down what the measuring came to; `ready` is used from now on."""
    await conn.execute(
        """
        update vector_indexes i
           set state = %(state)s, ef_search = %(ef_search)s, recall = %(recall)s,
               n_chunks = b.n_chunks, next_chunk = b.next_chunk, checked_at = now()
          from knowledge_bases b
         where i.tenant_id = %(tenant_id)s
           and i.knowledge_base_id = %(knowledge_base_id)s
           and i.space = %(space)s
           and b.tenant_id = %(tenant_id)s
           and b.knowledge_base_id = i.knowledge_base_id
        """,
        {
            "knowledge_base_id": one.knowledge_base_id,
            "space": one.space,
            "state": state,
            "ef_search": ef_search,
            "recall": recall,
        },
    )


async def forget(conn: TenantConnection, knowledge_base_id: UUID, space: int) -> None:
    """From here on no search uses the index; it is a leftover now."""
    await conn.execute(
        """
        delete from vector_indexes
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and space = %(space)s
        """,
        {"knowledge_base_id": knowledge_base_id, "space": space},
    )
