"""A version of a knowledge base while it is written: its numbers, taken under the row's lock."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tenants.actors import Actor
from tenants.connection import TenantConnection
from tenants.drafts import Draft
from tenants.errors import NotFound
from tenants.postings import Indexed

_SHARED_SECONDS = 2


@dataclass(slots=True)
class PreparedPassage:
    """A draft with all that can be computed without the database."""

    draft: Draft
    embedded: str
    content_hash: bytes
    indexed: Indexed
    vector: NDArray[np.float32] = field(default_factory=lambda: np.empty(0, np.float32))


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document with its passages, ready to be written."""

    document_id: UUID
    kind: str
    title: str
    external_id: str | None
    source: dict[str, Any]
    origin: dict[str, Any]
    content: bytes
    content_hash: bytes
    language: str
    passages: list[PreparedPassage]
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document as it was stored; `created` is False where it replaced or equalled another."""

    document_id: UUID
    title: str
    n_chunks: int
    version: int
    created: bool
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class NewPassage:
    """A passage with its number."""

    chunk_id: int
    document_id: UUID
    language: str
    passage: PreparedPassage


@dataclass(slots=True)
class Head:
    """The numbers of the version being written; `publish` lays them down."""

    knowledge_base_id: UUID
    version: int
    publishing: str
    next_chunk: int
    next_segment: int
    n_chunks: int
    mean_lexemes: float
    language: str | None
    is_new: bool
    new_documents: list[Prepared] = field(default_factory=list[Prepared])
    new_passages: list[NewPassage] = field(default_factory=list[NewPassage])

    def add(self, passage: PreparedPassage, document_id: UUID, language: str) -> None:
        """Number a passage; it is written with the others."""
        self.new_passages.append(NewPassage(self.next_chunk, document_id, language, passage))
        self.next_chunk += 1

    async def publish(self, conn: TenantConnection, *, actor: Actor, note: str = "") -> None:
        """Make the version the head, and live where publishing is automatic."""
        await conn.execute(
            """
            update knowledge_bases
               set head = %(version)s,
                   live = case when publishing = 'auto' then %(version)s else live end,
                   next_chunk = %(next_chunk)s,
                   next_segment = %(next_segment)s,
                   n_chunks = %(n_chunks)s,
                   mean_lexemes = %(mean_lexemes)s,
                   language = %(language)s
             where tenant_id = %(tenant_id)s
               and knowledge_base_id = %(knowledge_base_id)s
            """,
            {
                "knowledge_base_id": self.knowledge_base_id,
                "version": self.version,
                "next_chunk": self.next_chunk,
                "next_segment": self.next_segment,
                "n_chunks": self.n_chunks,
                "mean_lexemes": self.mean_lexemes,
                "language": self.language,
            },
        )
        await conn.execute(
            """
            insert into knowledge_versions (tenant_id, knowledge_base_id, version, n_chunks, note,
                                            actor_kind, actor_id)
            values (%(tenant_id)s, %(knowledge_base_id)s, %(version)s, %(n_chunks)s, %(note)s,
                    %(actor_kind)s, %(actor_id)s)
            on conflict (tenant_id, knowledge_base_id, version) do update
               set n_chunks = excluded.n_chunks
            """,
            {
                "knowledge_base_id": self.knowledge_base_id,
                "version": self.version,
                "n_chunks": self.n_chunks,
                "note": note,
                "actor_kind": actor.kind,
                "actor_id": actor.id,
            },
        )


async def open_version(conn: TenantConnection, knowledge_base_id: UUID) -> Head:
    """The locked head to write into: a new version, or the one of the last 2 s. Raises: NotFound."""
    cursor = await conn.execute(
        """
        select b.publishing, b.live, b.head, b.next_chunk, b.next_segment, b.n_chunks,
               b.mean_lexemes, b.language
          from knowledge_bases b
         where b.tenant_id = %(tenant_id)s
           and b.knowledge_base_id = %(knowledge_base_id)s
           and b.archived_at is null
           for update
        """,
        {"knowledge_base_id": knowledge_base_id},
    )
    row = await cursor.fetchone()
    if row is None:
        raise NotFound("no such knowledge base")
    publishing, live, head, next_chunk, next_segment, n_chunks, mean_lexemes, language = row
    shared = (
        publishing == "auto" and live == head and await _is_fresh(conn, knowledge_base_id, head)
    )
    return Head(
        knowledge_base_id,
        head if shared else head + 1,
        publishing,
        next_chunk,
        next_segment,
        n_chunks,
        mean_lexemes,
        language,
        is_new=not shared,
    )


async def _is_fresh(conn: TenantConnection, knowledge_base_id: UUID, version: int) -> bool:
    """Whether the version was begun a moment ago (asked under the lock, by the wall clock)."""
    cursor = await conn.execute(
        """
        select 1
          from knowledge_versions
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and version = %(version)s
           and created_at > clock_timestamp() - make_interval(secs => %(seconds)s)
        """,
        {"knowledge_base_id": knowledge_base_id, "version": version, "seconds": _SHARED_SECONDS},
    )
    return await cursor.fetchone() is not None
