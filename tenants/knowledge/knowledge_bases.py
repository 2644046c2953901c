"""Knowledge bases: what a tenant's assistants may know, in versions that publish by one row.

`live` is the version readers see, `head` the newest finished one; both move together where
`publishing` is `auto`. Rows of a version v are those with `v_from <= v < v_to`.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from tenants.database.connection import TenantConnection
from tenants.errors import Invalid, NotFound
from tenants.finding.lexemes import LEXEME_VERSION
from tenants.finding.ranking import Ranking
from tenants.ids import new_id

OPEN_VERSION = 2_147_483_647  # `v_to` of rows that no version has ended


@dataclass(frozen=True, slots=True)
class KnowledgeBase:
    knowledge_base_id: UUID
    name: str
    publishing: str
    live: int
    head: int
    staging: int | None
    n_chunks: int
    embedding_model: str
    dimension: int
    space: int
    ranking: dict[str, Any]
    lexeme_version: int
    language: str | None
    conversation_id: UUID | None
    created_at: datetime
    archived_at: datetime | None
    verified_only: bool

    @property
    def newest(self) -> int:
        """The version as it will be: the staged one where there is one, else the live one."""
        return self.live if self.staging is None else self.staging

    def public(self) -> dict[str, Any]:
        """The knowledge base as the API shows it."""
        return {
            "knowledge_base_id": str(self.knowledge_base_id),
            "name": self.name,
            "publishing": self.publishing,
            "version": self.live,
            "staged_version": self.staging,
            "passages": self.n_chunks,
            "embedding_model": self.embedding_model,
            "ranking": self.ranking,
            "language": self.language,
            "verified_only": self.verified_only,
            "created_at": self.created_at.isoformat().replace("+00:00", "Z"),
        }


async def create(
    conn: TenantConnection,
    name: str,
    *,
    embedding_model: str,
    dimension: int,
    language: str | None = None,
    publishing: str = "auto",
    conversation_id: UUID | None = None,
) -> UUID:
    """A new empty knowledge base, version 0, its vectors in space 1. Raises: Invalid."""
    knowledge_base_id = new_id()
    await conn.execute(
        """
        insert into knowledge_bases (tenant_id, knowledge_base_id, name, publishing,
                                     embedding_model, dimension, lexeme_version, language,
                                     conversation_id)
        values (%(tenant_id)s, %(knowledge_base_id)s, %(name)s, %(publishing)s,
                %(embedding_model)s, %(dimension)s, %(lexeme_version)s, %(language)s,
                %(conversation_id)s)
        """,
        {
            "knowledge_base_id": knowledge_base_id,
            "name": _checked_name(name),
            "publishing": publishing,
            "embedding_model": embedding_model,
            "dimension": dimension,
            "lexeme_version": LEXEME_VERSION,
            "language": language,
            "conversation_id": conversation_id,
        },
    )
    await conn.execute(
        """
        insert into embedding_spaces (tenant_id, knowledge_base_id, space, model_id, dimension)
        values (%(tenant_id)s, %(knowledge_base_id)s, 1, %(model_id)s, %(dimension)s)
        """,
        {
            "knowledge_base_id": knowledge_base_id,
            "model_id": embedding_model,
            "dimension": dimension,
        },
    )
    return knowledge_base_id


async def get(conn: TenantConnection, knowledge_base_id: UUID) -> KnowledgeBase:
    """One knowledge base, archived ones included. Raises: NotFound."""
    found = await conn.row(
        KnowledgeBase,
        """
        select knowledge_base_id, name, publishing, live, head, staging, n_chunks, embedding_model,
               dimension, space, ranking, lexeme_version, language, conversation_id, created_at,
               archived_at, verified_only
          from knowledge_bases
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
        """,
        {"knowledge_base_id": knowledge_base_id},
    )
    if found is None:
        raise NotFound("no such knowledge base")
    return found


async def list_page(
    conn: TenantConnection, *, limit: int, after: UUID | None = None
) -> list[KnowledgeBase]:
    """Knowledge bases that are not archived, newest first; conversations' own files are none."""
    return await conn.rows(
        KnowledgeBase,
        """
        select knowledge_base_id, name, publishing, live, head, staging, n_chunks, embedding_model,
               dimension, space, ranking, lexeme_version, language, conversation_id, created_at,
               archived_at, verified_only
          from knowledge_bases
         where tenant_id = %(tenant_id)s
           and archived_at is null
           and conversation_id is null
           and (%(after)s::uuid is null or knowledge_base_id < %(after)s)
         order by knowledge_base_id desc
         limit %(limit)s
        """,
        {"after": after, "limit": limit},
    )


async def change(
    conn: TenantConnection,
    knowledge_base_id: UUID,
    *,
    name: str | None = None,
    publishing: str | None = None,
    ranking: Ranking | None = None,
    verified_only: bool | None = None,
) -> KnowledgeBase:
    """The knowledge base as changed; None leaves as it is. Raises: NotFound, Invalid."""
    await conn.execute(
        """
        update knowledge_bases
           set name = coalesce(%(name)s, name),
               publishing = coalesce(%(publishing)s, publishing),
               ranking = coalesce(%(ranking)s, ranking),
               verified_only = coalesce(%(verified_only)s, verified_only)
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and archived_at is null
        """,
        {
            "knowledge_base_id": knowledge_base_id,
            "name": None if name is None else _checked_name(name),
            "publishing": publishing,
            "verified_only": verified_only,
            "ranking": None if ranking is None else Jsonb(asdict(ranking)),
        },
    )
    return await get(conn, knowledge_base_id)


async def archive(conn: TenantConnection, knowledge_base_id: UUID) -> None:
    """Take it out of lists and searches; its rows stay for those who look back. Raises: NotFound."""
    archived = await conn.execute(
        """
        update knowledge_bases
           set archived_at = coalesce(archived_at, now())
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
        """,
        {"knowledge_base_id": knowledge_base_id},
    )
    if archived.rowcount == 0:
        raise NotFound("no such knowledge base")


async def live_versions(
    conn: TenantConnection, knowledge_base_ids: Sequence[UUID]
) -> dict[UUID, int]:
    """The live version of each knowledge base that is there and not archived."""
    if not knowledge_base_ids:
        return {}
    cursor = await conn.execute(
        """
        select knowledge_base_id, live
          from knowledge_bases
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = any(%(knowledge_base_ids)s)
           and archived_at is null
        """,
        {"knowledge_base_ids": list(knowledge_base_ids)},
    )
    return {row[0]: row[1] for row in await cursor.fetchall()}


async def brand(conn: TenantConnection) -> str:
    """The company's name, which leads the text that is embedded; empty where there is none."""
    cursor = await conn.execute("select name from tenants where tenant_id = %(tenant_id)s")
    row = await cursor.fetchone()
    return " ".join(row[0].split())[:80] if row else ""


def _checked_name(name: str) -> str:
    trimmed = name.strip().replace("\x00", "")
    if not trimmed:
        raise Invalid("name: a knowledge base needs a name")
    return trimmed[:300]
