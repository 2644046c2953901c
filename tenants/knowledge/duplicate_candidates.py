"""The nearest passages of each new one, found with memory that does not grow with the import.

Vectors are compared block by block; of each new passage only the few nearest are kept. Few new
passages are compared by the database, many by reading the stored vectors once, slice by slice.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from pgvector import HalfVector

from tenants.database.connection import Pool, tenant_transaction
from tenants.knowledge.knowledge_heads import Prepared

KEPT = 3  # candidates of a passage
BLOCK_ROWS = 256
SLICE_ROWS = 4_000
FEW = 16  # new passages that the database compares one by one
MAX_COMPARISONS = 300_000_000  # at 384 dimensions about 4 s of one core: 12,000 with 24,000
MAX_TEXTS = 50_000

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A near passage: a number in the knowledge base, or a place among the new ones."""

    cosine: float
    stored: bool
    place: int


@dataclass(frozen=True, slots=True)
class Newcomer:
    """The vectors of the new passages, and which document each belongs to."""

    vectors: Vectors
    documents: NDArray[np.int_]


@dataclass(frozen=True, slots=True)
class StoredText:
    chunk_id: int
    document_id: UUID
    title: str
    question: str | None
    body: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Documents that the new ones take the place of: `leaving` go, `same` come unchanged."""

    leaving: frozenset[UUID]
    same: frozenset[str]

    def is_unchanged(self, document: Prepared) -> bool:
        """Whether the document is there already, word for word under its external id."""
        return document.external_id in self.same


class Near:
    """The nearest candidates of each new passage, nearest first."""

    def __init__(self, n: int, *, floor: float) -> None:
        self._floor = floor
        self._found: list[list[Candidate]] = [[] for _ in range(n)]

    def of(self, place: int) -> list[Candidate]:
        """At most three, of which none is farther than the floor."""
        return self._found[place]

    def stored_chunks(self) -> list[int]:
        """The numbers of stored passages that are candidates of any."""
        return sorted({c.place for found in self._found for c in found if c.stored})[:MAX_TEXTS]

    def add(self, place: int, candidate: Candidate) -> None:
        """Take a candidate where it is among the nearest."""
        if candidate.cosine >= self._floor:
            found = [*self._found[place], candidate]
            found.sort(key=lambda one: -one.cosine)
            self._found[place] = found[:KEPT]

    def add_newcomers(self, new: Newcomer) -> None:
        """Compare every new passage with those before it, but not with its own document's."""
        for start in range(0, len(new.vectors), BLOCK_ROWS):
            end = min(start + BLOCK_ROWS, len(new.vectors))
            for other in range(0, end, SLICE_ROWS):
                last = min(other + SLICE_ROWS, end)
                cosines = new.vectors[start:end] @ new.vectors[other:last].T
                own = new.documents[start:end, None] == new.documents[None, other:last]
                later = np.arange(start, end)[:, None] <= np.arange(other, last)[None, :]
                cosines[own | later] = -1.0
                self._take(start, cosines, list(range(other, last)), stored=False)

    def add_slice(self, new: Newcomer, chunk_ids: Sequence[int], vectors: Vectors) -> None:
        """Compare every new passage with a slice of the stored ones."""
        for start in range(0, len(new.vectors), BLOCK_ROWS):
            cosines = new.vectors[start : start + BLOCK_ROWS] @ vectors.T
            self._take(start, cosines, chunk_ids, stored=True)

    def _take(self, start: int, cosines: Vectors, places: Sequence[int], *, stored: bool) -> None:
        for row in np.flatnonzero(cosines.max(axis=1) >= self._floor):
            line = cosines[row]
            best = np.argpartition(line, -KEPT)[-KEPT:] if len(line) > KEPT else range(len(line))
            for column in best:
                self.add(start + int(row), Candidate(float(line[column]), stored, places[column]))


async def standing(
    pool: Pool,
    tenant_id: UUID,
    knowledge_base_id: UUID,
    prepared: Sequence[Prepared],
    *,
    version: int,
    source_id: UUID | None,
) -> Standing:
    """The documents of a version that the prepared ones replace or repeat as they are."""
    named = {one.external_id: one.content_hash for one in prepared if one.external_id}
    async with tenant_transaction(pool, tenant_id) as conn:
        cursor = await conn.execute(
            """
            select document_id, external_id, content_hash
              from documents
             where tenant_id = %(tenant_id)s
               and knowledge_base_id = %(knowledge_base_id)s
               and v_from <= %(version)s
               and v_to > %(version)s
               and (external_id = any(%(external_ids)s)
                    or document_id = any(%(document_ids)s)
                    or source_id = %(source_id)s::uuid)
            """,
            {
                "knowledge_base_id": knowledge_base_id,
                "version": version,
                "external_ids": list(named),
                "document_ids": [one.replaces for one in prepared if one.replaces],
                "source_id": source_id,
            },
        )
        rows = await cursor.fetchall()
    same = {row[1] for row in rows if row[1] is not None and named.get(row[1]) == row[2]}
    return Standing(frozenset(row[0] for row in rows if row[1] not in same), frozenset(same))


async def add_stored(
    pool: Pool,
    tenant_id: UUID,
    knowledge_base_id: UUID,
    near: Near,
    new: Newcomer,
    *,
    version: int,
    space: int,
    leaving: frozenset[UUID],
) -> bool:
    """Compare with the passages of a version; False where there are too many for all."""
    if len(new.vectors) <= FEW:
        await _ask_database(
            pool, tenant_id, knowledge_base_id, near, new, (version, space), leaving
        )
        return True
    after, left = -1, MAX_COMPARISONS
    while True:
        rows = await _slice(pool, tenant_id, knowledge_base_id, version, space, after)
        if not rows:
            return True
        after = rows[-1][0]
        kept = [row for row in rows if row[1] not in leaving]
        if kept:
            left -= len(kept) * len(new.vectors)
            if left < 0:
                return False
            vectors = np.stack([row[2].to_numpy() for row in kept]).astype(np.float32)
            await asyncio.to_thread(near.add_slice, new, [row[0] for row in kept], vectors)


async def _slice(
    pool: Pool, tenant_id: UUID, knowledge_base_id: UUID, version: int, space: int, after: int
) -> list[tuple[int, UUID, HalfVector]]:
    async with tenant_transaction(pool, tenant_id) as conn:
        cursor = await conn.execute(
            """
            select chunk_id, document_id, emb
              from chunks
             where tenant_id = %(tenant_id)s
               and knowledge_base_id = %(knowledge_base_id)s
               and chunk_id > %(after)s
               and v_from <= %(version)s
               and v_to > %(version)s
               and space = %(space)s
             order by chunk_id
             limit %(limit)s
            """,
            {
                "knowledge_base_id": knowledge_base_id,
                "version": version,
                "space": space,
                "after": after,
                "limit": SLICE_ROWS,
            },
        )
        return [(int(row[0]), row[1], row[2]) for row in await cursor.fetchall()]


async def _ask_database(
    pool: Pool,
    tenant_id: UUID,
    knowledge_base_id: UUID,
    near: Near,
    new: Newcomer,
    version_and_space: tuple[int, int],
    leaving: frozenset[UUID],
) -> None:
    version, space = version_and_space
    async with tenant_transaction(pool, tenant_id) as conn:
        for place, vector in enumerate(new.vectors):
            cursor = await conn.execute(
                """
                select chunk_id, 1 - (emb <=> %(vector)s::halfvec)
                  from chunks
                 where tenant_id = %(tenant_id)s
                   and knowledge_base_id = %(knowledge_base_id)s
                   and v_from <= %(version)s
                   and v_to > %(version)s
                   and space = %(space)s
                   and document_id <> all(%(leaving)s)
                 order by emb <=> %(vector)s::halfvec
                 limit %(limit)s
                """,
                {
                    "knowledge_base_id": knowledge_base_id,
                    "version": version,
                    "space": space,
                    "vector": HalfVector(vector),
                    "leaving": list(leaving)[:1_000],
                    "limit": KEPT,
                },
            )
            for chunk_id, cosine in await cursor.fetchall():
                near.add(place, Candidate(float(cosine), True, int(chunk_id)))


async def read_texts(
    pool: Pool, tenant_id: UUID, knowledge_base_id: UUID, chunk_ids: Sequence[int]
) -> dict[int, StoredText]:
    """The words of stored passages by number; what was erased meanwhile is absent."""
    if not chunk_ids:
        return {}
    async with tenant_transaction(pool, tenant_id) as conn:
        rows = await conn.rows(
            StoredText,
            """
            select chunk_id, document_id, title, question, body
              from chunk_texts
             where tenant_id = %(tenant_id)s
               and knowledge_base_id = %(knowledge_base_id)s
               and chunk_id = any(%(chunk_ids)s)
            """,
            {"knowledge_base_id": knowledge_base_id, "chunk_ids": list(chunk_ids)},
        )
    return {row.chunk_id: row for row in rows}
