"""A knowledge base's vectors made anew by another model, beside the old ones, then switched at once.

The new vectors are kept with the job, by the hash of model and text, so that a repeat makes none
again. Passages that are written meanwhile have higher numbers and are gathered next. The switch is
one transaction: it gives every passage, also those of older versions, its new vector, and moves the
pointer row to the new space, so that readers see one model or the other and every version stays
searchable. Postings and texts stay as they are.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID

from tenants.cutting.drafts import Draft
from tenants.cutting.preparing import embedded_text
from tenants.database.connection import Pool, TenantConnection, tenant_transaction
from tenants.errors import NotFound, VersionInProgress
from tenants.finding import embedding_spaces, known_vectors
from tenants.finding.known_vectors import text_hash
from tenants.finding.pair_questions import PairQuestion
from tenants.knowledge import knowledge_bases
from tenants.knowledge.ingestion import Embedder, Progress
from tenants.knowledge.knowledge_bases import KnowledgeBase

SLICE_PASSAGES = 256
# of one statement in the switch: 20,000 passages take 0.9 s by 4,096, 2.9 s by 256
SLICES_AT_ONCE = 16
# Writers that never pause are stopped for the last few passages: after so many rounds these are
# embedded while the knowledge base's row is held, within a bounded time.
PATIENT_ROUNDS = 5
LAST_PASSAGES = 64
LAST_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Reembedded:
    """What the change came to."""

    model_id: str
    dimension: int
    space: int
    passages: int
    embedded: int  # texts that the model had to read; the others were known

    def public(self) -> dict[str, Any]:
        """The change as a job's result shows it."""
        return {
            "embedding_model": self.model_id,
            "dimension": self.dimension,
            "passages": self.passages,
            "embedded": self.embedded,
        }


async def reembed(
    pool: Pool,
    tenant_id: UUID,
    knowledge_base_id: UUID,
    *,
    embedder: Embedder,
    job_id: UUID,
    on_progress: Progress,
    within: Callable[[TenantConnection, Reembedded], Awaitable[None]],
) -> Reembedded:
    """Build the knowledge base's vectors anew and switch to them; `within` runs in the switch.

    Raises: NotFound, VersionInProgress, EmbeddingsUnavailable; then all is as it was.
    """
    async with tenant_transaction(pool, tenant_id) as conn:
        base = await knowledge_bases.get(conn, knowledge_base_id)
        brand = await knowledge_bases.brand(conn)
    if base.archived_at is not None:
        raise NotFound("no such knowledge base")
    change = Reembedding(pool, tenant_id, base, job_id, embedder, on_progress, brand)
    for done_rounds in count():
        await change.gather()
        async with tenant_transaction(pool, tenant_id) as conn:
            switched = await change.switch(conn, hurried=done_rounds >= PATIENT_ROUNDS)
            if switched is not None:
                await within(conn, switched)
                return switched
    raise AssertionError("unreachable")


@dataclass(slots=True)
class _Slice:
    """Passages whose new vectors are kept: numbers, and the hashes of each one's text and question."""

    chunk_ids: list[int]
    hashes: list[UUID]
    asks: list[UUID | None]


@dataclass(frozen=True, slots=True)
class _Words:
    chunk_id: int
    kind: str
    title: str
    question: str | None
    body: str

    @property
    def draft(self) -> Draft:
        """The passage as it was cut."""
        return Draft(self.kind, self.title, self.body, self.question)


@dataclass(slots=True)
class Reembedding:
    """One change of model, gathered step by step; `switch` ends it."""

    pool: Pool
    tenant_id: UUID
    base: KnowledgeBase
    job_id: UUID
    embedder: Embedder
    on_progress: Progress
    brand: str
    last: int = 0  # the highest passage number gathered so far
    embedded: int = 0
    _slices: list[_Slice] = field(default_factory=list[_Slice])

    @property
    def passages(self) -> int:
        """How many passages are gathered."""
        return sum(len(one.chunk_ids) for one in self._slices)

    async def gather(self) -> None:
        """Keep a vector for every passage that is there now; writers go on meanwhile."""
        total, newest = await self._there()
        while self.last < newest:
            async with tenant_transaction(self.pool, self.tenant_id) as conn:
                words = await _words(conn, self.base.knowledge_base_id, self.last)
                texts = self._texts(words)
                found = await known_vectors.known(conn, list(texts), job_id=self.job_id)
                await known_vectors.keep(conn, self.job_id, found)
            if not words:
                return
            new = [one for one in texts if one not in found]
            if new:
                made = await self.embedder.embed_documents([texts[one] for one in new])
                async with tenant_transaction(self.pool, self.tenant_id) as conn:
                    kept = dict(zip(new, made, strict=True))
                    await known_vectors.keep(conn, self.job_id, kept)
            self._take(words, len(new))
            await self.on_progress(self.passages, max(total, self.passages))

    async def switch(self, conn: TenantConnection, *, hurried: bool) -> Reembedded | None:
        """Give every passage its new vector and move the pointer row; readers see it at the commit.

        None where passages came meanwhile; `hurried` embeds the last few while writers wait.
        Raises: NotFound, VersionInProgress where another change of model was faster.
        """
        if await embedding_spaces.lock(conn, self.base.knowledge_base_id) != self.base.space:
            raise VersionInProgress("another change of the embedding model was faster")
        left = await _words(conn, self.base.knowledge_base_id, self.last)
        if left and not (hurried and await self._embed_last(conn, left)):
            return None
        space = self.base.space + 1
        for start in range(0, len(self._slices), SLICES_AT_ONCE):
            await self._give(conn, self._slices[start : start + SLICES_AT_ONCE], space)
        await embedding_spaces.move_to(
            conn,
            self.base.knowledge_base_id,
            space=space,
            model_id=self.embedder.model_id,
            dimension=self.embedder.dimension,
        )
        return Reembedded(
            self.embedder.model_id, self.embedder.dimension, space, self.passages, self.embedded
        )

    async def _there(self) -> tuple[int, int]:
        """How many passages there are, and the highest number of one."""
        async with tenant_transaction(self.pool, self.tenant_id) as conn:
            cursor = await conn.execute(
                """
                select count(*), coalesce(max(chunk_id), 0)
                  from chunks
                 where tenant_id = %(tenant_id)s
                   and knowledge_base_id = %(knowledge_base_id)s
                """,
                {"knowledge_base_id": self.base.knowledge_base_id},
            )
            row = await cursor.fetchone()
        return row if row is not None else (0, 0)

    def _texts(self, words: Sequence[_Words]) -> dict[UUID, str]:
        model_id = self.embedder.model_id
        texts = [embedded_text(one.draft, self.brand) for one in words]
        asked = (PairQuestion.of(one.draft, model_id) for one in words)
        return {text_hash(model_id, text): text for text in texts} | {
            one.question_hash: one.text for one in asked if one is not None
        }

    def _take(self, words: Sequence[_Words], embedded: int) -> None:
        model_id = self.embedder.model_id
        hashes = [text_hash(model_id, embedded_text(one.draft, self.brand)) for one in words]
        asked = [PairQuestion.of(one.draft, model_id) for one in words]
        asks = [one.question_hash if one is not None else None for one in asked]
        self._slices.append(_Slice([one.chunk_id for one in words], hashes, asks))
        self.last = words[-1].chunk_id
        self.embedded += embedded

    async def _embed_last(self, conn: TenantConnection, left: Sequence[_Words]) -> bool:
        """Whether the last passages could be embedded in the little time that writers wait."""
        if len(left) > LAST_PASSAGES:
            return False
        texts = self._texts(left)
        try:
            async with asyncio.timeout(LAST_SECONDS):
                made = await self.embedder.embed_documents(list(texts.values()))
        except TimeoutError:
            return False
        await known_vectors.keep(conn, self.job_id, dict(zip(texts, made, strict=True)))
        self._take(left, len(texts))
        return True

    async def _give(self, conn: TenantConnection, parts: Sequence[_Slice], space: int) -> None:
        given = {
            "knowledge_base_id": self.base.knowledge_base_id,
            "job_id": self.job_id,
            "chunk_ids": [chunk_id for part in parts for chunk_id in part.chunk_ids],
            "hashes": [one for part in parts for one in part.hashes],
            "asks": [one for part in parts for one in part.asks],
            "space": space,
        }
        await conn.execute(
            """
            update chunks c
               set emb = e.emb,
                   embedded_hash = e.embedded_hash,
                   space = %(space)s
              from unnest(%(chunk_ids)s::int[], %(hashes)s::uuid[]) g (chunk_id, embedded_hash)
              join embedded_texts e
                on e.tenant_id = %(tenant_id)s
               and e.job_id = %(job_id)s
               and e.embedded_hash = g.embedded_hash
             where c.tenant_id = %(tenant_id)s
               and c.knowledge_base_id = %(knowledge_base_id)s
               and c.chunk_id = g.chunk_id
            """,
            given,
        )
        await conn.execute(
            """
            update chunk_texts t
               set question_emb = e.emb,
                   question_hash = e.embedded_hash,
                   question_space = %(space)s
              from unnest(%(chunk_ids)s::int[], %(asks)s::uuid[]) g (chunk_id, question_hash)
              join embedded_texts e
                on e.tenant_id = %(tenant_id)s
               and e.job_id = %(job_id)s
               and e.embedded_hash = g.question_hash
             where t.tenant_id = %(tenant_id)s
               and t.knowledge_base_id = %(knowledge_base_id)s
               and t.chunk_id = g.chunk_id
            """,
            given,
        )


async def _words(conn: TenantConnection, knowledge_base_id: UUID, after: int) -> list[_Words]:
    return await conn.rows(
        _Words,
        """
        select chunk_id, kind, title, question, body
          from chunk_texts
         where tenant_id = %(tenant_id)s
           and knowledge_base_id = %(knowledge_base_id)s
           and chunk_id > %(after)s
         order by chunk_id
         limit %(limit)s
        """,
        {"knowledge_base_id": knowledge_base_id, "after": after, "limit": SLICE_PASSAGES},
    )
