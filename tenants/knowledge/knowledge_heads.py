"""A version of a knowledge base while it is written: its numbers, taken under the row's lock.

Version numbers only rise. A direct write takes the next one above the newest; a staged version is
numbered `STAGING_GAP` above it, so that direct writes meanwhile stay below. While one is open, rows
that it ends bear its number as `v_to` and stay visible below it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tenants.actors import Actor
from tenants.cutting.drafts import Draft
from tenants.database.connection import TenantConnection
from tenants.errors import NotFound
from tenants.finding.pair_questions import PairQuestion
from tenants.finding.postings import Indexed
from tenants.knowledge import knowledge_ground, knowledge_staging
from tenants.knowledge.entry_fields import EntryFields

SHARED_SECONDS = 2  # direct writes within these share a version
STAGING_GAP = 64


@dataclass(slots=True)
class PreparedPassage:
    """A draft with all that can be computed without the database."""

    draft: Draft
    embedded: str
    embedded_hash: UUID
    content_hash: bytes
    indexed: Indexed
    vector: NDArray[np.floating] = field(default_factory=lambda: np.empty(0, np.float32))
    asks: PairQuestion | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document with its passages, ready to be written.

    `document_id` is the new one's; `replaces` names the document that a person changes.
    """

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
    fields: EntryFields = field(default_factory=EntryFields)
    source_id: UUID | None = None
    replaces: UUID | None = None
    created_at: datetime | None = None
    edited_at: datetime | None = None
    as_source: bool = False


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
    """A passage with its number; `v_to` ends it where the staged version says otherwise."""

    chunk_id: int
    document_id: UUID
    language: str
    fields: EntryFields
    passage: PreparedPassage
    v_to: int


@dataclass(slots=True)
class Head:
    """The numbers of the version being written; `lay_down` writes them."""

    knowledge_base_id: UUID
    version: int
    staged: bool
    staging: int | None
    live: int
    next_chunk: int
    next_segment: int
    n_chunks: int
    mean_lexemes: float
    language: str | None
    space: int
    grounded: bool = False  # the restored version was laid as ground: the version must be finished
    overridden: frozenset[UUID | str] = frozenset()
    new_documents: list[tuple[Prepared, int]] = field(default_factory=list[tuple[Prepared, int]])
    new_passages: list[NewPassage] = field(default_factory=list[NewPassage])

    def end_of(self, *names: UUID | str | None) -> int:
        """Where rows of a document end: never, or where the staged version says its own."""
        if self.staging is not None and not self.staged:
            if any(name in self.overridden for name in names if name is not None):
                return self.staging
        return 2_147_483_647

    def add(self, document: Prepared, passage: PreparedPassage, v_to: int) -> None:
        """Number a passage; it is written with the others."""
        place = (self.next_chunk, document.document_id)
        told = (document.language, document.fields, passage)
        self.new_passages.append(NewPassage(*place, *told, v_to))
        self.next_chunk += 1

    @property
    def published(self) -> bool:
        """Whether readers see the version once its transaction commits."""
        return not self.staged

    async def lay_down(self, conn: TenantConnection, *, actor: Actor, note: str = "") -> None:
        """Write the numbers: the version becomes the live one, or the staged one."""
        await conn.execute(
            """
            update knowledge_bases
               set live = case when %(staged)s then live else %(version)s end,
                   head = case when %(staged)s then head else %(version)s end,
                   n_chunks = case when %(staged)s then n_chunks else %(n_chunks)s end,
                   staging = case when %(staged)s then %(version)s else staging end,
                   next_chunk = %(next_chunk)s,
                   next_segment = %(next_segment)s,
                   mean_lexemes = %(mean_lexemes)s,
                   language = %(language)s
             where tenant_id = %(tenant_id)s
               and knowledge_base_id = %(knowledge_base_id)s
            """,
            {
                "knowledge_base_id": self.knowledge_base_id,
                "version": self.version,
                "staged": self.staged,
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
                                            actor_kind, actor_id, state, space, published_at)
            values (%(tenant_id)s, %(knowledge_base_id)s, %(version)s, %(n_chunks)s, %(note)s,
                    %(actor_kind)s, %(actor_id)s,
                    case when %(staged)s then 'staged' else 'published' end, %(space)s,
                    case when %(staged)s then null else now() end)
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
                "staged": self.staged,
                "space": self.space,
            },
        )


@dataclass(frozen=True, slots=True)
class _Row:
    publishing: str
    live: int
    head: int
    staging: int | None
    next_chunk: int
    next_segment: int
    n_chunks: int
    mean_lexemes: float
    language: str | None
    space: int


async def open_version(
    conn: TenantConnection, knowledge_base_id: UUID, *, stage: bool | None = None
) -> Head:
    """The locked head to write into; `stage` None does as the knowledge base publishes.

    A direct write shares the version of the last 2 s. After a restore the restored version is the
    ground: what came later is ended first. Raises: NotFound.
    """
    row = await _locked(conn, knowledge_base_id)
    staged = row.publishing == "manual" if stage is None else stage
    rolled_back = row.live < row.head
    if rolled_back and row.staging is not None:
        staged = True  # it stands on what was rolled back: nothing direct can go between
    staging = row.staging
    if staged:
        version = staging if staging is not None else row.head + STAGING_GAP
    else:
        shared = not rolled_back and await _is_fresh(conn, knowledge_base_id, row.head)
        version = row.head if shared else row.head + 1
        if staging is not None and version >= staging:
            staging = await knowledge_staging.move(
                conn, knowledge_base_id, staging, version + STAGING_GAP
            )
    n_chunks = row.n_chunks
    if staged and row.staging is not None:
        n_chunks = await knowledge_staging.count_passages(conn, knowledge_base_id, version)
    head = _head(knowledge_base_id, row, version, staged, staging, n_chunks)
    if rolled_back and row.staging is None:
        laid = await knowledge_ground.lay(
            conn,
            knowledge_base_id,
            live=row.live,
            version=version,
            next_chunk=row.next_chunk,
            segment=row.next_segment,
        )
        head.next_chunk, head.next_segment = laid.next_chunk, laid.next_segment
        head.grounded = True
    if not staged and staging is not None:
        head.overridden = await knowledge_staging.overridden(conn, knowledge_base_id, staging)
    return head


def _head(
    knowledge_base_id: UUID,
    row: _Row,
    version: int,
    staged: bool,
    staging: int | None,
    n_chunks: int,
) -> Head:
    return Head(
        knowledge_base_id,
        version,
        staged,
        staging,
        row.live,
        row.next_chunk,
        row.next_segment,
        n_chunks,
        row.mean_lexemes,
        row.language,
        row.space,
    )


async def _locked(conn: TenantConnection, knowledge_base_id: UUID) -> _Row:
    row = await conn.row(
        _Row,
        """
        select publishing, live, head, staging, next_chunk, next_segment, n_chunks, mean_lexemes,
               language, space
          from knowledge_bases
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and archived_at is null
           for update
        """,
        {"knowledge_base_id": knowledge_base_id},
    )
    if row is None:
        raise NotFound("no such knowledge base")
    return row


async def _is_fresh(conn: TenantConnection, knowledge_base_id: UUID, version: int) -> bool:
    """Whether the version was begun a moment ago (asked under the lock, by the wall clock)."""
    cursor = await conn.execute(
        """
        select 1
          from knowledge_versions
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and version = %(version)s
           and published_at > clock_timestamp() - make_interval(secs => %(seconds)s)
           and created_at = published_at
        """,
        {"knowledge_base_id": knowledge_base_id, "version": version, "seconds": SHARED_SECONDS},
    )
    return await cursor.fetchone() is not None
